import BerthDatabase

extension Migration {
    /// A login that ends by itself. Only a hash of its password is kept; it holds for one version of the credentials of
    /// its user.
    static let temporaryLogins = Migration(
        7, "temporary logins",
        [
            """
            CREATE TABLE temporary_logins (
                name {text} PRIMARY KEY,
                user_id {text} NOT NULL REFERENCES users (id) ON DELETE CASCADE,
                credentials_version BIGINT NOT NULL,
                password_hash {bytes} NOT NULL,
                created_at BIGINT NOT NULL,
                expires_at BIGINT NOT NULL
            )
            """,
            "CREATE INDEX temporary_logins_of_user ON temporary_logins (user_id, created_at)",
            "CREATE INDEX temporary_logins_by_end ON temporary_logins (expires_at)",
        ])
}
