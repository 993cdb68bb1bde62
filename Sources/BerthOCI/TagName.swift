/// A tag: `[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}`.
///
/// OCI distribution-spec 1.1, "Pulling manifests".
package struct TagName: Hashable, Sendable, Comparable, CustomStringConvertible {
    private let text: String

    /// Parses a tag.
    ///
    /// - Throws: ``ParseFailure`` for an empty text, one of more than 128 characters, and one with other characters.
    package init(parsing text: some StringProtocol) throws(ParseFailure) {
        let text = String(text)
        guard (1...128).contains(text.utf8.count), Self.isTag(text.utf8) else {
            throw ParseFailure(
                "tag", found: text,
                expected: "1 to 128 letters, digits and _ . - beginning with a letter, a digit or _")
        }
        self.text = text
    }

    package var description: String { text }

    /// Order of the bytes, which is the order of every list of tags.
    package static func < (left: TagName, right: TagName) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }

    private static func isTag(_ bytes: String.UTF8View) -> Bool {
        guard let first = bytes.first, isWord(first) else { return false }
        for byte in bytes where !isWord(byte) && byte != UInt8(ascii: ".") && byte != UInt8(ascii: "-") { return false }
        return true
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        byte.isLowercaseLetter || byte.isUppercaseLetter || byte.isDigit || byte == UInt8(ascii: "_")
    }
}

extension TagName: Codable {
    package init(from decoder: any Decoder) throws {
        self = try TagName(parsing: decoder.singleValueContainer().decode(String.self))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
