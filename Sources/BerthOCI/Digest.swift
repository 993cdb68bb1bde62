/// The content address of a blob or manifest: an algorithm and the hash of the exact bytes.
///
/// A digest can only be made by parsing or from the bytes of a finished hash, so a value of this type is always
/// canonical: a registered algorithm and lower-case hex of its exact length. Two digests of the same bytes under
/// different algorithms are different keys; nothing converts between them.
///
/// OCI image-spec, descriptor.md, "Digests".
package struct Digest: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// A hash function that a digest may name.
    package enum Algorithm: String, Sendable, CaseIterable {
        case sha256
        case sha512

        /// The number of hex digits in a digest of this algorithm.
        package var hexLength: Int {
            switch self {
            case .sha256: 64
            case .sha512: 128
            }
        }
    }

    package let algorithm: Algorithm
    /// Lower-case hex, exactly ``Algorithm/hexLength`` digits.
    package let hex: String

    /// Parses `algorithm:hex`.
    ///
    /// - Throws: ``ParseFailure`` for an algorithm other than sha256 and sha512, for upper-case hex and for a wrong
    ///   length.
    package init(parsing text: some StringProtocol) throws(ParseFailure) {
        let text = String(text)
        let utf8 = text.utf8
        guard let colon = utf8.firstIndex(of: UInt8(ascii: ":")),
            let algorithm = Algorithm(rawValue: String(text[..<colon]))
        else { throw Self.failure(text) }
        let hex = String(text[utf8.index(after: colon)...])
        guard hex.utf8.count == algorithm.hexLength, Self.isHex(hex.utf8) else { throw Self.failure(text) }
        self.algorithm = algorithm
        self.hex = hex
    }

    /// Makes the digest of a finished hash.
    ///
    /// - Precondition: `hash` has the length that `algorithm` produces (32 or 64 bytes).
    package init(algorithm: Algorithm, hash: some Sequence<UInt8>) {
        var hex = [UInt8]()
        hex.reserveCapacity(algorithm.hexLength)
        for byte in hash {
            hex.append(Self.hexDigits[Int(byte >> 4)])
            hex.append(Self.hexDigits[Int(byte & 15)])
        }
        precondition(hex.count == algorithm.hexLength, "a \(algorithm) hash has \(algorithm.hexLength / 2) bytes")
        self.algorithm = algorithm
        self.hex = String(decoding: hex, as: UTF8.self)
    }

    package var description: String { "\(algorithm.rawValue):\(hex)" }

    package static func < (left: Digest, right: Digest) -> Bool { left.description < right.description }

    private static func isHex(_ bytes: String.UTF8View) -> Bool {
        for byte in bytes where !byte.isLowercaseHexDigit { return false }
        return true
    }

    private static let hexDigits = Array("0123456789abcdef".utf8)

    private static func failure(_ text: some StringProtocol) -> ParseFailure {
        ParseFailure("digest", found: text, expected: "sha256: and 64, or sha512: and 128 lower-case hex digits")
    }
}

extension Digest: Codable {
    package init(from decoder: any Decoder) throws {
        self = try Digest(parsing: decoder.singleValueContainer().decode(String.self))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
