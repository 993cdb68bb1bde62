import BerthDatabase

extension Migration {
    /// A repository has at most one policy; its rules are kept as JSON. `due_at` is when it is to run next.
    static let retention = Migration(
        8, "retention policies and what they removed",
        [
            """
            CREATE TABLE retention_policies (
                id {identity},
                repository_id BIGINT NOT NULL UNIQUE REFERENCES repositories (id) ON DELETE CASCADE,
                rules {text} NOT NULL,
                due_at BIGINT NOT NULL,
                created_at BIGINT NOT NULL,
                updated_at BIGINT NOT NULL
            )
            """,
            "CREATE INDEX retention_policies_by_due ON retention_policies (due_at)",
            """
            CREATE TABLE retention_log (
                id {identity},
                repository_id BIGINT NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
                policy_id BIGINT NOT NULL,
                rule {text} NOT NULL,
                tag {text} NOT NULL,
                created_at BIGINT NOT NULL
            )
            """,
            "CREATE INDEX retention_log_of_repository ON retention_log (repository_id, id)",
        ])
}
