import Crypto
import Foundation
import JWTKit

/// Issues tokens and checks them.
///
/// Signatures are ES256 by the keys of ``TokenKeys`` and nothing else: what a token says of its own algorithm or keys
/// changes nothing. Tokens that were found good are remembered, in bounded memory; their times and their key are
/// checked again at every use. What a token is still worth, whether its user, share or permission is still there, is
/// decided elsewhere, on live data.
package struct TokenService: Sendable {
    /// The longest token, in bytes; a longer one is refused unread.
    package static let maximumTokenSize = 16 * 1024
    /// The longest life of an access token.
    package static let maximumAccessLifetime: Duration = .seconds(60 * 60)
    /// The longest life of a refresh token, unless the service was made with another.
    package static let maximumRefreshLifetime: Duration = .seconds(30 * 24 * 60 * 60)
    /// The longest life of a token for the management API.
    package static let maximumManagementLifetime: Duration = .seconds(24 * 60 * 60)
    /// How far the clock of the process that issued a token may run ahead. The end of a token has no such leeway.
    package static let leeway: Duration = .seconds(60)

    /// Tokens longer than this are checked anew each time, so that the memory of the rest is bounded.
    private static let maximumRememberedSize = 4 * 1024

    private struct Verified: Sendable {
        let claims: TokenClaims
        let keyID: String
    }

    private let keys: TokenKeys
    private let issuer: String
    private let service: String
    private let maximumRefreshLifetime: Duration
    private let verified: BoundedCache<SHA256.Digest, Verified>
    private let now: @Sendable () -> Date

    /// - Parameters:
    ///   - issuer: The `iss` of all tokens.
    ///   - service: The `aud` of access tokens.
    ///   - maximumRefreshLifetime: The longest life of a refresh token.
    ///   - cacheCapacity: How many good tokens are remembered.
    ///   - now: The wall clock.
    package init(
        keys: TokenKeys, issuer: String, service: String,
        maximumRefreshLifetime: Duration = TokenService.maximumRefreshLifetime, cacheCapacity: Int = 4096,
        now: @escaping @Sendable () -> Date
    ) {
        self.keys = keys
        self.issuer = issuer
        self.service = service
        self.maximumRefreshLifetime = maximumRefreshLifetime
        self.verified = BoundedCache(capacity: cacheCapacity)
        self.now = now
    }

    /// Writes and signs a token with the active key.
    ///
    /// - Throws: ``TokenError``: `wrongLifetime`, `tooLarge`, for claims that ``verify(_:use:)`` would refuse.
    package func sign(_ claims: TokenClaims) async throws -> String {
        let lifetime = claims.expiresAt.timeIntervalSince(claims.issuedAt)
        guard lifetime >= 0, lifetime <= maximumLifetime(of: claims.use) else { throw TokenError.wrongLifetime }
        let keySet = keys.current
        let collection = JWTKeyCollection()
        let kid = JWKIdentifier(string: keySet.active.id)
        await collection.add(
            ecdsa: keySet.signer, kid: kid, serializer: DefaultJWTSerializer(jsonEncoder: Self.encoder()))
        let payload = TokenPayload(claims, issuer: issuer, audience: audience(of: claims.use))
        let token = try await collection.sign(payload, kid: kid)
        guard token.utf8.count <= Self.maximumTokenSize else { throw TokenError.tooLarge }
        return token
    }

    /// Checks a token and returns what it says.
    ///
    /// - Parameter use: What it is presented for.
    /// - Throws: ``TokenError`` for any token that is not good here, now, for that use.
    package func verify(_ token: String, use: TokenUse = .access) async throws -> TokenClaims {
        let size = token.utf8.count
        guard size <= Self.maximumTokenSize else { throw TokenError.tooLarge }
        let keySet = keys.current
        let now = now()
        let fingerprint = Self.fingerprint(of: token)
        if let claims = try remembered(fingerprint, use: use, keySet: keySet, now: now) { return claims }
        let header = try TokenHeader(parsing: token)
        guard let key = keySet.verifier(header.keyID, now: now) else { throw TokenError.unknownKey }
        let payload = try await payload(of: token, signedBy: key, id: header.keyID)
        guard payload.iss == issuer else { throw TokenError.wrongIssuer }
        guard payload.aud.values.contains(audience(of: payload.use)) else { throw TokenError.wrongAudience }
        let claims = try payload.claims()
        try check(claims, use: use, now: now)
        if size <= Self.maximumRememberedSize {
            verified.insert(Verified(claims: claims, keyID: header.keyID), for: fingerprint)
        }
        return claims
    }

    /// Checks a token that was found good before, at once.
    ///
    /// - Returns: `nil` when ``verify(_:use:)`` has to find out.
    /// - Throws: ``TokenError`` for a token that is not good any more.
    package func recall(_ token: String, use: TokenUse = .access) throws -> TokenClaims? {
        guard token.utf8.count <= Self.maximumRememberedSize else { return nil }
        return try remembered(Self.fingerprint(of: token), use: use, keySet: keys.current, now: now())
    }

    private func remembered(
        _ fingerprint: SHA256.Digest, use: TokenUse, keySet: TokenKeySet, now: Date
    ) throws -> TokenClaims? {
        guard let known = verified.value(for: fingerprint), keySet.verifier(known.keyID, now: now) != nil else {
            return nil
        }
        do {
            try check(known.claims, use: use, now: now)
        } catch TokenError.expired {
            verified.remove(fingerprint)
            throw TokenError.expired
        }
        return known.claims
    }

    /// What a token is remembered by, so that memory holds none that could be used.
    private static func fingerprint(of token: String) -> SHA256.Digest { SHA256.hash(data: Data(token.utf8)) }

    /// Writes the same claims as the same bytes, and no more of them than needed.
    private static func encoder() -> JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }

    /// How many tokens are remembered.
    var rememberedTokens: Int { verified.count }

    /// The payload, once the signature is found right.
    private func payload(of token: String, signedBy key: ES256PublicKey, id: String) async throws -> TokenPayload {
        // The collection holds this one key, so that the library has nothing to choose from.
        let collection = JWTKeyCollection()
        await collection.add(ecdsa: key, kid: JWKIdentifier(string: id))
        do {
            return try await collection.verify(token, as: TokenPayload.self)
        } catch let error as JWTError where error.errorType == .malformedToken {
            throw TokenError.malformed
        } catch {
            throw TokenError.wrongSignature
        }
    }

    private func check(_ claims: TokenClaims, use: TokenUse, now: Date) throws(TokenError) {
        guard claims.use == use else { throw .wrongUse }
        guard now < claims.expiresAt else { throw .expired }
        let lifetime = claims.expiresAt.timeIntervalSince(claims.issuedAt)
        guard lifetime > 0, lifetime <= maximumLifetime(of: claims.use) else { throw .wrongLifetime }
        let latest = now.addingTimeInterval(TimeInterval(Self.leeway.wholeSeconds))
        guard claims.issuedAt <= latest, claims.notBefore <= latest else { throw .notYetValid }
    }

    private func maximumLifetime(of use: TokenUse) -> TimeInterval {
        switch use {
        case .access: TimeInterval(Self.maximumAccessLifetime.wholeSeconds)
        case .refresh: TimeInterval(maximumRefreshLifetime.wholeSeconds)
        case .management: TimeInterval(Self.maximumManagementLifetime.wholeSeconds)
        }
    }

    /// Every use but the registry's has an audience of its own, so that no service that knows nothing of `use` takes its
    /// tokens either.
    private func audience(of use: TokenUse) -> String {
        switch use {
        case .access: service
        case .refresh: service + "/token"
        case .management: service + "/management"
        }
    }
}
