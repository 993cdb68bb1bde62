import BerthAccess
import BerthDatabase

extension CatalogReader {
    /// The region that the data belongs to; `nil` in a catalog that has just been created.
    package func region() throws -> Region? {
        try database.first("SELECT value FROM settings WHERE name = ?", bind("region"))?.region("settings", "value")
    }

    package func account(named name: AccountName) throws -> AccountRecord? {
        try database.first(AccountRecord.selection + "WHERE name = ?", bind(name)).map(AccountRecord.init)
    }

    package func account(id: AccountID) throws -> AccountRecord? {
        try database.first(AccountRecord.selection + "WHERE id = ?", bind(id)).map(AccountRecord.init)
    }

    /// All accounts, by name.
    package func accounts() throws -> [AccountRecord] {
        try database.rows(AccountRecord.selection + "ORDER BY name").map(AccountRecord.init)
    }

    package func user(id: UserID) throws -> UserRecord? {
        try database.first(UserRecord.selection + "WHERE u.id = ?", bind(id)).map(UserRecord.init)
    }

    package func user(named name: QualifiedUserName) throws -> UserRecord? {
        try database.first(UserRecord.selection + "WHERE a.name = ? AND u.name = ?", bind(name.account, name.user))
            .map(UserRecord.init)
    }

    /// The users of an account, by name.
    package func users(of account: AccountID) throws -> [UserRecord] {
        try database.rows(UserRecord.selection + "WHERE u.account_id = ? ORDER BY u.name", bind(account))
            .map(UserRecord.init)
    }

    package func accessKey(_ accessKey: String) throws -> AccessKeyRecord? {
        try database.first(AccessKeyRecord.selection + "WHERE access_key = ?", bind(accessKey))
            .map(AccessKeyRecord.init)
    }

    /// The access keys of a user, by their text.
    package func accessKeys(of user: UserID) throws -> [AccessKeyRecord] {
        try database.rows(AccessKeyRecord.selection + "WHERE user_id = ? ORDER BY access_key", bind(user))
            .map(AccessKeyRecord.init)
    }

    /// How many access keys each user of an account has; those who have none are left out.
    package func accessKeyCounts(ofUsersOf account: AccountID) throws -> [UserID: Int] {
        let rows = try database.rows(
            """
            SELECT k.user_id, COUNT(*) AS key_count FROM access_keys k JOIN users u ON u.id = k.user_id
            WHERE u.account_id = ? GROUP BY k.user_id
            """, bind(account))
        return try Dictionary(
            uniqueKeysWithValues: rows.map {
                (try $0.userID("access_keys", "user_id"), Int(try $0.integer("access_keys", "key_count")))
            })
    }
}

extension AccountRecord {
    fileprivate static let selection: SQL = "SELECT id, name, home_region, created_at FROM accounts"

    fileprivate init(_ row: SQLRow) throws {
        self.init(
            id: try row.accountID("accounts", "id"),
            name: try row.accountName(),
            homeRegion: try row.region("accounts", "home_region"),
            createdAt: try row.date("accounts", "created_at"))
    }
}

extension UserRecord {
    fileprivate static let selection: SQL = """
        SELECT u.id, u.name, u.account_id, a.name AS account_name, a.home_region, u.is_admin, u.is_disabled,
            u.password_hash, u.credentials_version, u.created_at
        FROM users u JOIN accounts a ON a.id = u.account_id
        """

    fileprivate init(_ row: SQLRow) throws {
        self.init(
            id: try row.userID("users", "id"),
            name: try row.userName(),
            account: try row.accountID("users", "account_id"),
            accountName: try row.accountName(as: "account_name"),
            homeRegion: try row.region("accounts", "home_region"),
            isAdmin: try row.flag("users", "is_admin"),
            isDisabled: try row.flag("users", "is_disabled"),
            passwordHash: row.isNull("password_hash") ? nil : try row.text("users", "password_hash"),
            credentialsVersion: try row.integer("users", "credentials_version"),
            createdAt: try row.date("users", "created_at"))
    }
}

extension AccessKeyRecord {
    fileprivate static let selection: SQL = """
        SELECT access_key, user_id, sealed_secret, is_disabled, created_at FROM access_keys
        """

    fileprivate init(_ row: SQLRow) throws {
        self.init(
            accessKey: try row.text("access_keys", "access_key"),
            user: try row.userID("access_keys", "user_id"),
            sealedSecret: try row.bytes("access_keys", "sealed_secret"),
            isDisabled: try row.flag("access_keys", "is_disabled"),
            createdAt: try row.date("access_keys", "created_at"))
    }
}
