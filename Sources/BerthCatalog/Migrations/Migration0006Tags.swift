import BerthDatabase

extension Migration {
    /// Gives tags an id that is never used twice and the instant at which they were first set, manifests the digest of
    /// their config, and shares the owner of their repository, so that lists of them read nothing else.
    ///
    /// A manifest of an index has no config; an image that was pushed before this has none until it is pushed again.
    static let tags = Migration(
        6, "what lists of tags and shares show",
        [
            "ALTER TABLE tags RENAME TO tags_before",
            """
            CREATE TABLE tags (
                id {identity},
                repository_id BIGINT NOT NULL,
                name {text} NOT NULL,
                digest {text} NOT NULL,
                created_at BIGINT NOT NULL,
                updated_at BIGINT NOT NULL,
                UNIQUE (repository_id, name),
                FOREIGN KEY (repository_id, digest) REFERENCES manifests (repository_id, digest) ON DELETE CASCADE
            )
            """,
            """
            INSERT INTO tags (repository_id, name, digest, created_at, updated_at)
            SELECT repository_id, name, digest, updated_at, updated_at FROM tags_before ORDER BY repository_id, name
            """,
            "DROP TABLE tags_before",
            "CREATE INDEX tags_by_digest ON tags (repository_id, digest)",
            "CREATE INDEX tags_by_update ON tags (repository_id, updated_at, name)",
            "ALTER TABLE manifests ADD COLUMN config {text}",
            "ALTER TABLE shares ADD COLUMN owner_id {text} NOT NULL DEFAULT ''",
            """
            UPDATE shares SET owner_id = (SELECT o.account_id FROM repositories r
                JOIN organizations o ON o.id = r.organization_id WHERE r.id = shares.repository_id)
            """,
            "CREATE INDEX shares_by_owner ON shares (owner_id, repository_id)",
        ])
}
