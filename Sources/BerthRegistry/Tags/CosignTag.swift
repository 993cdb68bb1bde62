import BerthOCI

/// A tag that ties a manifest to another one by its name: the digest of the other with a dash for the colon, and what
/// the manifest is to it, such as `sha256-….sig`.
struct CosignTag: Hashable {
    enum Kind: String, CaseIterable {
        case signature = "sig"
        case attestation = "att"
        case components = "sbom"
    }

    let target: Digest
    let kind: Kind

    /// `nil` for a tag of any other form.
    init?(_ tag: TagName) {
        let parts = tag.description.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let kind = Kind(rawValue: String(parts[1])), let dash = parts[0].firstIndex(of: "-"),
            let target = try? Digest(parsing: "\(parts[0][..<dash]):\(parts[0][parts[0].index(after: dash)...])")
        else { return nil }
        self.target = target
        self.kind = kind
    }

    /// The tags that what belongs to a manifest may have; none for a digest that is too long for a tag.
    static func names(for target: Digest) -> [TagName] {
        Kind.allCases.compactMap {
            try? TagName(parsing: "\(target.algorithm.rawValue)-\(target.hex).\($0.rawValue)")
        }
    }
}
