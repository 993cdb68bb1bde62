import BerthDatabase

extension Migration {
    /// `trigger_calls` is both the queue of calls that are still to be made, those with `due_at`, and the history of
    /// those that are over, with their `result`.
    static let triggers = Migration(
        9, "triggers and their calls",
        [
            """
            CREATE TABLE triggers (
                id {identity},
                repository_id BIGINT NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
                name {text} NOT NULL,
                action {text} NOT NULL,
                app_type {text} NOT NULL,
                application {text} NOT NULL,
                cluster_id {text} NOT NULL,
                cluster_name {text} NOT NULL,
                cluster_namespace {text} NOT NULL,
                container {text} NOT NULL,
                mode {text} NOT NULL,
                type {text} NOT NULL,
                condition {text} NOT NULL,
                is_enabled INTEGER NOT NULL,
                created_by {text} NOT NULL,
                created_at BIGINT NOT NULL,
                UNIQUE (repository_id, name)
            )
            """,
            """
            CREATE TABLE trigger_calls (
                id {identity},
                trigger_id BIGINT NOT NULL REFERENCES triggers (id) ON DELETE CASCADE,
                tag {text} NOT NULL,
                digest {text} NOT NULL,
                pushed_by {text} NOT NULL,
                attempts INTEGER NOT NULL,
                due_at BIGINT,
                result {text},
                detail {text} NOT NULL,
                created_at BIGINT NOT NULL
            )
            """,
            "CREATE INDEX trigger_calls_of_trigger ON trigger_calls (trigger_id, id)",
            "CREATE INDEX trigger_calls_by_due ON trigger_calls (due_at)",
        ])
}
