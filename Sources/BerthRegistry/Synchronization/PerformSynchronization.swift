import BerthAccess
import BerthBlobs
import BerthCatalog
import BerthOCI
import Foundation
import Logging

extension Registry {
    /// How many jobs of one region are under way at the same time, so that one that does not answer leaves others room.
    private static let synchronizationsPerRegion = 2
    /// How long to wait after each failure that may pass; after the last the job has failed for good.
    private static let synchronizationRetries: [TimeInterval] = [10, 60, 5 * 60, 30 * 60, 2 * 60 * 60]

    private static let pauseAfterFailedWrite: Duration = .seconds(10)

    /// Has the jobs begun again that were under way when this registry was served last. To be called before the first
    /// job is taken.
    ///
    /// - Throws: Errors of the catalog.
    package func resumeSynchronizations() async throws {
        let now = now()
        let count = try await catalog.write { try $0.resumeSynchronizations(now: now) }
        if count > 0 { logger.info("copies to other regions go on", metadata: ["berth.jobs": "\(count)"]) }
    }

    /// Takes the job that has been due longest, which is under way from then on: it must be performed.
    ///
    /// - Returns: `nil` when none may begin now.
    /// - Throws: Errors of the catalog.
    package func takeSynchronizationJob() async throws -> SynchronizationJob? {
        let now = now()
        // Most often there is none, which need not take the place of a writer.
        let isDue = try await catalog.read {
            try $0.dueSynchronizationJob(now: now, regionLimit: Self.synchronizationsPerRegion) != nil
        }
        guard isDue else { return nil }
        return try await catalog.write { catalog in
            guard
                let job = try catalog.read.dueSynchronizationJob(
                    now: now, regionLimit: Self.synchronizationsPerRegion)
            else { return nil }
            try catalog.beginSynchronization(job.id, now: now)
            return try catalog.read.synchronizationJob(job.id)
        }
    }

    /// Copies what a job says and notes how that went. A failure that may pass puts the job off, five times; what a
    /// stop of the server interrupts is begun again, and finds what it has copied.
    ///
    /// - Throws: Errors of the catalog, `CancellationError`.
    package func perform(_ job: SynchronizationJob, through remotes: some RemoteRegistries) async throws {
        do {
            let status = try await within(settings.synchronizationTimeout) {
                try await self.copy(job, through: remotes)
            }
            try await end(job, as: status, "")
        } catch is CancellationError {
            throw CancellationError()
        } catch is TimeLimitExceeded {
            log("a copy to another region took too long", job)
            try await end(
                job, as: .timeout, "it took longer than \(settings.synchronizationTimeout.components.seconds) s")
        } catch let refusal as CopyRefusal {
            log("a copy to another region was not made", job, error: refusal.reason)
            try await end(job, as: refusal.status, refusal.reason)
        } catch let failure as RemoteFailure {
            log("another region did not take a copy", job, error: "\(failure)")
            try await failed(job, failure.reason, isFinal: failure.isFinal)
        } catch {
            try Task.checkCancellation()
            log("a copy to another region failed", job, error: "\(error)")
            try await failed(job, "this registry could not read what is to be copied", isFinal: false)
        }
    }

    private func failed(_ job: SynchronizationJob, _ reason: String, isFinal: Bool) async throws {
        guard !isFinal, job.failures < Self.synchronizationRetries.count else {
            return try await end(job, as: .failed, reason)
        }
        let now = now()
        let next = now.addingTimeInterval(Self.synchronizationRetries[job.failures])
        try await note {
            try $0.postponeSynchronization(job.id, until: next, detail: reason, now: now)
        }
    }

    private func end(
        _ job: SynchronizationJob, as status: SynchronizationJob.Status, _ detail: String
    ) async throws {
        let now = now()
        let keepsAudit = settings.keepsAudit
        try await note { catalog in
            try catalog.endSynchronization(job.id, as: status, detail: detail, now: now)
            if status == .success, keepsAudit { try catalog.recordCopy(of: job, now: now) }
            try catalog.trimSynchronizationJobs(
                of: job.order.repository, keeping: Self.synchronizationHistoryLimit)
        }
    }

    /// Writes what became of a job, until it is written: a job that stays under way keeps others of its target and its
    /// region from beginning.
    private func note(_ write: @escaping @Sendable (CatalogWriter) throws -> Void) async throws {
        while true {
            do {
                return try await catalog.write(write)
            } catch {
                try Task.checkCancellation()
                logger.error("the end of a copy could not be written down", metadata: ["error": "\(error)"])
                try await Task.sleep(for: Self.pauseAfterFailedWrite)
            }
        }
    }

    private func log(_ message: Logger.Message, _ job: SynchronizationJob, error: String? = nil) {
        var metadata: Logger.Metadata = [
            "berth.job": "\(job.id)", "berth.region": "\(job.order.target.region)", "berth.tag": "\(job.order.tag)",
            "berth.attempt": "\(job.attempts)",
        ]
        if let error { metadata["error"] = "\(error)" }
        logger.info(message, metadata: metadata)
    }
}

extension CatalogWriter {
    /// Tells the audit log that an image was sent to another region.
    fileprivate func recordCopy(of job: SynchronizationJob, now: Date) throws {
        let order = job.order
        guard let repository = try read.repository(id: order.repository) else { return }
        try insertAudit(
            AuditEvent(
                at: now, action: .copy, actor: .synchronization, owner: repository.owner, repository: repository.name,
                tag: order.tag, digest: try read.taggedImage(order.tag, in: repository.id)?.digest,
                detail: "to \(order.target.words), for \(order.orderer.name)"))
    }
}

/// Why a copy is not made, whatever the other region says.
struct CopyRefusal: Error {
    let status: SynchronizationJob.Status
    let reason: String
}

private struct TimeLimitExceeded: Error {}

/// Runs work and cancels it when it takes longer than `limit`.
///
/// - Throws: ``TimeLimitExceeded``; what the work throws.
private func within<Result: Sendable>(
    _ limit: Duration, _ work: @escaping @Sendable () async throws -> Result
) async throws -> Result {
    try await withThrowingTaskGroup(of: Result.self) { group in
        group.addTask(operation: work)
        group.addTask {
            try await Task.sleep(for: limit)
            throw TimeLimitExceeded()
        }
        defer { group.cancelAll() }
        guard let result = try await group.next() else { throw CancellationError() }
        return result
    }
}
