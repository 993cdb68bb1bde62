import BerthDatabase

extension Migration {
    /// What lists sort by and quotas count, kept beside what it is made of so that neither costs a scan.
    ///
    /// The indexes by account hold what a walk in their order filters by permission, the one by organization all that
    /// lists filter and sort by.
    ///
    /// `repositories.account_id` and `repositories.local_name` repeat what the organization and the name say. Sizes
    /// count every blob of a repository once. A day is a number of days since 1970 in UTC.
    static let counters = Migration(
        5, "sizes, counts and daily traffic",
        [
            "ALTER TABLE manifest_blobs ADD COLUMN size BIGINT NOT NULL DEFAULT 0",
            """
            UPDATE manifest_blobs SET size =
                COALESCE((SELECT b.size FROM repository_blobs rb JOIN blobs b ON b.digest = rb.digest
                    WHERE rb.repository_id = manifest_blobs.repository_id AND rb.digest = manifest_blobs.blob), 0)
            """,
            "ALTER TABLE manifests ADD COLUMN image_size BIGINT NOT NULL DEFAULT 0",
            """
            UPDATE manifests SET image_size = (SELECT CAST(COALESCE(SUM(mb.size), 0) AS BIGINT) FROM manifest_blobs mb
                WHERE mb.repository_id = manifests.repository_id AND mb.manifest = manifests.digest)
            """,
            sizesOfIndexes, sizesOfIndexes,
            "UPDATE repositories SET category = 'other' WHERE category = ''",
            "ALTER TABLE repositories ADD COLUMN account_id {text} NOT NULL DEFAULT ''",
            "ALTER TABLE repositories ADD COLUMN local_name {text} NOT NULL DEFAULT ''",
            "ALTER TABLE repositories ADD COLUMN tag_count BIGINT NOT NULL DEFAULT 0",
            "ALTER TABLE repositories ADD COLUMN size BIGINT NOT NULL DEFAULT 0",
            "ALTER TABLE repositories ADD COLUMN pull_count BIGINT NOT NULL DEFAULT 0",
            """
            UPDATE repositories SET
                account_id = (SELECT o.account_id FROM organizations o WHERE o.id = repositories.organization_id),
                local_name = (SELECT SUBSTR(repositories.name, LENGTH(o.name) + 2) FROM organizations o
                    WHERE o.id = repositories.organization_id),
                tag_count = (SELECT COUNT(*) FROM tags t WHERE t.repository_id = repositories.id),
                size = (SELECT CAST(COALESCE(SUM(m.size), 0) AS BIGINT) FROM manifests m
                        WHERE m.repository_id = repositories.id)
                    + (SELECT CAST(COALESCE(SUM(held.size), 0) AS BIGINT) FROM (
                        SELECT mb.blob, MAX(mb.size) AS size FROM manifest_blobs mb
                        WHERE mb.repository_id = repositories.id GROUP BY mb.blob) held)
            """,
            "CREATE INDEX repositories_by_update ON repositories (account_id, is_published, updated_at, id, organization_id)",
            """
            CREATE INDEX repositories_by_local_name
                ON repositories (account_id, is_published, local_name, id, organization_id)
            """,
            "CREATE INDEX repositories_by_tags ON repositories (account_id, is_published, tag_count, id, organization_id)",
            """
            CREATE INDEX repositories_by_visibility
                ON repositories (account_id, is_published, is_public, id, organization_id)
            """,
            "CREATE INDEX repositories_by_id ON repositories (account_id, is_published, id, organization_id)",
            "DROP INDEX repositories_of_organization",
            """
            CREATE INDEX repositories_of_organization ON repositories
                (organization_id, is_published, id, updated_at, local_name, tag_count, is_public, category)
            """,
            "DROP INDEX organizations_of_account",
            "CREATE UNIQUE INDEX organizations_of_account ON organizations (account_id, name)",
            """
            CREATE TABLE account_usage (
                account_id {text} PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
                repositories BIGINT NOT NULL,
                tags BIGINT NOT NULL,
                bytes BIGINT NOT NULL
            )
            """,
            """
            INSERT INTO account_usage (account_id, repositories, tags, bytes)
            SELECT a.id,
                (SELECT COUNT(*) FROM repositories r WHERE r.account_id = a.id AND r.is_published = 1),
                (SELECT CAST(COALESCE(SUM(r.tag_count), 0) AS BIGINT) FROM repositories r WHERE r.account_id = a.id),
                (SELECT CAST(COALESCE(SUM(r.size), 0) AS BIGINT) FROM repositories r WHERE r.account_id = a.id)
            FROM accounts a
            """,
            """
            CREATE TABLE daily_usage (
                account_id {text} NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
                day BIGINT NOT NULL,
                stored_bytes BIGINT NOT NULL,
                pulled_bytes BIGINT NOT NULL,
                PRIMARY KEY (account_id, day)
            )
            """,
            "CREATE INDEX daily_usage_by_day ON daily_usage (day)",
        ])

    /// Adds up the images of indexes. Done twice it is right for indexes of indexes too; `berth verify --repair` is
    /// there for any that go deeper.
    private static let sizesOfIndexes: SQL = """
        UPDATE manifests SET image_size = (SELECT CAST(COALESCE(SUM(c.image_size), 0) AS BIGINT)
            FROM manifest_children mc JOIN manifests c
                ON c.repository_id = mc.repository_id AND c.digest = mc.child
            WHERE mc.repository_id = manifests.repository_id AND mc.parent = manifests.digest)
        WHERE EXISTS (SELECT 1 FROM manifest_children mc
            WHERE mc.repository_id = manifests.repository_id AND mc.parent = manifests.digest)
        """
}
