import BerthDatabase

extension Migration {
    /// Indexes that answer whole questions. Those before them did not, and so were passed over for the primary key,
    /// which reads all edges of a repository.
    static let edges = Migration(
        14, "edges found from both ends",
        [
            "DROP INDEX manifest_blobs_by_blob",
            "CREATE INDEX manifest_blobs_by_blob ON manifest_blobs (repository_id, blob, manifest)",
            "DROP INDEX manifest_children_by_child",
            "CREATE INDEX manifest_children_by_child ON manifest_children (repository_id, child, parent)",
            "DROP INDEX tags_by_digest",
            "CREATE INDEX tags_by_digest ON tags (repository_id, digest, name)",
        ])
}
