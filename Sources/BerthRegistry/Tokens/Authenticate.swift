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
    /// - Throws: ``AccessRefusal/unauthenticated(_:)``, or TOOMANYREQUESTS when more sign-ins wait than can be checked
    ///   or too many have failed.
    package func authenticate(
        username: String, password: String, from origin: RequestOrigin
    ) async throws -> Caller {
        let caller: Caller?
        if let at = username.firstIndex(of: "@") {
            let accessKey = String(username[username.index(after: at)...])
            caller = try await throttled(accessKey, from: origin) {
                if let caller = try await self.callerByTemporaryLogin(username, password: password) { return caller }
                return try await self.userByAccessKey(
                    region: username[..<at], accessKey: accessKey, password: password
                ).map { Caller($0) }
            }
        } else {
            caller = try await userByPassword(username, password: password, from: origin).map { Caller($0) }
        }
        guard let caller else { throw AccessRefusal.unauthenticated("the user name or the password is wrong") }
        return caller
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

    /// The caller behind a bearer token that was found good before and still is, at once; `nil` for any other, which
    /// ``authenticate(bearer:)`` has to look at.
    package func recall(bearer token: String) -> Caller? {
        guard let claims = try? identity.tokens.recall(token), claims.region == region else { return nil }
        return Caller(subject: claims.subject, access: claims.access)
    }

    /// The user whose password this is; `nil` for a wrong one.
    ///
    /// A password that was right a moment ago is not checked again, and so waits for nothing.
    func userByPassword(
        _ username: String, password: String, from origin: RequestOrigin
    ) async throws -> UserRecord? {
        let name = try? QualifiedUserName(parsing: username)
        var user: UserRecord?
        if let name { user = try await self.user(named: name) }
        if let user, let stored = user.passwordHash, !user.isDisabled,
            identity.passwordCache.contains(password, user: user.id, stored: stored)
        {
            return user
        }
        return try await throttled(name?.account.description ?? username, from: origin, isCostly: true) { [user] in
            let isRight = try await self.hashing {
                try await self.identity.passwords.verify(password, against: user?.passwordHash)
            }
            guard isRight, let user, let stored = user.passwordHash, !user.isDisabled else { return nil }
            self.identity.passwordCache.insert(password, user: user.id, stored: stored)
            return user
        }
    }

    private func user(named name: QualifiedUserName) async throws -> UserRecord? {
        let version = try? catalog.version()
        if let version, let known = facts.user(named: name, version: version) { return known }
        let found = try await catalog.read { try $0.user(named: name) }
        if let version, let found { facts.remember(found, named: name, version: version) }
        return found
    }

    private func userByAccessKey(
        region: Substring, accessKey: String, password: String
    ) async throws -> UserRecord? {
        let key = try await openAccessKey(accessKey)
        let isRight = AccessKeyPair.isLoginPassword(password, accessKey: accessKey, secret: key.secret)
        return isRight && region == self.region.description ? key.user : nil
    }

    /// Makes one attempt to sign in to `account`, or with the access key of that name.
    ///
    /// - Throws: TOOMANYREQUESTS when too many have failed.
    func throttled<Result>(
        _ account: String, from origin: RequestOrigin, isCostly: Bool = false, _ check: () async throws -> Result?
    ) async throws -> Result? {
        do {
            return try await identity.throttle.attempt(
                by: .init(account: account, network: origin.network), at: now(), isCostly: isCostly, check)
        } catch let error as TooManySignIns {
            throw RegistryError(
                .tooManyRequests, "too many wrong sign-ins: try again in \(error.retryAfter) s",
                headers: ["Retry-After": "\(error.retryAfter)"])
        }
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
