import BerthDatabase

extension Migration {
    /// A share without a deadline is forever.
    static let repositories = Migration(
        2, "repositories, their permissions, shares and uploads",
        [
            """
            CREATE TABLE repositories (
                id {identity},
                name {text} NOT NULL UNIQUE,
                organization_id BIGINT NOT NULL REFERENCES organizations (id),
                is_public INTEGER NOT NULL,
                is_published INTEGER NOT NULL,
                description {text} NOT NULL,
                category {text} NOT NULL,
                created_at BIGINT NOT NULL,
                updated_at BIGINT NOT NULL
            )
            """,
            "CREATE INDEX repositories_of_organization ON repositories (organization_id)",
            """
            CREATE TABLE repository_permissions (
                repository_id BIGINT NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
                user_id {text} NOT NULL REFERENCES users (id) ON DELETE CASCADE,
                permission INTEGER NOT NULL,
                PRIMARY KEY (repository_id, user_id)
            )
            """,
            "CREATE INDEX repository_permissions_of_user ON repository_permissions (user_id)",
            """
            CREATE TABLE shares (
                repository_id BIGINT NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
                account_id {text} NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
                deadline BIGINT,
                description {text} NOT NULL,
                created_by {text} NOT NULL,
                created_at BIGINT NOT NULL,
                updated_at BIGINT NOT NULL,
                PRIMARY KEY (repository_id, account_id)
            )
            """,
            "CREATE INDEX shares_with_account ON shares (account_id)",
            """
            CREATE TABLE uploads (
                id {text} PRIMARY KEY,
                repository_id BIGINT NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
                user_id {text} NOT NULL REFERENCES users (id) ON DELETE CASCADE,
                algorithm {text} NOT NULL,
                started_at BIGINT NOT NULL
            )
            """,
            "CREATE INDEX uploads_of_repository ON uploads (repository_id)",
            "CREATE INDEX uploads_of_user ON uploads (user_id)",
            "CREATE INDEX uploads_by_start ON uploads (started_at)",
        ])
}
