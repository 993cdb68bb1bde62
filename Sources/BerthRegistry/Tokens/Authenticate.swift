import BerthAccess
import BerthCatalog
import BerthIdentity
import BerthOCI

extension Registry {
    /// Checks a user name and password, in any of the forms that `docker login` takes.
    ///
    /// `ACCOUNT/USER` or `ACCOUNT` with the user's password, `REGION@AK` with the long-term login of an access key, and
    /// the names of temporary logins. An unknown user, a wrong password and a disabled user are one answer after the
    /// same work.
    ///
    /// - Throws: ``AccessRefusal/unauthenticated(_:)``, or TOOMANYREQUESTS when more sign-ins wait than can be checked.
    package func authenticate(username: String, password: String) async throws -> Caller {
        if let caller = try await callerByTemporaryLogin(username, password: password) { return caller }
        let user: UserRecord?
        if let at = username.firstIndex(of: "@") {
            user = try await userByAccessKey(
                region: username[..<at], accessKey: String(username[username.index(after: at)...]), password: password)
        } else {
            user = try await userByPassword(username, password: password)
        }
        guard let user else { throw AccessRefusal.unauthenticated("the user name or the password is wrong") }
        return Caller(user)
    }

    /// Checks a bearer token that this registry issued.
    ///
    /// - Throws: ``AccessRefusal/unauthenticated(_:)`` for any token that is not good now, here.
    package func authenticate(bearer token: String) async throws -> Caller {
        let claims: TokenClaims
        do {
            claims = try await identity.tokens.verify(token, use: .access)
        } catch let error as TokenError {
            throw AccessRefusal.unauthenticated("\(error)")
        }
        guard claims.region == region else {
            throw AccessRefusal.unauthenticated("this token is for another region")
        }
        return Caller(subject: claims.subject, access: claims.access)
    }

    func userByPassword(_ username: String, password: String) async throws -> UserRecord? {
        var user: UserRecord?
        if let name = try? QualifiedUserName(parsing: username) {
            user = try await catalog.read { try $0.user(named: name) }
        }
        if let user, let stored = user.passwordHash, !user.isDisabled,
            identity.passwordCache.contains(password, user: user.id, stored: stored)
        {
            return user
        }
        let isRight = try await hashing {
            try await identity.passwords.verify(password, against: user?.passwordHash)
        }
        guard isRight, let user, let stored = user.passwordHash, !user.isDisabled else { return nil }
        identity.passwordCache.insert(password, user: user.id, stored: stored)
        return user
    }

    private func userByAccessKey(
        region: Substring, accessKey: String, password: String
    ) async throws -> UserRecord? {
        let key = try await openAccessKey(accessKey)
        let isRight = AccessKeyPair.isLoginPassword(password, accessKey: accessKey, secret: key.secret)
        return isRight && region == self.region.description ? key.user : nil
    }

    /// Runs password work and says its overload in the registry's words.
    func hashing<Result>(_ work: () async throws -> Result) async throws -> Result {
        do {
            return try await work()
        } catch let error as IdentityError where error.code == .busy {
            throw RegistryError(
                .tooManyRequests, "too many sign-ins at once: try again in a moment",
                headers: ["Retry-After": "1"], cause: error)
        }
    }
}
