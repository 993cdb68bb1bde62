import BerthOCI
import Foundation

extension Settings {
    /// The file that is read when none is named, if it is there.
    package static let standardFile = "berth.yaml"

    /// Puts the settings together: flags, over environment, over the file, over defaults.
    ///
    /// - Parameters:
    ///   - flags: From the command line.
    ///   - environment: Its variables that begin with `BERTH_` must all be known.
    ///   - file: The YAML file, or `nil` for the one that `BERTH_CONFIG` names or ``standardFile`` where there is one.
    /// - Throws: ``SettingsError``, with the place of the first mistake and the allowed values.
    package static func load(
        flags: SettingFlags = SettingFlags(), environment: [String: String] = ProcessInfo.processInfo.environment,
        file: String? = nil
    ) throws(SettingsError) -> Settings {
        var settings = Settings()
        let variables = try variables(in: environment)
        if let path = file ?? environment[fileVariable] ?? standardFileIfThere() {
            for entry in try SettingsFile(path: path).entries {
                try settings.set(entry.key, to: entry.value, at: entry.place)
            }
        }
        for (definition, text) in variables {
            try settings.set(definition.key, to: text, at: definition.environmentName)
        }
        for value in flags.values {
            try settings.set(value.key, to: value.text, at: value.flag)
        }
        return settings
    }

    private mutating func set(_ key: String, to text: String, at place: String) throws(SettingsError) {
        guard let definition = SettingDefinition.all.first(where: { $0.key == key }) else {
            throw SettingsError.unknown(key, at: place)
        }
        do throws(ParseFailure) {
            try definition.apply(text, to: &self)
        } catch {
            throw SettingsError(place, "\(error)")
        }
    }

    private static let fileVariable = "BERTH_CONFIG"
    /// The password of the first account, which is no setting.
    private static let passwordVariable = "BERTH_ADMIN_PASSWORD"

    private static func variables(
        in environment: [String: String]
    ) throws(SettingsError) -> [(definition: SettingDefinition, text: String)] {
        var found: [(definition: SettingDefinition, text: String)] = []
        for (name, text) in environment.sorted(by: { $0.key < $1.key }) where name.hasPrefix("BERTH_") {
            if let definition = SettingDefinition.all.first(where: { $0.environmentName == name }) {
                found.append((definition, text))
            } else if name != fileVariable, name != passwordVariable, !isServiceLink(name) {
                let names = SettingDefinition.all.map(\.environmentName) + [fileVariable, passwordVariable]
                throw SettingsError(
                    name, "there is no such environment variable; those there are: \(names.joined(separator: ", "))")
            }
        }
        return found
    }

    /// Whether Kubernetes sets the variable by itself in every container beside a service named `berth`.
    private static func isServiceLink(_ name: String) -> Bool {
        name == "BERTH_SERVICE_HOST" || name.hasPrefix("BERTH_SERVICE_PORT") || name == "BERTH_PORT"
            || name.hasPrefix("BERTH_PORT_")
    }

    private static func standardFileIfThere() -> String? {
        FileManager.default.fileExists(atPath: standardFile) ? standardFile : nil
    }
}
