import BerthAccess
import BerthCatalog
import BerthOCI
import Foundation

/// A trigger of a repository, with the calls of it that are over, the newest first.
package struct Trigger: Sendable, Hashable {
    package let fields: TriggerFields
    package let isEnabled: Bool
    package let creator: Creator
    package let createdAt: Date
    package let history: [TriggerCallRecord]

    init(_ record: TriggerRecord, history: [TriggerCallRecord] = []) {
        fields = record.fields
        isEnabled = record.isEnabled
        creator = record.creator
        createdAt = record.createdAt
        self.history = history
    }
}

extension Registry {
    /// How many triggers a repository may have.
    private static let triggerLimit = 20

    /// Adds a trigger to a repository. Needs manage.
    ///
    /// - Throws: ``AccessRefusal``, or ``AdministrationError``: `repositoryUnknown`, `denied`, `triggerTaken`,
    ///   `valueInvalid` when the repository has too many.
    package func addTrigger(
        _ definition: TriggerDefinition, isEnabled: Bool, to name: RepositoryName, by actor: Administrator
    ) async throws {
        let authority = authority(of: actor)
        try await catalog.write { catalog in
            let repository = try authority.ownRepository(
                name, needing: .manage, to: "set its triggers", in: catalog.read)
            let triggers = try catalog.read.triggers(of: repository.id)
            guard !triggers.contains(where: { $0.fields.name == definition.fields.name }) else {
                throw AdministrationError(
                    .triggerTaken, "\(name) has a trigger \(definition.fields.name) already: choose another name")
            }
            guard triggers.count < Self.triggerLimit else {
                throw AdministrationError(
                    .valueInvalid, "\(name) has \(triggers.count) triggers, which is the most: remove one first")
            }
            // Every push matches its tags with all of them while it holds the catalog.
            let size = triggers.reduce(definition.condition.size) { $0 + $1.conditionSize }
            guard size < TagPattern.maximumSize else {
                throw AdministrationError(
                    .valueInvalid,
                    "the patterns of the triggers of \(name) are too large together: write shorter ones, or tags")
            }
            try catalog.insertTrigger(
                definition.fields, isEnabled: isEnabled, of: repository.id, by: actor.creator, now: authority.now)
            try authority.record(
                .repositoryUpdate, on: repository, detail: "trigger \(definition.fields.name) added", in: catalog)
        }
    }

    /// The triggers of a repository by name, without their histories. Needs pull, of a user of the account that owns
    /// the repository.
    ///
    /// - Throws: ``AccessRefusal``, or ``AdministrationError``: `repositoryUnknown`, `denied`.
    package func triggers(of name: RepositoryName, by actor: Administrator) async throws -> [Trigger] {
        let authority = authority(of: actor)
        return try await catalog.read { catalog in
            let repository = try authority.ownRepository(name, needing: .pull, to: "its triggers", in: catalog)
            return try catalog.triggers(of: repository.id).map { Trigger($0) }
        }
    }

    /// A trigger with its history. Needs pull, of a user of the account that owns the repository.
    ///
    /// - Throws: ``AccessRefusal``, or ``AdministrationError``: `repositoryUnknown`, `denied`, `triggerUnknown`.
    package func trigger(
        named trigger: String, of name: RepositoryName, by actor: Administrator
    ) async throws -> Trigger {
        let authority = authority(of: actor)
        return try await catalog.read { catalog in
            let repository = try authority.ownRepository(name, needing: .pull, to: "its triggers", in: catalog)
            let record = try catalog.requireTrigger(trigger, of: repository)
            return Trigger(record, history: try catalog.triggerHistory(of: record.id, limit: Self.triggerHistoryLimit))
        }
    }

    /// Turns a trigger on or off. Calls of it that are still to be made when it is turned off are not made. Needs
    /// manage.
    ///
    /// - Throws: ``AccessRefusal``, or ``AdministrationError``: `repositoryUnknown`, `denied`, `triggerUnknown`.
    package func setTriggerEnabled(
        _ isEnabled: Bool, named trigger: String, of name: RepositoryName, by actor: Administrator
    ) async throws {
        let authority = authority(of: actor)
        try await catalog.write { catalog in
            let repository = try authority.ownRepository(
                name, needing: .manage, to: "set its triggers", in: catalog.read)
            let record = try catalog.read.requireTrigger(trigger, of: repository)
            try catalog.setTriggerEnabled(isEnabled, record.id)
            try authority.record(
                .repositoryUpdate, on: repository, detail: "trigger \(trigger) turned \(isEnabled ? "on" : "off")",
                in: catalog)
            guard !isEnabled else { return }
            try catalog.cancelTriggerCalls(of: record.id, detail: "the trigger was turned off before it was called")
            try catalog.trimTriggerCalls(of: record.id, keeping: Self.triggerHistoryLimit)
        }
    }

    /// Removes a trigger with its history and the calls of it that are still to be made. Needs manage.
    ///
    /// - Throws: ``AccessRefusal``, or ``AdministrationError``: `repositoryUnknown`, `denied`, `triggerUnknown`.
    package func removeTrigger(
        named trigger: String, of name: RepositoryName, by actor: Administrator
    ) async throws {
        let authority = authority(of: actor)
        try await catalog.write { catalog in
            let repository = try authority.ownRepository(
                name, needing: .manage, to: "set its triggers", in: catalog.read)
            _ = try catalog.removeTrigger(try catalog.read.requireTrigger(trigger, of: repository).id)
            try authority.record(
                .repositoryUpdate, on: repository, detail: "trigger \(trigger) removed", in: catalog)
        }
    }
}

extension CatalogReader {
    /// - Throws: ``AdministrationError`` `triggerUnknown`.
    fileprivate func requireTrigger(_ name: String, of repository: RepositoryRecord) throws -> TriggerRecord {
        guard let trigger = try trigger(named: name, of: repository.id) else {
            throw AdministrationError(.triggerUnknown, "\(repository.name) has no trigger \(name)")
        }
        return trigger
    }
}

extension TriggerRecord {
    /// What matching one character of a tag costs at most. What is stored was read when the trigger was made.
    fileprivate var conditionSize: Int { (try? TriggerCondition(type: fields.type, text: fields.condition).size) ?? 0 }
}
