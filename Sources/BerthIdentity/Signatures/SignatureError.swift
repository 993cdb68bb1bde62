/// Why a request's signature is refused, in one sentence for who sent it.
///
/// All but ``wrong`` follow from the request alone, whichever access key it names, so none tells whether a key exists.
package enum SignatureError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The `Authorization` header is of another scheme or another signature algorithm.
    case algorithm
    /// The `Authorization` header is not of the form that the algorithm has; says what is wrong with it.
    case malformed(String)
    /// Something is longer, or there is more of it, than is read; says what.
    case tooLarge(String)
    /// A header that has to be signed is not.
    case notSigned(String)
    /// A signed header is not in the request.
    case headerMissing(String)
    /// A signed header is in the request more than once, so that it is not clear which value was signed.
    case headerRepeated(String)
    /// The path or the query is not percent-encoded as URLs are.
    case encoding
    /// `X-Sdk-Date` is not of the form `20260102T030405Z`.
    case date
    /// `X-Sdk-Date` is too far from the clock of the server.
    case clock
    /// `X-Sdk-Content-Sha256` is not the hash of the body.
    case contentHash
    /// `X-Sdk-Content-Sha256` leaves a body unsigned that has to be signed.
    case unsignedPayload
    /// The signature is not that of this request under the secret key.
    case wrong

    package var description: String {
        switch self {
        case .algorithm: "only signatures of the algorithm \(RequestSignature.algorithm) are accepted here"
        case .malformed(let what):
            "the Authorization header must be \(RequestSignature.algorithm) Access=AK, SignedHeaders=a;b, Signature=HEX: "
                + what
        case .tooLarge(let what): "the signed request has \(what)"
        case .notSigned(let name): "the header \(name) must be among the signed headers"
        case .headerMissing(let name): "the request does not have the signed header \(name)"
        case .headerRepeated(let name): "the signed header \(name) must be in the request once"
        case .encoding: "the path or the query of the request is not percent-encoded correctly"
        case .date: "X-Sdk-Date must be an instant in UTC such as 20260102T030405Z"
        case .clock:
            "X-Sdk-Date is more than \(RequestSignature.maximumSkew / 60) minutes from the time of the server: "
                + "set the clock of the client"
        case .contentHash: "X-Sdk-Content-Sha256 is not the SHA-256 of the body in hexadecimal"
        case .unsignedPayload:
            "\(RequestSignature.unsignedPayload) is accepted only in a signed X-Sdk-Content-Sha256 beside a signed "
                + "Content-Type that is neither application/json nor application/bson"
        case .wrong: "the access key or the signature is wrong"
        }
    }
}
