import BerthAccess
import BerthTestBasics
import BerthTestSupport
import Crypto
import Foundation
import Testing

@testable import BerthIdentity

/// Keys, a service on a manual clock, and the means to forge tokens by hand with the service's own key.
struct TokenBench {
    let directory: TemporaryDirectory
    let clock = ManualClock()
    let keys: TokenKeys
    let service: TokenService

    init() throws {
        directory = try TemporaryDirectory()
        keys = try TokenKeys(directory: directory.path, now: clock.now)
        service = TokenService(keys: keys, issuer: "berth", service: "registry") { [clock] in clock.now }
    }

    var user: TokenSubject {
        get throws {
            .user(id: UserID(rawValue: "u1"), name: try QualifiedUserName(parsing: "acme/ci"), credentialsVersion: 3)
        }
    }

    func claims(lifetime: TimeInterval = 300, use: TokenUse = .access) throws -> TokenClaims {
        TokenClaims(
            subject: try user, access: [TokenAccess(type: "repository", name: "acme/app", actions: ["pull"])],
            region: try Region(parsing: "region-1"), issuedAt: clock.now,
            expiresAt: clock.now.addingTimeInterval(lifetime), use: use)
    }

    /// The service's own signing key, as a thief of the file would have it.
    var signingKey: P256.Signing.PrivateKey {
        get throws { try P256.Signing.PrivateKey(pemRepresentation: directory.text(of: "token-key.pem")) }
    }

    var goodHeader: [String: Any] { ["alg": "ES256", "typ": "JWT", "kid": keys.activeKeyID] }

    var second: Int { Int(clock.now.timeIntervalSince1970) }

    var goodPayload: [String: Any] {
        [
            "iss": "berth", "aud": "registry", "sub": "acme/ci", "iat": second, "nbf": second, "exp": second + 300,
            "jti": "1", "access": [["type": "repository", "name": "acme/app", "actions": ["pull"]]], "use": "access",
            "uid": "u1", "cv": 3, "region": "region-1",
        ]
    }

    /// Makes tokens out of the good header and payload with the service's own key.
    var forger: TokenForge {
        get throws { TokenForge(header: goodHeader, payload: goodPayload, key: try signingKey) }
    }

    /// A token with these changes, signed with ES256; a value of `nil` takes an entry away.
    func forge(
        header: [String: Any?] = [:], payload: [String: Any?] = [:], key: P256.Signing.PrivateKey? = nil
    ) throws -> String {
        try forger.token(header: header, payload: payload, key: key)
    }

    /// Expects that a token is refused, for `error` if it matters which.
    func expectRefusal(
        of token: String, as error: TokenError? = nil, use: TokenUse = .access,
        _ comment: Comment? = nil, sourceLocation: SourceLocation = #_sourceLocation
    ) async {
        do {
            _ = try await service.verify(token, use: use)
            Issue.record(comment ?? "the token was taken", sourceLocation: sourceLocation)
        } catch let found as TokenError {
            if let error { #expect(found == error, comment, sourceLocation: sourceLocation) }
        } catch {
            Issue.record("not a TokenError: \(error)", sourceLocation: sourceLocation)
        }
    }
}
