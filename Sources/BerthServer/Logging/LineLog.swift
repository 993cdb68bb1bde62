import Foundation
import Logging

/// Writes one line an event to standard error: time, level, message, then `key=value` in the order of the keys.
///
/// Values with white space, quotes or control characters are quoted, so that a line can always be taken apart and no
/// value can forge another line. Lines up to level notice are gathered for some milliseconds under load
/// (``LineWriter``); those above are written at once.
package struct LineLog: LogHandler {
    package var metadata: Logger.Metadata = [:]
    package var logLevel: Logger.Level
    private let write: @Sendable (_ line: String, _ isUrgent: Bool) -> Void

    /// A log to standard error.
    package init(level: Logger.Level, writer: LineWriter) {
        self.logLevel = level
        self.write = { writer.write($0, isUrgent: $1) }
    }

    /// - Parameter write: Where lines go, each with its newline.
    package init(level: Logger.Level, write: @escaping @Sendable (String) -> Void) {
        self.logLevel = level
        self.write = { line, _ in write(line) }
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var line = ""
        line.reserveCapacity(512)
        LogTime.append(Date(), to: &line)
        line += " "
        line += event.level.rawValue
        line += " "
        line += event.message.description
        var all = event.metadata ?? [:]
        if !metadata.isEmpty { all.merge(metadata) { said, _ in said } }
        for (key, value) in all.sorted(by: { $0.key < $1.key }) {
            line += " "
            line += key
            line += "="
            if case .string(let text) = value {
                Self.append(text, to: &line)
            } else {
                Self.append(value.description, to: &line)
            }
        }
        line += "\n"
        write(line, event.level > .notice)
    }

    private static func append(_ text: String, to line: inout String) {
        let isPlain =
            !text.isEmpty
            && text.utf8.allSatisfy { byte in
                (0x21...0x7E).contains(byte) && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "=")
                    && byte != UInt8(ascii: "\\")
            }
        line += isPlain ? text : quoted(text)
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
