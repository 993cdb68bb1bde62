/// The name of a repository: an organization and a name within it, `organization/name`, where `name` may itself
/// contain `/`.
///
/// The whole is a distribution-spec `<name>` of at most 255 bytes with at least two components; nothing is
/// normalised, so two different texts are two different repositories.
///
/// OCI distribution-spec 1.1, "Pulling manifests".
package struct RepositoryName: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The longest name, in bytes.
    package static let maximumLength = 255

    private let text: String
    private let slash: String.Index

    /// Parses `organization/name` in one pass over its bytes.
    ///
    /// - Throws: ``ParseFailure`` for anything outside the grammar, for fewer than two components and for more than
    ///   255 bytes.
    package init(parsing text: some StringProtocol) throws(ParseFailure) {
        let text = String(text)
        guard text.utf8.count <= Self.maximumLength, let slash = text.firstIndex(of: "/"),
            text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
                .allSatisfy(Self.isComponent)
        else {
            throw ParseFailure(
                "repository name", found: text,
                expected: "organization/name of at most 255 characters: lower-case letters and digits, "
                    + "separated by one of . _ __ - within a component")
        }
        self.text = text
        self.slash = slash
    }

    /// The first component.
    package var organization: Substring { text[..<slash] }
    /// Everything after the organization.
    package var name: Substring { text[text.index(after: slash)...] }
    package var description: String { text }

    package static func == (left: RepositoryName, right: RepositoryName) -> Bool { left.text == right.text }
    package static func < (left: RepositoryName, right: RepositoryName) -> Bool { left.text < right.text }
    package func hash(into hasher: inout Hasher) { hasher.combine(text) }

    /// `[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*`
    private static func isComponent(_ bytes: Substring.UTF8View.SubSequence) -> Bool {
        isComponent(Array(bytes))
    }

    private static func isComponent(_ bytes: [UInt8]) -> Bool {
        var position = 0
        func alphanumerics() -> Bool {
            let start = position
            while position < bytes.count, bytes[position].isLowercaseLetter || bytes[position].isDigit { position += 1 }
            return position > start
        }
        guard alphanumerics() else { return false }
        while position < bytes.count {
            let separator = position
            while position < bytes.count, bytes[position] == bytes[separator] { position += 1 }
            switch (bytes[separator], position - separator) {
            case (UInt8(ascii: "."), 1), (UInt8(ascii: "_"), 1...2), (UInt8(ascii: "-"), _): break
            default: return false
            }
            guard alphanumerics() else { return false }
        }
        return true
    }
}

extension RepositoryName: Codable {
    package init(from decoder: any Decoder) throws {
        self = try RepositoryName(parsing: decoder.singleValueContainer().decode(String.self))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
