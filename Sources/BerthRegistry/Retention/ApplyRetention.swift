import BerthCatalog
import BerthOCI
import Foundation
import Logging

extension Registry {
    /// How long after a run the next one comes, when nothing is pushed before.
    private static let retentionInterval: TimeInterval = 24 * 60 * 60
    /// How many removed tags a repository's history holds.
    private static let retentionLogLimit = 1000
    /// How long after a run that failed it is tried again.
    private static let retentionRetry: TimeInterval = 5 * 60
    /// How many tags are matched before other work gets its turn.
    private static let tagsPerTurn = 64
    /// How many tags are removed in one transaction.
    private static let tagsPerTransaction = 1000

    /// Runs every policy that is due: after a push to its repository, and a day after it ran last.
    ///
    /// - Throws: Errors of the catalog that concern all of them; one that fails is logged and tried again later.
    package func applyDueRetention() async throws {
        while true {
            let now = now()
            let due = try await catalog.read { try $0.dueRetentionPolicies(now: now, limit: 100) }
            guard !due.isEmpty else { return }
            for policy in due {
                do {
                    try await applyRetention(policy)
                } catch let error as CancellationError {
                    throw error
                } catch {
                    logger.error(
                        "a retention policy could not be applied",
                        metadata: ["berth.retention": "\(policy.id)", "error": "\(error)"])
                    try await catalog.write {
                        try $0.setRetentionDue(policy.id, at: now.addingTimeInterval(Self.retentionRetry))
                    }
                }
            }
        }
    }

    /// Removes the tags that no rule of a policy keeps, and of their manifests those that nothing needs any more.
    ///
    /// Matching names, which costs the most, is done before the transactions that decide; in each the tags are read
    /// again, so that the decision is about what is there then.
    func applyRetention(_ policy: RetentionPolicyRecord) async throws {
        let rules = try RetentionRules(stored: policy.rules)
        var exemptions = RetentionRules.Exemptions(rules)
        let tags = try await catalog.read { try $0.tags(in: policy.repository) }
        for (index, tag) in tags.enumerated() {
            exemptions.learn(tag.name)
            if index % Self.tagsPerTurn == Self.tagsPerTurn - 1 {
                try Task.checkCancellation()
                await Task.yield()
            }
        }
        let keepsAudit = settings.keepsAudit
        var removed = 0
        var isDone = false
        while !isDone {
            try Task.checkCancellation()
            let now = now()
            let count = try await catalog.write { [exemptions] catalog -> Int? in
                guard let current = try catalog.read.retentionPolicy(of: policy.repository), current.id == policy.id,
                    current.rules == policy.rules
                else { return nil }
                var run = RetentionRun(
                    policy: policy, rules: rules, exemptions: exemptions, now: now, catalog: catalog,
                    recorded: keepsAudit ? try catalog.read.repository(id: policy.repository) : nil)
                let count = try run.removeTags(atMost: Self.tagsPerTransaction)
                if count > 0 { try catalog.trimRetentionLog(of: policy.repository, keeping: Self.retentionLogLimit) }
                if count < Self.tagsPerTransaction {
                    try catalog.setRetentionDue(policy.id, at: now.addingTimeInterval(Self.retentionInterval))
                }
                return count
            }
            removed += count ?? 0
            isDone = (count ?? 0) < Self.tagsPerTransaction
        }
        if removed > 0 {
            logger.info(
                "retention removed tags", metadata: ["berth.retention": "\(policy.id)", "berth.tags": "\(removed)"])
        }
    }
}
