import BerthAccess
import BerthCatalog
import BerthIdentity
import BerthOCI
import Foundation

/// A token that was issued.
package struct GrantedToken: Sendable {
    package let token: String
    package let issuedAt: Date
    /// Whole seconds that the token is good for.
    package let lifetime: Int
    /// A token that buys more tokens, when one was asked for. None is given for a login that ends by itself.
    package let refreshToken: String?
}

extension Registry {
    /// How long a refresh token is good for.
    private static let refreshLifetime: TimeInterval = 30 * 24 * 60 * 60

    /// Issues a token for what is asked for and the caller may do now: the intersection, which may be nothing.
    ///
    /// The token ends when the first share ends that it rests on. It proves who asks and limits what for; what its
    /// holder may really do is decided again at every use.
    ///
    /// Docker token protocol, "Requesting a Token".
    /// - Parameter wantsRefreshToken: Whether to issue a refresh token beside it (`offline_token`); only for users.
    /// - Throws: ``AccessRefusal`` for a caller that is no longer good.
    package func grantToken(
        scopes: [TokenScope], wantsRefreshToken: Bool = false, to caller: Caller
    ) async throws -> GrantedToken {
        let authorization = authorization(of: caller)
        let issuedAt = Date(timeIntervalSince1970: authorization.now.timeIntervalSince1970.rounded(.down))
        let (access, end) = try await grant(scopes, authorization: authorization)
        let latest = issuedAt.addingTimeInterval(settings.tokenLifetime.seconds)
        let expiresAt = [latest, end, caller.endsAt].compactMap(\.self).min() ?? latest
        let claims = TokenClaims(
            subject: caller.subject, access: access, region: region, issuedAt: issuedAt, expiresAt: expiresAt)
        return GrantedToken(
            token: try await identity.tokens.sign(claims), issuedAt: issuedAt,
            lifetime: max(Int(claims.expiresAt.timeIntervalSince(issuedAt)), 0),
            refreshToken: wantsRefreshToken ? try await refreshToken(for: caller, issuedAt: issuedAt) : nil)
    }

    /// Decides on live data, or on what was read of it a moment ago if nothing has changed since.
    private func grant(
        _ scopes: [TokenScope], authorization: Authorization
    ) async throws -> (access: [TokenAccess], end: Date?) {
        let subject = authorization.caller.subject
        let version = try? catalog.version()
        if let version {
            // Whatever is remembered of the caller says that it is good in this version; without any that is to be asked.
            var isKnown = false
            let remembered = try? authorization.grant(scopes) { name in
                guard let basis = facts.basis(of: subject, on: name, version: version) else { throw NotRemembered() }
                isKnown = true
                return authorization.standing(on: name, basis: basis)
            }
            if let remembered, isKnown { return remembered }
        }
        return try await catalog.read { [facts] catalog in
            _ = try authorization.principal(in: catalog)
            return try authorization.grant(scopes) { name in
                let standing = try authorization.standing(on: name, in: catalog)
                if let version, let standing {
                    facts.remember(standing.basis, of: subject, on: name, version: version)
                }
                return standing
            }
        }
    }

    /// Finds the caller behind a refresh token.
    ///
    /// - Throws: ``AccessRefusal/unauthenticated(_:)`` for any token that is not a good refresh token of this registry.
    package func authenticate(refreshToken token: String) async throws -> Caller {
        do {
            let claims = try await identity.tokens.verify(token, use: .refresh)
            guard claims.region == region else {
                throw AccessRefusal.unauthenticated("this token is for another region")
            }
            return Caller(subject: claims.subject, access: nil)
        } catch let error as TokenError {
            throw AccessRefusal.unauthenticated("\(error)")
        }
    }

    private func refreshToken(for caller: Caller, issuedAt: Date) async throws -> String? {
        guard case .user = caller.subject, caller.endsAt == nil else { return nil }
        return try await identity.tokens.sign(
            TokenClaims(
                subject: caller.subject, region: region, issuedAt: issuedAt,
                expiresAt: issuedAt.addingTimeInterval(Self.refreshLifetime), use: .refresh))
    }
}

extension Authorization {
    /// What of the asked scopes the caller may have, and the earliest end of a share that any of it rests on.
    fileprivate func grant(
        _ scopes: [TokenScope], standing: (RepositoryName) throws -> Standing?
    ) throws -> (access: [TokenAccess], end: Date?) {
        var access: [TokenAccess] = []
        var end: Date?
        for scope in scopes {
            switch scope.type {
            case "repository":
                guard let name = try? RepositoryName(parsing: scope.name),
                    let decision = try standing(name)?.decision
                else { continue }
                let held = decision.rights.scopeActions
                let actions = scope.actions.contains("*") ? held : scope.actions.filter(held.contains)
                guard !actions.isEmpty else { continue }
                access.append(TokenAccess(type: scope.type, name: scope.name, actions: actions))
                if let expires = decision.expires { end = min(end ?? expires, expires) }
            case "registry" where scope.name == "catalog" && scope.actions.contains("*"):
                guard caller.subject != .anonymous else { continue }
                access.append(TokenAccess(type: scope.type, name: scope.name, actions: ["*"]))
            default: continue
            }
        }
        return (access, end)
    }
}

/// What has to be asked of the catalog.
private struct NotRemembered: Error {}
