import Crypto
import Foundation

/// What the `Authorization` header of a request signed with an access key says.
///
/// `SDK-HMAC-SHA256 Access=AK, SignedHeaders=host;x-sdk-date, Signature=HEX`: the signature is the HMAC-SHA256 of the
/// ``CanonicalRequest``'s hash and the date under the secret key. Of what is in a parsed value, nothing has been
/// verified.
package struct RequestSignature: Sendable, Equatable {
    package static let algorithm = "SDK-HMAC-SHA256"
    /// Seconds that the date of a request may be from the server's clock, either way.
    package static let maximumSkew = 15 * 60

    static let unsignedPayload = "UNSIGNED-PAYLOAD"
    private static let maximumHeaderLength = 8 * 1024
    private static let maximumAccessKeyLength = 128
    private static let maximumSignedHeaders = 64
    private static let dateHeader = "x-sdk-date"
    private static let contentHashHeader = "x-sdk-content-sha256"

    package let accessKey: String
    /// In lower case, sorted, each once; `host` and `x-sdk-date` are among them.
    package let signedHeaders: [String]
    /// 64 lower-case hexadecimal digits.
    package let signature: String

    /// Reads the value of an `Authorization` header.
    ///
    /// - Throws: ``SignatureError``: `algorithm`, `malformed`, `tooLarge`, `notSigned`.
    package init(parsing header: String) throws(SignatureError) {
        guard header.utf8.count <= Self.maximumHeaderLength else {
            throw .tooLarge("an Authorization header of more than \(Self.maximumHeaderLength) bytes")
        }
        guard header.hasPrefix(Self.algorithm + " ") else { throw .algorithm }
        let fields = try Self.fields(header.dropFirst(Self.algorithm.count + 1))
        guard let accessKey = fields["Access"], let names = fields["SignedHeaders"],
            let signature = fields["Signature"], fields.count == 3
        else { throw .malformed("Access, SignedHeaders and Signature are needed, and nothing else") }
        guard (1...Self.maximumAccessKeyLength).contains(accessKey.utf8.count),
            accessKey.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { throw .malformed("Access is not an access key") }
        guard signature.utf8.count == 64, signature.utf8.allSatisfy(isLowercaseHex) else {
            throw .malformed("Signature must be 64 lower-case hexadecimal digits")
        }
        self.accessKey = accessKey
        self.signature = signature
        signedHeaders = try Self.signedHeaders(names)
    }

    /// Lets a request pass that was signed with `secret` about now.
    ///
    /// - Throws: ``SignatureError``: anything but `algorithm` and `malformed`. `wrong` is thrown last, when nothing
    ///   else is to say.
    package func verify(_ request: SignedRequest, secret: String, now: Date) throws(SignatureError) {
        let values = try signedValues(of: request)
        guard let date = values[Self.dateHeader], let signedAt = SignatureDate(parsing: date) else { throw .date }
        guard abs(signedAt.instant.timeIntervalSince(now)) <= TimeInterval(Self.maximumSkew) else { throw .clock }
        let canonical = CanonicalRequest(
            method: request.method, path: try CanonicalRequest.path(request.path),
            query: try CanonicalRequest.query(request.query),
            headers: signedHeaders.map { (name: $0, value: values[$0] ?? "") },
            bodyHash: try bodyHash(of: request, signed: values))
        guard ConstantTime.equal(canonical.signature(date: date, secret: secret), signature) else { throw .wrong }
    }

    /// The value of each signed header, without spaces around it.
    private func signedValues(of request: SignedRequest) throws(SignatureError) -> [String: String] {
        let signed = Set(signedHeaders)
        var values: [String: String] = [:]
        for (name, value) in request.headers {
            let name = name.lowercased()
            guard signed.contains(name) else { continue }
            guard values.updateValue(trimmed(value), forKey: name) == nil else { throw .headerRepeated(name) }
        }
        for name in signedHeaders where values[name] == nil { throw .headerMissing(name) }
        return values
    }

    /// The hash of the body that the signature covers.
    ///
    /// SDKs leave bodies unsigned that are neither JSON nor BSON, and say so in `X-Sdk-Content-Sha256`. That is taken
    /// only from a header that is signed itself, beside a content type that is signed too: whoever could add or change
    /// either would otherwise turn any signed request into one with a body of his choice. Any other value of the
    /// header has to be the hash of the body, so that it can never stand for another body than the one received.
    private func bodyHash(
        of request: SignedRequest, signed: [String: String]
    ) throws(SignatureError) -> String {
        let hash = hexadecimal(SHA256.hash(data: request.body))
        let claims = request.values(of: Self.contentHashHeader)
        guard claims.count <= 1 else { throw .headerRepeated(Self.contentHashHeader) }
        guard let claim = claims.first.map(trimmed) else { return hash }
        guard claim == Self.unsignedPayload else {
            guard claim == hash else { throw .contentHash }
            return hash
        }
        guard signed[Self.contentHashHeader] != nil, let type = signed["content-type"]?.lowercased(), !type.isEmpty,
            !type.hasPrefix("application/json"), !type.hasPrefix("application/bson")
        else { throw .unsignedPayload }
        return request.body.isEmpty ? hash : claim
    }

    /// The `name=value` fields after the algorithm, each once.
    private static func fields(_ text: Substring) throws(SignatureError) -> [String: String] {
        let pieces = text.split(separator: ",", maxSplits: 3, omittingEmptySubsequences: false)
        var fields: [String: String] = [:]
        for piece in pieces {
            let pair = trimmed(piece).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard pair.count == 2 else { throw .malformed("fields are written name=value, with commas between") }
            guard fields.updateValue(String(pair[1]), forKey: String(pair[0])) == nil else {
                throw .malformed("each field may be there once")
            }
        }
        return fields
    }

    private static func signedHeaders(_ text: String) throws(SignatureError) -> [String] {
        let names = text.split(separator: ";", maxSplits: maximumSignedHeaders, omittingEmptySubsequences: false)
        guard names.count <= maximumSignedHeaders else {
            throw .tooLarge("more than \(maximumSignedHeaders) signed headers")
        }
        guard names.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(isLowercaseToken) }) else {
            throw .malformed("SignedHeaders must be names of headers in lower case with semicolons between")
        }
        guard zip(names, names.dropFirst()).allSatisfy({ $0.utf8.lexicographicallyPrecedes($1.utf8) }) else {
            throw .malformed("SignedHeaders must be sorted, each once")
        }
        for needed in ["host", dateHeader] where !names.contains(Substring(needed)) { throw .notSigned(needed) }
        return names.map(String.init)
    }
}

/// A text without the spaces and tabs around it.
private func trimmed(_ text: some StringProtocol) -> String {
    text.trimmingCharacters(in: CharacterSet(charactersIn: " \t"))
}

private func isLowercaseHex(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
}

/// Whether a byte may stand in the name of a header (RFC 9110, token) and is not a capital letter.
private func isLowercaseToken(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
    default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
}
