import BerthAccess
import BerthCatalog
import BerthIdentity
import BerthOCI
import Foundation

/// An access key, as administration shows it: without its secret.
package struct AccessKey: Sendable, Equatable {
    package let accessKey: String
    package let user: QualifiedUserName
    package let isDisabled: Bool
    package let createdAt: Date

    init(_ record: AccessKeyRecord, of user: UserRecord) {
        accessKey = record.accessKey
        self.user = user.qualifiedName
        isDisabled = record.isDisabled
        createdAt = record.createdAt
    }
}

/// An access key that was just made; the only time that its secret is shown.
package struct NewAccessKey: Sendable {
    package let accessKey: String
    package let secretKey: String
    package let user: QualifiedUserName
    /// The user name of the long-term login, `REGION@AK`.
    package let loginName: String
    /// The password of the long-term login.
    package let loginPassword: String
}

extension Registry {
    /// Makes an access key for a user.
    ///
    /// For the operator, admin users of the account and the user itself. The catalog keeps the secret sealed, so that
    /// nobody reads it from there.
    ///
    /// - Throws: ``AccessRefusal``, or ``AdministrationError``: `userUnknown`, `denied`.
    package func addAccessKey(to name: QualifiedUserName, by actor: Administrator) async throws -> NewAccessKey {
        let authority = authority(of: actor)
        let pair = AccessKeyPair.generate()
        let sealed = try identity.secrets.seal(pair.secret, for: pair.accessKey)
        try await catalog.write { catalog in
            let user = try authority.administered(
                name, includingSelf: true, to: "make keys for \(name)", in: catalog.read)
            _ = try catalog.insertAccessKey(pair.accessKey, of: user.id, sealedSecret: sealed, now: authority.now)
            try authority.record(
                .keyAdd, owner: user.account, detail: "\(pair.accessKey) of \(name)", in: catalog)
        }
        return NewAccessKey(
            accessKey: pair.accessKey, secretKey: pair.secret, user: name, loginName: "\(region)@\(pair.accessKey)",
            loginPassword: AccessKeyPair.loginPassword(accessKey: pair.accessKey, secret: pair.secret))
    }

    /// Lists a user's access keys.
    ///
    /// For the operator, admin users of the account and the user itself.
    ///
    /// - Throws: ``AccessRefusal``, or ``AdministrationError``: `userUnknown`, `denied`.
    package func listAccessKeys(of name: QualifiedUserName, by actor: Administrator) async throws -> [AccessKey] {
        let authority = authority(of: actor)
        return try await catalog.read { catalog in
            let user = try authority.administered(name, includingSelf: true, to: "see the keys of \(name)", in: catalog)
            return try catalog.accessKeys(of: user.id).map { AccessKey($0, of: user) }
        }
    }

    /// Counts the access keys of each user of an account; those who have none are left out.
    ///
    /// For the operator and admin users of the account.
    ///
    /// - Throws: ``AccessRefusal``, or ``AdministrationError``: `accountUnknown`, `denied`.
    package func countAccessKeys(of account: AccountReference, by actor: Administrator) async throws -> [UserID: Int] {
        let authority = authority(of: actor)
        return try await catalog.read { catalog in
            let account = try authority.administrator(of: account, to: "see the keys of its users", in: catalog)
            return try catalog.accessKeyCounts(ofUsersOf: account.id)
        }
    }

    /// Disables an access key. Its user's tokens, which may come from it, are refused from then on.
    ///
    /// For the operator, admin users of the account and the key's user.
    ///
    /// - Throws: ``AccessRefusal``, or ``AdministrationError``: `accessKeyUnknown`, `denied`.
    package func disableAccessKey(_ accessKey: String, by actor: Administrator) async throws {
        let authority = authority(of: actor)
        try await catalog.write { catalog in
            let user = try authority.userOfKey(accessKey, in: catalog.read)
            try catalog.setDisabled(true, accessKey: accessKey)
            try catalog.refuseIssuedTokens(of: user)
            try authority.record(
                .keyDisable, owner: user.account, detail: "\(accessKey) of \(user.qualifiedName)", in: catalog)
        }
    }

    /// Removes an access key. Its user's tokens, which may come from it, are refused from then on.
    ///
    /// For the operator, admin users of the account and the key's user.
    ///
    /// - Throws: ``AccessRefusal``, or ``AdministrationError``: `accessKeyUnknown`, `denied`.
    package func removeAccessKey(_ accessKey: String, by actor: Administrator) async throws {
        let authority = authority(of: actor)
        try await catalog.write { catalog in
            let user = try authority.userOfKey(accessKey, in: catalog.read)
            _ = try catalog.removeAccessKey(accessKey)
            try catalog.refuseIssuedTokens(of: user)
            try authority.record(
                .keyRemove, owner: user.account, detail: "\(accessKey) of \(user.qualifiedName)", in: catalog)
        }
    }
}

extension Authority {
    /// The user of a key, for who may administer it; others are answered as if there were no such key.
    fileprivate func userOfKey(_ accessKey: String, in catalog: CatalogReader) throws -> UserRecord {
        let asking = try user(in: catalog)
        guard let key = try catalog.accessKey(accessKey), let user = try catalog.user(id: key.user),
            asking == nil || asking?.account == user.account
        else {
            throw AdministrationError(.accessKeyUnknown, "there is no access key \(accessKey.prefix(40))")
        }
        if let asking, !asking.isAdmin, asking.id != user.id {
            throw AdministrationError(.denied, "only an admin user of \(user.accountName) may change this key")
        }
        return user
    }
}

extension CatalogWriter {
    /// Raises the version of a user's credentials, so that tokens issued before are refused.
    fileprivate func refuseIssuedTokens(of user: UserRecord) throws {
        try setDisabled(user.isDisabled, user: user.id)
    }
}
