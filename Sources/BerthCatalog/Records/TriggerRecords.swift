import BerthAccess
import BerthDatabase
import BerthOCI
import Foundation

/// The id of a trigger, made by the database and never used twice.
package struct TriggerID: Hashable, Sendable, RawRepresentable, CustomStringConvertible, SQLBindable {
    package let rawValue: Int64
    package init(rawValue: Int64) { self.rawValue = rawValue }
    package var description: String { String(rawValue) }
    var sqlValue: SQLValue { .integer(rawValue) }
}

/// The id of a call of a trigger, made by the database and never used twice.
package struct TriggerCallID: Hashable, Sendable, RawRepresentable, CustomStringConvertible, SQLBindable {
    package let rawValue: Int64
    package init(rawValue: Int64) { self.rawValue = rawValue }
    package var description: String { String(rawValue) }
    var sqlValue: SQLValue { .integer(rawValue) }
}

/// What a trigger is: the workload that it is about and the tags that it waits for, as the use cases wrote them.
package struct TriggerFields: Sendable, Hashable {
    package var name: String
    package var action: String
    package var appType: String
    package var application: String
    package var clusterID: String
    package var clusterName: String
    package var clusterNamespace: String
    package var container: String
    package var mode: String
    package var type: String
    package var condition: String

    package init(
        name: String, action: String, appType: String, application: String, clusterID: String, clusterName: String,
        clusterNamespace: String, container: String, mode: String, type: String, condition: String
    ) {
        self.name = name
        self.action = action
        self.appType = appType
        self.application = application
        self.clusterID = clusterID
        self.clusterName = clusterName
        self.clusterNamespace = clusterNamespace
        self.container = container
        self.mode = mode
        self.type = type
        self.condition = condition
    }
}

/// A trigger of a repository.
package struct TriggerRecord: Sendable, Hashable {
    package let id: TriggerID
    package let repository: RepositoryID
    package let fields: TriggerFields
    package let isEnabled: Bool
    /// Without an id, which is not kept.
    package let creator: Creator
    package let createdAt: Date

    package init(
        id: TriggerID, repository: RepositoryID, fields: TriggerFields, isEnabled: Bool, creator: Creator,
        createdAt: Date
    ) {
        self.id = id
        self.repository = repository
        self.fields = fields
        self.isEnabled = isEnabled
        self.creator = creator
        self.createdAt = createdAt
    }
}

/// A call of a trigger: one that is still to be made, or one that is over.
package struct TriggerCallRecord: Sendable, Hashable {
    package enum Result: String, Sendable {
        case success
        case failed
    }

    package let id: TriggerCallID
    package let trigger: TriggerID
    package let tag: TagName
    package let digest: Digest
    /// Who pushed the tag, in words.
    package let pushedBy: String
    /// How many times it was tried.
    package let attempts: Int
    /// `nil` until it is over.
    package let result: Result?
    /// Why it failed last, in words.
    package let detail: String
    /// When the tag was pushed.
    package let createdAt: Date

    package init(
        id: TriggerCallID, trigger: TriggerID, tag: TagName, digest: Digest, pushedBy: String, attempts: Int,
        result: Result?, detail: String, createdAt: Date
    ) {
        self.id = id
        self.trigger = trigger
        self.tag = tag
        self.digest = digest
        self.pushedBy = pushedBy
        self.attempts = attempts
        self.result = result
        self.detail = detail
        self.createdAt = createdAt
    }
}

/// A call that is to be made now, with all that it tells.
package struct DueTriggerCall: Sendable, Hashable {
    package let call: TriggerCallRecord
    package let trigger: TriggerRecord
    package let repository: RepositoryName

    package init(call: TriggerCallRecord, trigger: TriggerRecord, repository: RepositoryName) {
        self.call = call
        self.trigger = trigger
        self.repository = repository
    }
}
