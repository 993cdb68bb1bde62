import BerthDatabase
import BerthOCI
import Foundation

/// The id of a retention policy, made by the database and never used twice.
package struct RetentionPolicyID: Hashable, Sendable, RawRepresentable, CustomStringConvertible, SQLBindable {
    package let rawValue: Int64
    package init(rawValue: Int64) { self.rawValue = rawValue }
    package var description: String { String(rawValue) }
    var sqlValue: SQLValue { .integer(rawValue) }
}

/// The retention policy of a repository; its rules are as the use cases wrote them.
package struct RetentionPolicyRecord: Sendable, Hashable {
    package let id: RetentionPolicyID
    package let repository: RepositoryID
    package let rules: String
    package let createdAt: Date
    package let updatedAt: Date

    package init(
        id: RetentionPolicyID, repository: RepositoryID, rules: String, createdAt: Date, updatedAt: Date
    ) {
        self.id = id
        self.repository = repository
        self.rules = rules
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}

/// A tag that a policy removed.
package struct RetentionLogRecord: Sendable, Hashable {
    /// Rises with time.
    package let id: Int64
    package let policy: RetentionPolicyID
    /// The first rule of the policy then, as the use cases wrote it.
    package let rule: String
    package let tag: TagName
    package let removedAt: Date

    package init(id: Int64, policy: RetentionPolicyID, rule: String, tag: TagName, removedAt: Date) {
        self.id = id
        self.policy = policy
        self.rule = rule
        self.tag = tag
        self.removedAt = removedAt
    }
}
