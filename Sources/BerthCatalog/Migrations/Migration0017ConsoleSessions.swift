import BerthDatabase

extension Migration {
    /// Who is signed in to the console. Only a hash of what the browser holds is kept; a session holds for one version of
    /// the credentials of its user.
    static let consoleSessions = Migration(
        17, "sessions of the console",
        [
            """
            CREATE TABLE console_sessions (
                secret_hash {bytes} PRIMARY KEY,
                user_id {text} NOT NULL REFERENCES users (id) ON DELETE CASCADE,
                credentials_version BIGINT NOT NULL,
                started_at BIGINT NOT NULL,
                used_at BIGINT NOT NULL
            )
            """,
            "CREATE INDEX console_sessions_of_user ON console_sessions (user_id)",
            "CREATE INDEX console_sessions_by_use ON console_sessions (used_at)",
            "CREATE INDEX console_sessions_by_start ON console_sessions (started_at)",
        ])
}
