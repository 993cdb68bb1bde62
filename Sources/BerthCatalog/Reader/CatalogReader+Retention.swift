import BerthDatabase
import BerthOCI
import Foundation

extension CatalogReader {
    /// The policy of a repository, which has at most one.
    package func retentionPolicy(of repository: RepositoryID) throws -> RetentionPolicyRecord? {
        try database.first(RetentionPolicyRecord.selection + "WHERE repository_id = ?", bind(repository))
            .map(RetentionPolicyRecord.init)
    }

    /// The policies that are to run by now, those that have waited longest first.
    package func dueRetentionPolicies(now: Date, limit: Int) throws -> [RetentionPolicyRecord] {
        try database.rows(
            RetentionPolicyRecord.selection + "WHERE due_at <= ? ORDER BY due_at, id LIMIT ?",
            bind(Present(now), Limit(limit))
        ).map(RetentionPolicyRecord.init)
    }

    /// What policies removed from a repository, the newest first, and how many such records there are.
    package func retentionLog(
        of repository: RepositoryID, offset: Int = 0, limit: Int = .max
    ) throws -> (records: [RetentionLogRecord], total: Int) {
        let records = try database.rows(
            """
            SELECT id, policy_id, rule, tag, created_at FROM retention_log WHERE repository_id = ?
            ORDER BY id DESC LIMIT ? OFFSET ?
            """, bind(repository, Limit(limit), offset)
        ).map(RetentionLogRecord.init)
        let count = try database.first(
            "SELECT COUNT(*) AS log_count FROM retention_log WHERE repository_id = ?", bind(repository))
        return (records, Int(try count?.integer("retention_log", "id", as: "log_count") ?? 0))
    }

    /// The manifests that an index of a repository lists and that are there.
    package func children(of parent: Digest, in repository: RepositoryID) throws -> [Digest] {
        try database.rows(
            """
            SELECT c.child FROM manifest_children c JOIN manifests m
                ON m.repository_id = c.repository_id AND m.digest = c.child
            WHERE c.repository_id = ? AND c.parent = ? ORDER BY c.child
            """, bind(repository, parent)
        ).map { try $0.digest("manifest_children", "child") }
    }

    /// Whether a tag names the manifest, an index lists it or another manifest refers to it.
    package func isNeeded(_ digest: Digest, in repository: RepositoryID) throws -> Bool {
        let tagged = try database.first(
            "SELECT 1 AS one FROM tags WHERE repository_id = ? AND digest = ? LIMIT 1", bind(repository, digest))
        let listed = try database.first(
            "SELECT 1 AS one FROM manifest_children WHERE repository_id = ? AND child = ? LIMIT 1",
            bind(repository, digest))
        let referred = try database.first(
            "SELECT 1 AS one FROM manifests WHERE repository_id = ? AND subject = ? LIMIT 1", bind(repository, digest))
        return tagged != nil || listed != nil || referred != nil
    }
}

extension RetentionPolicyRecord {
    fileprivate static let selection: SQL = """
        SELECT id, repository_id, rules, created_at, updated_at FROM retention_policies
        """

    fileprivate init(_ row: SQLRow) throws {
        self.init(
            id: RetentionPolicyID(rawValue: try row.integer("retention_policies", "id")),
            repository: RepositoryID(rawValue: try row.integer("retention_policies", "repository_id")),
            rules: try row.text("retention_policies", "rules"),
            createdAt: try row.date("retention_policies", "created_at"),
            updatedAt: try row.date("retention_policies", "updated_at"))
    }
}

extension RetentionLogRecord {
    fileprivate init(_ row: SQLRow) throws {
        self.init(
            id: try row.integer("retention_log", "id"),
            policy: RetentionPolicyID(rawValue: try row.integer("retention_log", "policy_id")),
            rule: try row.text("retention_log", "rule"), tag: try row.tag("retention_log", "tag"),
            removedAt: try row.date("retention_log", "created_at"))
    }
}
