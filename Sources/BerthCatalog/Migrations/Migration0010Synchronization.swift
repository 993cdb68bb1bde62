import BerthDatabase

extension Migration {
    /// Copies into other regions: the rules that make them after each push, and the jobs that do it. A job that is
    /// waiting has `due_at`.
    static let synchronization = Migration(
        10, "synchronization rules and jobs",
        [
            """
            CREATE TABLE synchronization_rules (
                id {identity},
                repository_id BIGINT NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
                remote_region {text} NOT NULL,
                remote_organization {text} NOT NULL,
                is_automatic INTEGER NOT NULL,
                overrides INTEGER NOT NULL,
                created_at BIGINT NOT NULL,
                updated_at BIGINT NOT NULL,
                UNIQUE (repository_id, remote_region, remote_organization)
            )
            """,
            """
            CREATE TABLE synchronization_jobs (
                id {identity},
                repository_id BIGINT NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
                remote_region {text} NOT NULL,
                remote_organization {text} NOT NULL,
                tag {text} NOT NULL,
                overrides INTEGER NOT NULL,
                is_automatic INTEGER NOT NULL,
                status {text} NOT NULL,
                detail {text} NOT NULL,
                attempts INTEGER NOT NULL,
                failures INTEGER NOT NULL,
                due_at BIGINT,
                operator_id {text} NOT NULL,
                operator_name {text} NOT NULL,
                created_at BIGINT NOT NULL,
                updated_at BIGINT NOT NULL
            )
            """,
            "CREATE INDEX synchronization_jobs_of_repository ON synchronization_jobs (repository_id, id)",
            """
            CREATE INDEX synchronization_jobs_of_target
            ON synchronization_jobs (repository_id, status, remote_region, remote_organization, tag)
            """,
            "CREATE INDEX synchronization_jobs_by_due ON synchronization_jobs (status, due_at)",
        ])
}
