import Foundation
import Logging

/// Writes one line an event to standard error: time, level, message, then `key=value` in the order of the keys.
///
/// Values with white space, quotes or control characters are quoted, so that a line can always be taken apart and no
/// value can forge another line.
package struct LineLog: LogHandler {
    package var metadata: Logger.Metadata = [:]
    package var logLevel: Logger.Level
    private let write: @Sendable (String) -> Void

    /// - Parameter write: Where lines go, each with its newline.
    package init(level: Logger.Level, write: @escaping @Sendable (String) -> Void = Self.standardError) {
        self.logLevel = level
        self.write = write
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var line = Date().formatted(.iso8601.year().month().day().time(includingFractionalSeconds: true))
        line += "Z \(event.level) \(event.message)"
        let all = metadata.merging(event.metadata ?? [:]) { $1 }
        for (key, value) in all.sorted(by: { $0.key < $1.key }) {
            line += " \(key)=\(Self.quoted(value.description))"
        }
        write(line + "\n")
    }

    /// Writes the whole line at once, so that lines of several threads do not mix.
    package static let standardError: @Sendable (String) -> Void = { line in
        try? FileHandle.standardError.write(contentsOf: Data(line.utf8))
    }

    private static func quoted(_ text: String) -> String {
        let needsQuotes =
            text.isEmpty
            || text.unicodeScalars.contains {
                $0 == " " || $0 == "\"" || $0 == "=" || $0 == "\\" || $0.properties.generalCategory == .control
            }
        guard needsQuotes else { return text }
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\\(scalar)"
            case "\n": quoted += "\\n"
            case _ where scalar.properties.generalCategory == .control:
                quoted += "\\u{" + String(scalar.value, radix: 16) + "}"
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
