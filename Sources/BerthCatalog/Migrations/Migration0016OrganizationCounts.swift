import BerthDatabase

extension Migration {
    /// How many published repositories an organization has, so that a list of organizations need not count them.
    static let organizationCounts = Migration(
        16, "repositories counted by organization",
        [
            "ALTER TABLE organizations ADD COLUMN repository_count BIGINT NOT NULL DEFAULT 0",
            """
            UPDATE organizations SET repository_count = (SELECT COUNT(*) FROM repositories r
                WHERE r.organization_id = organizations.id AND r.is_published = 1)
            """,
        ])
}
