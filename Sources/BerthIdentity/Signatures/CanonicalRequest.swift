import Crypto
import Foundation

/// The one form of a request that both sides sign: the same for all spellings of the same request.
struct CanonicalRequest {
    private static let maximumPathLength = 8 * 1024
    private static let maximumQueryLength = 16 * 1024
    private static let maximumQueryPairs = 256

    let method: String
    /// In the form that ``path(_:)`` gives.
    let path: String
    /// In the form that ``query(_:)`` gives.
    let query: String
    /// The signed headers, sorted by name; names in lower case, values without spaces around them.
    let headers: [(name: String, value: String)]
    /// Hexadecimal, or the word that stands for a body that is not signed.
    let bodyHash: String

    /// Six parts, a line feed after each but the last.
    var text: String {
        [
            method.uppercased(), path, query, headers.map { "\($0.name):\($0.value)\n" }.joined(),
            headers.map(\.name).joined(separator: ";"), bodyHash,
        ].joined(separator: "\n")
    }

    /// The signature in hexadecimal: HMAC-SHA256 of algorithm, date and the hash of the request.
    func signature(date: String, secret: String) -> String {
        let hash = hexadecimal(SHA256.hash(data: Data(text.utf8)))
        let message = "\(RequestSignature.algorithm)\n\(date)\n\(hash)"
        return hexadecimal(
            HMAC<SHA256>.authenticationCode(
                for: Data(message.utf8), using: SymmetricKey(data: Data(secret.utf8))))
    }

    /// A path decoded and encoded again, with a slash at its end.
    ///
    /// `%2F` becomes a slash here: a signature does not tell the two apart.
    static func path(_ raw: String) throws(SignatureError) -> String {
        guard raw.utf8.count <= maximumPathLength else {
            throw .tooLarge("a path of more than \(maximumPathLength) bytes")
        }
        let decoded = try PercentEncoding.decode(raw.utf8)
        let segments = decoded.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        let path = segments.map(PercentEncoding.encode).joined(separator: "/")
        return path.hasSuffix("/") ? path : path + "/"
    }

    /// The pairs of a query, decoded, sorted by name and value, and encoded again.
    static func query(_ raw: String) throws(SignatureError) -> String {
        guard raw.utf8.count <= maximumQueryLength else {
            throw .tooLarge("a query of more than \(maximumQueryLength) bytes")
        }
        let pieces = raw.utf8.split(separator: UInt8(ascii: "&"))
        guard pieces.count <= maximumQueryPairs else {
            throw .tooLarge("more than \(maximumQueryPairs) query parameters")
        }
        var pairs: [(name: [UInt8], value: [UInt8])] = []
        for piece in pieces {
            let equals = piece.firstIndex(of: UInt8(ascii: "=")) ?? piece.endIndex
            pairs.append(
                (
                    name: try PercentEncoding.decode(piece[..<equals]),
                    value: try PercentEncoding.decode(piece[equals...].dropFirst())
                ))
        }
        pairs.sort { left, right in
            left.name == right.name
                ? left.value.lexicographicallyPrecedes(right.value)
                : left.name.lexicographicallyPrecedes(right.name)
        }
        return pairs.map { PercentEncoding.encode($0.name[...]) + "=" + PercentEncoding.encode($0.value[...]) }
            .joined(separator: "&")
    }
}
