import BerthAccess
import BerthCatalog
import BerthIdentity
import BerthOCI
import Foundation

/// A login for `docker login` that ends by itself; the only time that its password is shown.
package struct TemporaryLogin: Sendable {
    package let username: String
    package let password: String
    package let expiresAt: Date
}

/// The two forms that the names of temporary logins have.
package enum TemporaryLoginKind: Sendable {
    /// `REGION@` and a key that is made for the login.
    case key
    /// `bearertoken@` and the access key of who asks, or one that is made for the login.
    case token

    /// How long logins last, in seconds.
    package static let lifetimes = 900...86_400
}

extension Registry {
    /// How many logins of one user hold at once; a further one ends the oldest.
    private static let maximumLogins = 100
    private static let tokenPrefix = "bearertoken"

    /// Makes a login for the user who asks that holds for `lifetime` seconds, and no longer than the credentials that it is
    /// asked for with or than the credentials of the user stay what they are.
    ///
    /// - Parameter accessKey: The access key that the request was signed with, if it was.
    /// - Throws: ``AccessRefusal``, or ``AdministrationError`` `valueInvalid` for a lifetime out of bounds.
    package func makeTemporaryLogin(
        _ kind: TemporaryLoginKind, lifetime: Int, accessKey: String?, by actor: Administrator
    ) async throws -> TemporaryLogin {
        guard TemporaryLoginKind.lifetimes.contains(lifetime) else {
            throw AdministrationError(
                .valueInvalid,
                "a login lasts \(TemporaryLoginKind.lifetimes.lowerBound) to \(TemporaryLoginKind.lifetimes.upperBound) "
                    + "seconds, not \(lifetime)")
        }
        let authority = authority(of: actor)
        let pair = AccessKeyPair.generate()
        let username =
            switch kind {
            case .key: "\(region)@\(pair.accessKey)"
            case .token: "\(Self.tokenPrefix)@\(accessKey ?? pair.accessKey)"
            }
        let password = AccessKeyPair.loginPassword(accessKey: pair.accessKey, secret: pair.secret)
        let asked = authority.now.addingTimeInterval(Double(lifetime))
        let login = TemporaryLogin(
            username: username, password: password, expiresAt: min(asked, actor.endsAt ?? asked))
        try await catalog.write { catalog in
            let asking = try authority.requireUser(in: catalog.read)
            guard let user = try catalog.read.user(id: asking.id) else {
                throw AccessRefusal.unauthenticated("this user is gone")
            }
            try catalog.insertTemporaryLogin(
                TemporaryLoginRecord(
                    name: Self.storedName(username, password: password), user: user.id,
                    credentialsVersion: user.credentialsVersion, passwordHash: PasswordDigest.of(password),
                    createdAt: authority.now, expiresAt: login.expiresAt),
                keeping: Self.maximumLogins)
            try authority.record(
                .loginAdd, owner: user.account, detail: "\(username) until \(login.expiresAt.rfc3339)", in: catalog)
        }
        return login
    }

    /// The caller behind a temporary login that is good now; `nil` for anything else.
    func callerByTemporaryLogin(_ username: String, password: String) async throws -> Caller? {
        guard username.contains("@") else { return nil }
        let now = now()
        let found = try await catalog.read { catalog -> (TemporaryLoginRecord, UserRecord)? in
            guard let login = try catalog.temporaryLogin(Self.storedName(username, password: password)),
                let user = try catalog.user(id: login.user)
            else { return nil }
            return (login, user)
        }
        guard let (login, user) = found, now < login.expiresAt, !user.isDisabled,
            user.credentialsVersion == login.credentialsVersion,
            ConstantTime.equal(PasswordDigest.of(password), login.passwordHash)
        else { return nil }
        return Caller(user, rights: [.pull, .push], endsAt: login.expiresAt)
    }

    /// Several logins may have one user name, that of an access key: what is stored tells them apart by a part of the
    /// password's hash.
    private static func storedName(_ username: String, password: String) -> String {
        let mark = PasswordDigest.of(password).prefix(8).map { String($0, radix: 16) }.joined(separator: "-")
        return "\(username.prefix(256)) \(mark)"
    }
}
