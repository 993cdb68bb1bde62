import BerthDatabase

extension Migration {
    /// Few manifests have a subject: those that have none are no longer in the index by subject, which each push of an
    /// image would have to change.
    static let subjects = Migration(
        15, "subjects found among those that have one",
        [
            "DROP INDEX manifests_by_subject",
            """
            CREATE INDEX manifests_by_subject ON manifests (repository_id, subject, digest) WHERE subject IS NOT NULL
            """,
        ])
}
