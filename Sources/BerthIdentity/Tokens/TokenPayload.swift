import BerthAccess
import Foundation
import JWTKit

/// The claims of a token as they are written: instants are integers, as every other implementation reads them.
struct TokenPayload: JWTPayload {
    /// `aud`, which may be one text or a list of them (RFC 7519, section 4.1.3).
    struct Audience: Codable, Sendable {
        let values: [String]

        init(_ value: String) { values = [value] }

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let value = try? container.decode(String.self) {
                values = [value]
            } else {
                values = try container.decode([String].self)
            }
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            if values.count == 1 { try container.encode(values[0]) } else { try container.encode(values) }
        }
    }

    let iss: String
    let aud: Audience
    let sub: String
    let iat: Int64
    let nbf: Int64
    let exp: Int64
    let jti: String
    let access: [TokenAccess]
    let use: TokenUse
    let uid: String?
    let cv: Int64?
    let region: String?

    /// Nothing here: the library calls it after the signature is found right, and ``TokenService`` checks the claims.
    func verify(using algorithm: some JWTAlgorithm) async throws {}

    init(_ claims: TokenClaims, issuer: String, audience: String) {
        iss = issuer
        aud = Audience(audience)
        switch claims.subject {
        case .anonymous:
            (sub, uid, cv) = ("", nil, nil)
        case .user(let id, let name, let version):
            (sub, uid, cv) = (name.description, id.rawValue, version)
        }
        iat = Int64(claims.issuedAt.timeIntervalSince1970)
        nbf = Int64(claims.notBefore.timeIntervalSince1970)
        exp = Int64(claims.expiresAt.timeIntervalSince1970)
        jti = claims.id
        access = claims.access
        use = claims.use
        region = claims.region?.description
    }

    /// The claims, if every one of them is of its kind.
    func claims() throws(TokenError) -> TokenClaims {
        let subject: TokenSubject
        switch (sub, uid, cv) {
        case ("", nil, nil): subject = .anonymous
        case (let text, .some(let id), .some(let version)):
            guard let name = try? QualifiedUserName(parsing: text), !id.isEmpty else { throw .malformed }
            subject = .user(id: UserID(rawValue: id), name: name, credentialsVersion: version)
        default: throw .malformed
        }
        var parsedRegion: Region?
        if let region {
            guard let parsed = try? Region(parsing: region) else { throw .malformed }
            parsedRegion = parsed
        }
        // Up to the end of the year 9999, so that arithmetic on instants is exact.
        guard [iat, nbf, exp].allSatisfy({ (0...253_402_300_799).contains($0) }) else { throw .malformed }
        return TokenClaims(
            subject: subject, access: access, region: parsedRegion,
            issuedAt: Date(timeIntervalSince1970: Double(iat)), notBefore: Date(timeIntervalSince1970: Double(nbf)),
            expiresAt: Date(timeIntervalSince1970: Double(exp)), use: use, id: jti)
    }
}
