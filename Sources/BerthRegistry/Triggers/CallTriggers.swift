import BerthAccess
import BerthCatalog
import BerthOCI
import Foundation
import Logging

extension Registry {
    /// How many calls that are over each trigger remembers.
    static let triggerHistoryLimit = 100
    /// How many calls of each trigger may wait.
    static let triggerQueueLimit = 1000
    /// How long to wait after each failure of a call; after the last it has failed for good.
    private static let triggerRetries: [TimeInterval] = [10, 60, 5 * 60, 30 * 60, 2 * 60 * 60]
    /// How many calls are made at the same time, each of another repository.
    private static let concurrentTriggerCalls = 8

    /// Makes all calls that are due. One that fails is tried again later, five times; what a crash interrupts is made
    /// again after it, so that a receiver may hear of the same push twice, with the same delivery id.
    ///
    /// - Parameter sender: Where they go; `nil` when no endpoint is set, and they fail with that as the reason.
    /// - Throws: Errors of the catalog, `CancellationError`.
    package func makeDueTriggerCalls(through sender: (any WebhookSending)?) async throws {
        while true {
            try Task.checkCancellation()
            let now = now()
            let due = try await catalog.read {
                try $0.dueTriggerCalls(now: now, limit: Self.concurrentTriggerCalls)
            }
            guard !due.isEmpty else { return }
            // One that cannot be written down does not stop the others on their way.
            let outcomes = await withTaskGroup { group in
                for call in due {
                    group.addTask { () async -> Result<Void, any Error> in
                        do {
                            return .success(try await self.make(call, through: sender))
                        } catch {
                            return .failure(error)
                        }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            for outcome in outcomes { try outcome.get() }
        }
    }

    private func make(_ due: DueTriggerCall, through sender: (any WebhookSending)?) async throws {
        let attempts = due.call.attempts + 1
        guard let sender else {
            return try await finish(
                due, attempts: attempts, .failed, "nothing is called: the setting triggers.endpoint is not set")
        }
        guard attempts <= Self.triggerRetries.count + 1 else {
            return try await finish(due, attempts: due.call.attempts, .failed, due.call.detail)
        }
        // Written down before it is made: a call whose end cannot be is not repeated at once and for ever.
        let next = now().addingTimeInterval(Self.triggerRetries[min(attempts, Self.triggerRetries.count) - 1])
        let isWanted = try await catalog.write {
            try $0.postponeTriggerCall(due.call.id, attempts: attempts, until: next, detail: "no answer is known yet")
        }
        guard isWanted else { return }
        do {
            try await sender.send(try TriggerMessage(due, region: region, now: now()).delivery())
            try await finish(due, attempts: attempts, .success, "")
        } catch let failure as WebhookFailure {
            logger.info(
                "a trigger could not be called",
                metadata: [
                    "berth.trigger": "\(due.trigger.fields.name)", "berth.repository": "\(due.repository)",
                    "berth.attempt": "\(attempts)", "error": "\(failure)",
                ])
            guard !failure.isFinal, attempts <= Self.triggerRetries.count else {
                return try await finish(due, attempts: attempts, .failed, failure.reason)
            }
            let afterAnswer = now().addingTimeInterval(Self.triggerRetries[attempts - 1])
            _ = try await catalog.write {
                try $0.postponeTriggerCall(due.call.id, attempts: attempts, until: afterAnswer, detail: failure.reason)
            }
        }
    }

    private func finish(
        _ due: DueTriggerCall, attempts: Int, _ result: TriggerCallRecord.Result, _ detail: String
    ) async throws {
        try await catalog.write { catalog in
            try catalog.finishTriggerCall(due.call.id, attempts: attempts, result: result, detail: detail)
            try catalog.trimTriggerCalls(of: due.trigger.id, keeping: Self.triggerHistoryLimit)
        }
    }
}

extension CatalogWriter {
    /// Queues a call of every trigger that waits for one of the tags; those that are turned off queue nothing.
    ///
    /// - Returns: Whether any waits to be made.
    func callTriggers(
        of repository: RepositoryID, for tags: [TagName], digest: Digest, by pusher: Creator, now: Date
    ) throws -> Bool {
        var hasQueued = false
        for trigger in try read.triggers(of: repository) where trigger.isEnabled {
            // What is stored was read as a condition when the trigger was made.
            guard let condition = try? TriggerCondition(type: trigger.fields.type, text: trigger.fields.condition)
            else { continue }
            let matching = tags.filter { condition.matches($0) }
            guard !matching.isEmpty else { continue }
            var room = Registry.triggerQueueLimit - (try read.waitingTriggerCalls(of: trigger.id))
            for tag in matching {
                guard room > 0 else {
                    try insertFailedTriggerCall(
                        of: trigger.id, tag: tag, digest: digest, by: pusher,
                        detail: "\(Registry.triggerQueueLimit) calls of this trigger wait already", now: now)
                    continue
                }
                room -= 1
                try queueTriggerCall(of: trigger.id, tag: tag, digest: digest, by: pusher, now: now)
                hasQueued = true
            }
            if room == 0 { try trimTriggerCalls(of: trigger.id, keeping: Registry.triggerHistoryLimit) }
        }
        return hasQueued
    }
}
