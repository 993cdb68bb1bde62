import BerthDatabase

extension Migration {
    /// A project is an account's part of a region: one for each account, since a server serves one region. What was
    /// made before creators were kept was made by the account.
    static let management = Migration(
        4, "projects, creators and agencies",
        [
            """
            CREATE TABLE projects (
                id {text} PRIMARY KEY,
                account_id {text} NOT NULL UNIQUE REFERENCES accounts (id) ON DELETE CASCADE
            )
            """,
            "INSERT INTO projects (id, account_id) SELECT id, id FROM accounts",
            "ALTER TABLE organizations ADD COLUMN creator_id {text}",
            "ALTER TABLE organizations ADD COLUMN created_by {text} NOT NULL DEFAULT ''",
            """
            UPDATE organizations SET created_by =
                (SELECT a.name || '/' || a.name FROM accounts a WHERE a.id = organizations.account_id)
            """,
            "ALTER TABLE repositories ADD COLUMN creator_id {text}",
            "ALTER TABLE repositories ADD COLUMN created_by {text} NOT NULL DEFAULT ''",
            """
            UPDATE repositories SET created_by =
                (SELECT o.created_by FROM organizations o WHERE o.id = repositories.organization_id)
            """,
            "ALTER TABLE shares ADD COLUMN creator_id {text}",
            """
            CREATE TABLE agencies (
                account_id {text} PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
                created_at BIGINT NOT NULL
            )
            """,
        ])
}
