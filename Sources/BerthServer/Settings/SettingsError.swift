/// Why the settings cannot be followed: one sentence that begins with where the mistake is.
package struct SettingsError: Error, Sendable, Equatable, CustomStringConvertible {
    package let description: String

    /// - Parameters:
    ///   - place: The flag, the environment variable, or file and line.
    ///   - message: What is wrong, and what was expected.
    init(_ place: String, _ message: String) { description = "\(place): \(message)" }

    static func unknown(_ key: String, at place: String) -> SettingsError {
        let keys = SettingDefinition.all.map(\.key).joined(separator: ", ")
        return SettingsError(place, "there is no setting “\(key.prefix(100))”; the settings are \(keys)")
    }
}
