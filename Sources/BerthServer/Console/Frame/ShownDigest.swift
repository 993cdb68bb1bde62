import BerthOCI

/// A digest as pages show it: its beginning, with the whole of it to copy.
struct ShownDigest: Sendable {
    let full: String
    let short: String

    init(_ digest: Digest) {
        full = digest.description
        short = String(full.prefix(digest.algorithm.rawValue.utf8.count + 13)) + "…"
    }
}
