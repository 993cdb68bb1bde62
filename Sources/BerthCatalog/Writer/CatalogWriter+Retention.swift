import BerthDatabase
import BerthOCI
import Foundation

extension CatalogWriter {
    /// Gives a repository its policy, to be run at once.
    ///
    /// - Throws: ``CatalogError/conflict(_:)`` when it has one, ``CatalogError/missing(_:)`` of the repository.
    package func insertRetentionPolicy(
        rules: String, of repository: RepositoryID, now: Date
    ) throws -> RetentionPolicyID {
        try insert(
            .retentionPolicy, under: .repository,
            """
            INSERT INTO retention_policies (repository_id, rules, due_at, created_at, updated_at) VALUES (?, ?, ?, ?, ?)
            """, bind(repository, rules, now, now, now))
        guard let policy = try read.retentionPolicy(of: repository) else { throw CatalogError.missing(.repository) }
        return policy.id
    }

    /// Changes the rules of a policy, to be run at once.
    package func updateRetentionPolicy(_ id: RetentionPolicyID, rules: String, now: Date) throws -> Bool {
        try database.execute(
            "UPDATE retention_policies SET rules = ?, due_at = ?, updated_at = ? WHERE id = ?",
            bind(rules, now, now, id)) > 0
    }

    /// Removes a policy; what it removed stays in the log.
    package func removeRetentionPolicy(_ id: RetentionPolicyID) throws -> Bool {
        try delete("DELETE FROM retention_policies WHERE id = ?", bind(id))
    }

    /// Has the policy of a repository run as soon as possible.
    ///
    /// - Returns: Whether there is one that was to run later.
    package func scheduleRetention(of repository: RepositoryID, now: Date) throws -> Bool {
        try database.execute(
            "UPDATE retention_policies SET due_at = ? WHERE repository_id = ? AND due_at > ?",
            bind(now, repository, now)) > 0
    }

    /// Sets when a policy is to run next.
    package func setRetentionDue(_ id: RetentionPolicyID, at due: Date) throws {
        try database.execute("UPDATE retention_policies SET due_at = ? WHERE id = ?", bind(due, id))
    }

    /// Notes that a policy removed a tag.
    package func logRetention(
        _ policy: RetentionPolicyID, rule: String, tag: TagName, of repository: RepositoryID, now: Date
    ) throws {
        try database.execute(
            "INSERT INTO retention_log (repository_id, policy_id, rule, tag, created_at) VALUES (?, ?, ?, ?, ?)",
            bind(repository, policy, rule, tag, now))
    }

    /// Forgets all but the newest records of what policies removed from a repository.
    package func trimRetentionLog(of repository: RepositoryID, keeping count: Int) throws {
        try database.execute(
            """
            DELETE FROM retention_log WHERE repository_id = ? AND id <
                (SELECT MIN(newest.id) FROM (SELECT id FROM retention_log WHERE repository_id = ?
                    ORDER BY id DESC LIMIT ?) newest)
            """, bind(repository, repository, Limit(count)))
    }
}
