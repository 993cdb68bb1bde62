import Foundation

/// The head of a token, read before anything else of it is believed.
///
/// Only `alg`, `kid` and `typ` may be there. Whatever else JOSE has, above all keys and addresses of keys (`jwk`,
/// `jku`, `x5c`, `x5u`), Berth never writes, and so it refuses it.
struct TokenHeader: Equatable {
    /// The longest encoded header, in bytes.
    static let maximumSize = 512

    let keyID: String

    /// - Throws: ``TokenError``: `malformed`, `wrongAlgorithm`, `unknownKey` when it names none.
    init(parsing token: String) throws(TokenError) {
        let parts = token.utf8.split(separator: UInt8(ascii: "."), maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].count <= Self.maximumSize,
            parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy(\.isBase64URL) }),
            let json = [UInt8](base64URL: Substring(parts[0])),
            let fields = try? JSONDecoder().decode(Fields.self, from: Data(json))
        else { throw .malformed }
        guard fields.alg == "ES256" else { throw .wrongAlgorithm }
        guard let kid = fields.kid else { throw .unknownKey }
        keyID = kid
    }

    private struct Fields: Decodable {
        let alg: String?
        let kid: String?

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Name.self)
            for name in container.allKeys where !["alg", "kid", "typ"].contains(name.stringValue) {
                throw TokenError.malformed
            }
            alg = try container.decodeIfPresent(String.self, forKey: Name(stringValue: "alg"))
            kid = try container.decodeIfPresent(String.self, forKey: Name(stringValue: "kid"))
            let type = try container.decodeIfPresent(String.self, forKey: Name(stringValue: "typ"))
            guard type == nil || type == "JWT" else { throw TokenError.malformed }
        }

        private struct Name: CodingKey {
            let stringValue: String
            var intValue: Int? { nil }
            init(stringValue: String) { self.stringValue = stringValue }
            init?(intValue: Int) { nil }
        }
    }
}

extension UInt8 {
    fileprivate var isBase64URL: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
