/// Why a token is not good. All of them are answered 401; the description may be shown to the client.
package enum TokenError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Longer than ``TokenService/maximumTokenSize``.
    case tooLarge
    /// Not a token as Berth writes them: wrong form, header, or types of claims.
    case malformed
    /// Another algorithm than ES256.
    case wrongAlgorithm
    /// No `kid`, or one that names no key that verifies now.
    case unknownKey
    case wrongSignature
    case wrongIssuer
    case wrongAudience
    /// A refresh token where an access token is due, or the other way round.
    case wrongUse
    case expired
    case notYetValid
    /// A life longer than such a token may have, or one that ends before it begins.
    case wrongLifetime

    package var description: String {
        switch self {
        case .tooLarge: "the token is longer than \(TokenService.maximumTokenSize) bytes"
        case .malformed: "the token is not one that this registry issues"
        case .wrongAlgorithm: "the token is not signed with ES256"
        case .unknownKey: "the token is signed with a key that this registry does not know, or no longer uses"
        case .wrongSignature: "the token's signature is wrong"
        case .wrongIssuer: "the token is from another issuer"
        case .wrongAudience: "the token is for another service"
        case .wrongUse: "the token is for another use: access and refresh tokens are not interchangeable"
        case .expired: "the token has expired"
        case .notYetValid: "the token is not valid yet"
        case .wrongLifetime: "the token's lifetime is not one that this registry gives"
        }
    }
}
