/// What a manifest is asked for by: the `<reference>` of `/v2/<name>/manifests/<reference>`.
///
/// OCI distribution-spec 1.1, end-3, end-7 and end-9.
package enum ManifestReference: Hashable, Sendable, CustomStringConvertible {
    case tag(TagName)
    case digest(Digest)

    /// Parses a reference: a text with a colon is a digest, any other a tag.
    ///
    /// - Throws: ``ParseFailure`` of the digest or the tag.
    package init(parsing text: some StringProtocol) throws(ParseFailure) {
        if text.utf8.contains(UInt8(ascii: ":")) {
            self = .digest(try Digest(parsing: text))
        } else {
            self = .tag(try TagName(parsing: text))
        }
    }

    package var description: String {
        switch self {
        case .tag(let tag): tag.description
        case .digest(let digest): digest.description
        }
    }
}
