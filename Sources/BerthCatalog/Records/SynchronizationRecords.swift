import BerthAccess
import BerthDatabase
import BerthOCI
import Foundation

/// The id of a synchronization rule, made by the database and never used twice.
package struct SynchronizationRuleID: Hashable, Sendable, RawRepresentable, CustomStringConvertible, SQLBindable {
    package let rawValue: Int64
    package init(rawValue: Int64) { self.rawValue = rawValue }
    package var description: String { String(rawValue) }
    var sqlValue: SQLValue { .integer(rawValue) }
}

/// The id of a synchronization job, made by the database and never used twice.
package struct SynchronizationJobID: Hashable, Sendable, RawRepresentable, CustomStringConvertible, SQLBindable {
    package let rawValue: Int64
    package init(rawValue: Int64) { self.rawValue = rawValue }
    package var description: String { String(rawValue) }
    var sqlValue: SQLValue { .integer(rawValue) }
}

/// Where copies go: an organization of another region.
package struct SynchronizationTarget: Sendable, Hashable {
    package let region: Region
    package let organization: OrganizationName

    package init(region: Region, organization: OrganizationName) {
        self.region = region
        self.organization = organization
    }
}

/// That a repository is copied to a target.
package struct SynchronizationRule: Sendable, Hashable {
    package let id: SynchronizationRuleID
    package let repository: RepositoryID
    package let target: SynchronizationTarget
    /// Whether every push queues a job.
    package let isAutomatic: Bool
    /// Whether a tag that the target has already is set anew.
    package let overrides: Bool
    package let createdAt: Date
    package let updatedAt: Date

    package init(
        id: SynchronizationRuleID, repository: RepositoryID, target: SynchronizationTarget, isAutomatic: Bool,
        overrides: Bool, createdAt: Date, updatedAt: Date
    ) {
        self.id = id
        self.repository = repository
        self.target = target
        self.isAutomatic = isAutomatic
        self.overrides = overrides
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}

/// What a synchronization job is to copy, and for whom.
package struct SynchronizationOrder: Sendable, Hashable {
    package let repository: RepositoryID
    package let target: SynchronizationTarget
    package let tag: TagName
    /// Whether a tag that the target has already is set anew.
    package let overrides: Bool
    /// Whether a rule asked for it.
    package let isAutomatic: Bool
    /// Who asked for it, or made the push that did.
    package let orderer: Creator

    package init(
        repository: RepositoryID, target: SynchronizationTarget, tag: TagName, overrides: Bool, isAutomatic: Bool,
        orderer: Creator
    ) {
        self.repository = repository
        self.target = target
        self.tag = tag
        self.overrides = overrides
        self.isAutomatic = isAutomatic
        self.orderer = orderer
    }
}

/// The copying of one tag to one target: to be done, under way or over.
package struct SynchronizationJob: Sendable, Hashable {
    package enum Status: String, Sendable, CaseIterable {
        case waiting
        case running
        case success
        case failed
        case timeout
        case cancel
        /// The target had the tag already.
        case existed
    }

    package let id: SynchronizationJobID
    package let order: SynchronizationOrder
    package let status: Status
    /// Why it ended as it did, or why it was put off, in words.
    package let detail: String
    /// How many times it was begun.
    package let attempts: Int
    /// How many times that failed and was to be tried again; what a stop of the server interrupts is none.
    package let failures: Int
    package let createdAt: Date
    package let updatedAt: Date

    package init(
        id: SynchronizationJobID, order: SynchronizationOrder, status: Status, detail: String, attempts: Int,
        failures: Int, createdAt: Date, updatedAt: Date
    ) {
        self.id = id
        self.order = order
        self.status = status
        self.detail = detail
        self.attempts = attempts
        self.failures = failures
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}
