/// The settings on a command line.
package struct SettingFlags: Sendable, Equatable {
    package struct Value: Sendable, Equatable {
        package let key: String
        package let text: String
        /// The flag as it was written.
        package let flag: String
    }

    package private(set) var values: [Value] = []

    package init() {}

    /// Reads words such as `--listen 127.0.0.1:0`, `--listen=127.0.0.1:0`, `--read-only` and `--no-anonymous-pull`.
    ///
    /// - Throws: ``SettingsError`` for a word that is no flag of a setting, and for a flag without its value.
    package init(parsing words: [String]) throws(SettingsError) {
        var rest = words[...]
        while let word = rest.popFirst() {
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let flag = String(parts.first ?? "")
            if parts.count == 1,
                let negated = SettingDefinition.all.first(where: { $0.isSwitch && $0.negatedFlag == flag })
            {
                add("off", for: negated.key, flag: flag)
                continue
            }
            guard let definition = SettingDefinition.all.first(where: { $0.flag == flag }) else {
                throw SettingsError(
                    String(flag.prefix(100)), "there is no such flag here; berth serve --help lists them")
            }
            if parts.count == 2 {
                add(String(parts[1]), for: definition.key, flag: flag)
            } else if definition.isSwitch {
                let isValue = rest.first.map { ["on", "off", "true", "false", "yes", "no"].contains($0.lowercased()) }
                add(isValue == true ? rest.removeFirst() : "on", for: definition.key, flag: flag)
            } else {
                guard let value = rest.popFirst(), !value.hasPrefix("--") else {
                    throw SettingsError(flag, "a value is missing, expected \(definition.allowed)")
                }
                add(value, for: definition.key, flag: flag)
            }
        }
    }

    /// Adds a flag that was read elsewhere; `nil` adds nothing.
    package mutating func add(_ text: String?, for key: String, flag: String) {
        guard let text else { return }
        values.append(Value(key: key, text: text, flag: flag))
    }
}
