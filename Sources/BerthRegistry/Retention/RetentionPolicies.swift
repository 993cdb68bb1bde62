import BerthAccess
import BerthCatalog
import BerthOCI
import Foundation
import Logging

/// The retention policy of a repository.
package struct RetentionPolicy: Sendable, Hashable {
    package let id: Int64
    package let rules: RetentionRules

    init(_ record: RetentionPolicyRecord) throws {
        id = record.id.rawValue
        rules = try RetentionRules(stored: record.rules)
    }
}

/// A tag that a policy removed.
package struct RemovedTag: Sendable, Hashable {
    package let id: Int64
    package let policy: Int64
    /// The first rule of the policy, as it was then.
    package let rule: RetentionRule
    package let tag: TagName
    package let removedAt: Date

    init(_ record: RetentionLogRecord) throws {
        id = record.id
        policy = record.policy.rawValue
        rule = try JSONDecoder().decode(RetentionRule.self, from: Data(record.rule.utf8))
        tag = record.tag
        removedAt = record.removedAt
    }
}

extension Registry {
    /// Gives a repository its one policy and applies it. Needs manage.
    ///
    /// - Returns: The id of the policy.
    /// - Throws: ``AccessRefusal``, or ``AdministrationError``: `repositoryUnknown`, `denied`, `retentionTaken`.
    package func addRetentionPolicy(
        _ rules: RetentionRules, to name: RepositoryName, by actor: Administrator
    ) async throws -> Int64 {
        let authority = authority(of: actor)
        let stored = try rules.stored()
        let id = try await catalog.write { catalog in
            let repository = try authority.ownRepository(
                name, needing: .manage, to: "set its retention", in: catalog.read)
            guard try catalog.read.retentionPolicy(of: repository.id) == nil else {
                throw AdministrationError(
                    .retentionTaken, "\(name) has a retention policy already: change or remove that one")
            }
            try authority.record(.repositoryUpdate, on: repository, detail: "retention set", in: catalog)
            return try catalog.insertRetentionPolicy(rules: stored, of: repository.id, now: authority.now)
        }
        await applyRetentionNow(id)
        return id.rawValue
    }

    /// The policies of a repository: none or one. Needs pull, of a user of the account that owns the repository.
    ///
    /// - Throws: ``AccessRefusal``, or ``AdministrationError``: `repositoryUnknown`, `denied`.
    package func retentionPolicies(
        of name: RepositoryName, by actor: Administrator
    ) async throws -> [RetentionPolicy] {
        let authority = authority(of: actor)
        return try await catalog.read { catalog in
            let repository = try authority.ownRepository(name, needing: .pull, to: "its retention", in: catalog)
            return try catalog.retentionPolicy(of: repository.id).map { [try RetentionPolicy($0)] } ?? []
        }
    }

    /// Changes the rules of a policy and applies them. What a rule keeps by, days or number, stays. Needs manage.
    ///
    /// - Throws: ``AccessRefusal``, or ``AdministrationError``: `repositoryUnknown`, `denied`, `retentionUnknown`,
    ///   `valueInvalid` when a rule keeps by something else than before.
    package func updateRetentionPolicy(
        _ id: Int64, of name: RepositoryName, to rules: RetentionRules, by actor: Administrator
    ) async throws {
        let authority = authority(of: actor)
        let stored = try rules.stored()
        let policy = RetentionPolicyID(rawValue: id)
        try await catalog.write { catalog in
            let repository = try authority.ownRepository(
                name, needing: .manage, to: "set its retention", in: catalog.read)
            let before = try catalog.read.requireRetentionPolicy(policy, of: repository)
            for (new, old) in zip(rules.all, try RetentionRules(stored: before.rules).all)
            where !new.keepsByTheSame(as: old) {
                throw AdministrationError(
                    .valueInvalid, "the template of a rule cannot be changed: remove the policy and add another")
            }
            _ = try catalog.updateRetentionPolicy(policy, rules: stored, now: authority.now)
            try authority.record(.repositoryUpdate, on: repository, detail: "retention changed", in: catalog)
        }
        await applyRetentionNow(policy)
    }

    /// Removes a policy; what it removed stays in the history. Needs manage.
    ///
    /// - Throws: ``AccessRefusal``, or ``AdministrationError``: `repositoryUnknown`, `denied`, `retentionUnknown`.
    package func removeRetentionPolicy(
        _ id: Int64, of name: RepositoryName, by actor: Administrator
    ) async throws {
        let authority = authority(of: actor)
        try await catalog.write { catalog in
            let repository = try authority.ownRepository(
                name, needing: .manage, to: "set its retention", in: catalog.read)
            let policy = try catalog.read.requireRetentionPolicy(RetentionPolicyID(rawValue: id), of: repository)
            _ = try catalog.removeRetentionPolicy(policy.id)
            try authority.record(.repositoryUpdate, on: repository, detail: "retention removed", in: catalog)
        }
    }

    /// What policies removed from a repository, the newest first, and how much that is in all. Needs pull, of a user of
    /// the account that owns the repository.
    ///
    /// - Throws: ``AccessRefusal``, or ``AdministrationError``: `repositoryUnknown`, `denied`.
    package func retentionHistory(
        of name: RepositoryName, offset: Int, limit: Int?, by actor: Administrator
    ) async throws -> (removed: [RemovedTag], total: Int) {
        let authority = authority(of: actor)
        return try await catalog.read { catalog in
            let repository = try authority.ownRepository(name, needing: .pull, to: "its retention", in: catalog)
            let (records, total) = try catalog.retentionLog(of: repository.id, offset: offset, limit: limit ?? .max)
            return (try records.map(RemovedTag.init), total)
        }
    }

    /// Runs a policy in the request that set it, so that its work is done when that is answered. What goes wrong is left
    /// to the background, for which it is still due.
    private func applyRetentionNow(_ policy: RetentionPolicyID) async {
        do {
            let due = try await catalog.read { [now] in
                try $0.dueRetentionPolicies(now: now(), limit: .max).first { $0.id == policy }
            }
            if let due { try await applyRetention(due) }
        } catch {
            logger.warning(
                "retention is left to the background",
                metadata: ["berth.retention": "\(policy)", "error": "\(error)"])
            work.retention.send()
        }
    }
}

extension RetentionRule {
    fileprivate func keepsByTheSame(as other: RetentionRule) -> Bool {
        switch (keeps, other.keeps) {
        case (.days, .days), (.newest, .newest): true
        default: false
        }
    }
}

extension CatalogReader {
    /// - Throws: ``AdministrationError`` `retentionUnknown`.
    fileprivate func requireRetentionPolicy(
        _ id: RetentionPolicyID, of repository: RepositoryRecord
    ) throws -> RetentionPolicyRecord {
        guard let policy = try retentionPolicy(of: repository.id), policy.id == id else {
            throw AdministrationError(.retentionUnknown, "\(repository.name) has no retention policy \(id)")
        }
        return policy
    }
}
