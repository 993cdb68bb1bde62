/// The name of an organization, the first component of the names of its repositories.
///
/// 1 to 64 lower-case letters, digits and `.` `_` `-`, beginning with a letter and ending with a letter or digit;
/// separators do not stand side by side, but for two underscores. `manage` and `_catalog`-like names that the HTTP
/// routes need are reserved and do not parse.
package struct OrganizationName: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// Names that the management API's own paths use.
    package static let reserved: Set<String> = ["manage"]

    private let text: String

    /// Parses an organization name.
    ///
    /// - Throws: ``ParseFailure`` for anything outside the grammar and for a reserved name.
    package init(parsing text: some StringProtocol) throws(ParseFailure) {
        let text = String(text)
        let bytes = text.utf8
        guard (1...64).contains(bytes.count), bytes.first?.isLowercaseLetter == true, Self.isWellSeparated(bytes) else {
            throw ParseFailure(
                "organization name", found: text,
                expected: "1 to 64 lower-case letters, digits and . _ - beginning with a letter, ending with a letter "
                    + "or digit, with no two separators side by side except __")
        }
        guard !Self.reserved.contains(text) else {
            throw ParseFailure("organization name", found: text, expected: "a name that is not reserved")
        }
        self.text = text
    }

    package var description: String { text }

    package static func < (left: OrganizationName, right: OrganizationName) -> Bool { left.text < right.text }

    private static func isWellSeparated(_ bytes: String.UTF8View) -> Bool {
        var separators: [UInt8] = []
        for byte in bytes {
            if byte.isLowercaseLetter || byte.isDigit {
                separators.removeAll(keepingCapacity: true)
                continue
            }
            separators.append(byte)
            switch separators {
            case [UInt8(ascii: ".")], [UInt8(ascii: "-")], [UInt8(ascii: "_")],
                [UInt8(ascii: "_"), UInt8(ascii: "_")]:
                continue
            default: return false
            }
        }
        return separators.isEmpty
    }
}
