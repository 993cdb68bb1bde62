import BerthDatabase

extension Migration {
    /// Instants are milliseconds since 1970, flags 0 or 1.
    static let accounts = Migration(
        1, "accounts, users, access keys and organizations",
        [
            """
            CREATE TABLE settings (
                name {text} PRIMARY KEY,
                value {text} NOT NULL
            )
            """,
            """
            CREATE TABLE accounts (
                id {text} PRIMARY KEY,
                name {text} NOT NULL UNIQUE,
                home_region {text} NOT NULL,
                created_at BIGINT NOT NULL
            )
            """,
            """
            CREATE TABLE users (
                id {text} PRIMARY KEY,
                account_id {text} NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
                name {text} NOT NULL,
                is_admin INTEGER NOT NULL,
                is_disabled INTEGER NOT NULL,
                password_hash {text},
                credentials_version BIGINT NOT NULL,
                created_at BIGINT NOT NULL,
                UNIQUE (account_id, name)
            )
            """,
            """
            CREATE TABLE access_keys (
                access_key {text} PRIMARY KEY,
                user_id {text} NOT NULL REFERENCES users (id) ON DELETE CASCADE,
                sealed_secret {bytes} NOT NULL,
                is_disabled INTEGER NOT NULL,
                created_at BIGINT NOT NULL
            )
            """,
            "CREATE INDEX access_keys_of_user ON access_keys (user_id)",
            """
            CREATE TABLE organizations (
                id {identity},
                name {text} NOT NULL UNIQUE,
                account_id {text} NOT NULL REFERENCES accounts (id),
                created_at BIGINT NOT NULL
            )
            """,
            "CREATE INDEX organizations_of_account ON organizations (account_id)",
            """
            CREATE TABLE organization_permissions (
                organization_id BIGINT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
                user_id {text} NOT NULL REFERENCES users (id) ON DELETE CASCADE,
                permission INTEGER NOT NULL,
                PRIMARY KEY (organization_id, user_id)
            )
            """,
            "CREATE INDEX organization_permissions_of_user ON organization_permissions (user_id)",
        ])
}
