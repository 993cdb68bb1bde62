import BerthAccess
import BerthDatabase
import Foundation

extension CatalogWriter {
    /// Records the region that the data belongs to.
    package func setRegion(_ region: Region) throws {
        try database.execute(
            "INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            bind("region", region))
    }

    /// Makes an account with its project.
    ///
    /// - Throws: ``CatalogError/conflict(_:)`` of the account when the name or id is taken.
    package func insertAccount(
        _ name: AccountName, homeRegion: Region, now: Date, id: AccountID = .random()
    ) throws -> AccountRecord {
        try insert(
            .account, under: .account,
            "INSERT INTO accounts (id, name, home_region, created_at) VALUES (?, ?, ?, ?)",
            bind(id, name, homeRegion, now))
        try database.execute(
            "INSERT INTO projects (id, account_id) VALUES (?, ?)", bind(ProjectID.random(), id))
        try database.execute(
            "INSERT INTO account_usage (account_id, repositories, tags, bytes) VALUES (?, 0, 0, 0)", bind(id))
        return AccountRecord(
            id: id, name: name, homeRegion: homeRegion, createdAt: Date(milliseconds: now.milliseconds))
    }

    /// Removes an account with its users, their keys and permissions, and the shares that it was given.
    ///
    /// - Throws: ``CatalogError/inUse(_:)`` while it owns organizations.
    package func removeAccount(_ account: AccountID) throws -> Bool {
        guard try read.organizations(of: account).isEmpty else { throw CatalogError.inUse(.account) }
        return try delete("DELETE FROM accounts WHERE id = ?", bind(account))
    }

    /// Makes a user, enabled, with credentials version 1.
    ///
    /// - Parameter passwordHash: `nil` for a user who has no password yet.
    /// - Throws: ``CatalogError/conflict(_:)`` of the user when the account has one of that name or the id is taken,
    ///   ``CatalogError/missing(_:)`` of the account.
    package func insertUser(
        _ name: UserName, of account: AccountID, isAdmin: Bool, passwordHash: String?, now: Date, id: UserID = .random()
    ) throws -> UserRecord {
        try insert(
            .user, under: .account,
            """
            INSERT INTO users
                (id, account_id, name, is_admin, is_disabled, password_hash, credentials_version, created_at)
            VALUES (?, ?, ?, ?, 0, ?, 1, ?)
            """, bind(id, account, name, isAdmin, passwordHash, now))
        guard let user = try read.user(id: id) else { throw CatalogError.missing(.user) }
        return user
    }

    /// Replaces the password of a user, and so voids the tokens that it holds.
    ///
    /// - Parameter hash: `nil` takes the password away.
    /// - Throws: ``CatalogError/missing(_:)`` of the user.
    package func setPassword(_ hash: String?, of user: UserID) throws {
        let changed = try database.execute(
            "UPDATE users SET password_hash = ?, credentials_version = credentials_version + 1 WHERE id = ?",
            bind(hash, user))
        guard changed > 0 else { throw CatalogError.missing(.user) }
    }

    /// Disables or enables a user, and voids the tokens that it holds, also when it was so before.
    ///
    /// - Throws: ``CatalogError/missing(_:)`` of the user.
    package func setDisabled(_ isDisabled: Bool, user: UserID) throws {
        let changed = try database.execute(
            "UPDATE users SET is_disabled = ?, credentials_version = credentials_version + 1 WHERE id = ?",
            bind(isDisabled, user))
        guard changed > 0 else { throw CatalogError.missing(.user) }
    }

    /// Removes a user with its keys, permissions and uploads.
    package func removeUser(_ user: UserID) throws -> Bool {
        try delete("DELETE FROM users WHERE id = ?", bind(user))
    }

    /// - Throws: ``CatalogError/conflict(_:)`` of the access key, ``CatalogError/missing(_:)`` of the user.
    package func insertAccessKey(
        _ accessKey: String, of user: UserID, sealedSecret: [UInt8], now: Date
    ) throws -> AccessKeyRecord {
        try insert(
            .accessKey, under: .user,
            """
            INSERT INTO access_keys (access_key, user_id, sealed_secret, is_disabled, created_at)
            VALUES (?, ?, ?, 0, ?)
            """, bind(accessKey, user, sealedSecret, now))
        return AccessKeyRecord(
            accessKey: accessKey, user: user, sealedSecret: sealedSecret, isDisabled: false,
            createdAt: Date(milliseconds: now.milliseconds))
    }

    /// - Throws: ``CatalogError/missing(_:)`` of the access key.
    package func setDisabled(_ isDisabled: Bool, accessKey: String) throws {
        let changed = try database.execute(
            "UPDATE access_keys SET is_disabled = ? WHERE access_key = ?", bind(isDisabled, accessKey))
        guard changed > 0 else { throw CatalogError.missing(.accessKey) }
    }

    package func removeAccessKey(_ accessKey: String) throws -> Bool {
        try delete("DELETE FROM access_keys WHERE access_key = ?", bind(accessKey))
    }
}
