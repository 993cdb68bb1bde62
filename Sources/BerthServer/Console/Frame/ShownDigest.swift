import BerthOCI

/// A digest as pages show it: the first twelve digits, as engines do, with the whole of it to copy.
struct ShownDigest: Sendable {
    let full: String
    let short: String

    init(_ digest: Digest) {
        full = digest.description
        short = String(digest.hex.prefix(12))
    }
}
