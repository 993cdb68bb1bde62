import BerthDatabase

extension Migration {
    /// Gives tags an id that is never used twice and the instant at which they were first set.
    static let tags = Migration(
        6, "ids of tags",
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
        ])
}
