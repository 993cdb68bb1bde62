/// The name of an organization, the first component of the names of its repositories.
///
/// 1 to 64 lower-case letters, digits and `.` `_` `-`, beginning with a letter and ending with a letter or digit;
/// separators do not stand side by side, but for two underscores and for several hyphens. Reserved names do not parse.
package struct OrganizationName: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// `manage` begins the paths of the management API, and Docker puts `library` before names that have no organization.
    package static let reserved: Set<String> = ["library", "manage"]

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
                    + "or digit, with no two separators side by side except __ and --")
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
            switch (byte, separators.count) {
            case (UInt8(ascii: "."), 1), (UInt8(ascii: "_"), 1...2), (UInt8(ascii: "-"), _): break
            default: return false
            }
            guard separators.allSatisfy({ $0 == byte }) else { return false }
        }
        return separators.isEmpty
    }
}
