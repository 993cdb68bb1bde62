import BerthOCI

/// One setting: its name, from which those of its flag and environment variable follow, what it takes and means.
///
/// The table ``all`` is the only list of settings: flags, environment, file, help and documentation come from it.
package struct SettingDefinition: Sendable {
    /// The name in the file, such as `tokens.service`.
    package let key: String
    /// What stands for the value in help, such as `ADDRESS`; `nil` for a switch, whose flag needs none.
    package let placeholder: String?
    /// The default as a person writes it.
    package let defaultText: String
    /// What the setting does, a phrase.
    package let summary: String
    /// What values are allowed, in words that follow "expected".
    package let allowed: String
    /// Whether values are left out of errors.
    private let isSecret: Bool
    /// Reads a value into the settings, or gives `false` when it is not allowed.
    private let read: @Sendable (String, inout Settings) -> Bool

    init(
        _ key: String, _ placeholder: String?, default defaultText: String, _ summary: String, allowed: String,
        isSecret: Bool = false, read: @escaping @Sendable (String, inout Settings) -> Bool
    ) {
        self.key = key
        self.placeholder = placeholder
        self.defaultText = defaultText
        self.summary = summary
        self.allowed = allowed
        self.isSecret = isSecret
        self.read = read
    }

    /// `--tokens-service`
    package var flag: String { "--" + dashed }
    /// `--no-read-only`, for a switch.
    package var negatedFlag: String { "--no-" + dashed }
    /// `BERTH_TOKENS_SERVICE`
    package var environmentName: String {
        "BERTH_" + String(key.uppercased().map { $0 == "." || $0 == "-" ? "_" : $0 })
    }
    package var isSwitch: Bool { placeholder == nil }

    private var dashed: String { String(key.map { $0 == "." ? "-" : $0 }) }

    /// Sets the setting.
    ///
    /// - Throws: ``ParseFailure`` that names the setting and the allowed values.
    package func apply(_ text: String, to settings: inout Settings) throws(ParseFailure) {
        guard read(text, &settings) else {
            throw ParseFailure(key, found: isSecret ? "(not shown)" : text, expected: allowed)
        }
    }
}
