import BerthAccess
import BerthDatabase
import BerthOCI
import Foundation

extension CatalogWriter {
    /// Adds a synchronization rule to a repository, or changes the one that it has for the target.
    ///
    /// - Throws: ``CatalogError/missing(_:)`` of the repository.
    package func setSynchronizationRule(
        to target: SynchronizationTarget, of repository: RepositoryID, isAutomatic: Bool, overrides: Bool, now: Date
    ) throws {
        try insert(
            .repository, under: .repository,
            """
            INSERT INTO synchronization_rules
                (repository_id, remote_region, remote_organization, is_automatic, overrides, created_at, updated_at)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (repository_id, remote_region, remote_organization) DO UPDATE SET
                is_automatic = excluded.is_automatic, overrides = excluded.overrides, updated_at = excluded.updated_at
            """, bind(repository, target.region, target.organization, isAutomatic, overrides, now, now))
    }

    package func removeSynchronizationRule(
        to target: SynchronizationTarget, of repository: RepositoryID
    ) throws -> Bool {
        try delete(
            """
            DELETE FROM synchronization_rules
            WHERE repository_id = ? AND remote_region = ? AND remote_organization = ?
            """, bind(repository, target.region, target.organization))
    }

    /// Has a job of the same order that waits already done as soon as possible, for whom this order says.
    ///
    /// - Returns: Whether there was one.
    package func hastenSynchronization(_ order: SynchronizationOrder, now: Date) throws -> Bool {
        try database.execute(
            """
            UPDATE synchronization_jobs
            SET overrides = ?, attempts = 0, failures = 0, due_at = ?, operator_id = ?, operator_name = ?, updated_at = ?
            WHERE repository_id = ? AND remote_region = ? AND remote_organization = ? AND tag = ?
                AND is_automatic = ? AND status = ?
            """,
            bind(
                order.overrides, now, order.orderer.id?.rawValue ?? "", order.orderer.name, now, order.repository,
                order.target.region, order.target.organization, order.tag, order.isAutomatic,
                SynchronizationJob.Status.waiting.rawValue)) > 0
    }

    /// Adds a job that is to be done as soon as possible.
    ///
    /// - Throws: ``CatalogError/missing(_:)`` of the repository.
    package func queueSynchronization(_ order: SynchronizationOrder, now: Date) throws {
        try insertSynchronizationJob(order, status: .waiting, detail: "", due: now, now: now)
    }

    /// Notes a job that will not be done.
    ///
    /// - Throws: ``CatalogError/missing(_:)`` of the repository.
    package func insertFailedSynchronization(_ order: SynchronizationOrder, detail: String, now: Date) throws {
        try insertSynchronizationJob(order, status: .failed, detail: detail, due: nil, now: now)
    }

    private func insertSynchronizationJob(
        _ order: SynchronizationOrder, status: SynchronizationJob.Status, detail: String, due: Date?, now: Date
    ) throws {
        try insert(
            .repository, under: .repository,
            """
            INSERT INTO synchronization_jobs
                (repository_id, remote_region, remote_organization, tag, overrides, is_automatic, status, detail,
                    attempts, failures, due_at, operator_id, operator_name, created_at, updated_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, 0, ?, ?, ?, ?, ?)
            """,
            bind(
                order.repository, order.target.region, order.target.organization, order.tag, order.overrides,
                order.isAutomatic, status.rawValue, detail, due, order.orderer.id?.rawValue ?? "", order.orderer.name,
                now, now))
    }

    /// Begins a job that waits.
    package func beginSynchronization(_ id: SynchronizationJobID, now: Date) throws {
        try database.execute(
            """
            UPDATE synchronization_jobs SET status = ?, attempts = attempts + 1, due_at = NULL, updated_at = ?
            WHERE id = ?
            """, bind(SynchronizationJob.Status.running.rawValue, now, id))
    }

    /// Has a job that is under way, and has failed for now, begun again later.
    package func postponeSynchronization(
        _ id: SynchronizationJobID, until due: Date, detail: String, now: Date
    ) throws {
        try database.execute(
            """
            UPDATE synchronization_jobs SET status = ?, failures = failures + 1, due_at = ?, detail = ?, updated_at = ?
            WHERE id = ? AND status = ?
            """,
            bind(
                SynchronizationJob.Status.waiting.rawValue, due, detail, now, id,
                SynchronizationJob.Status.running.rawValue))
    }

    /// Ends a job that is under way.
    package func endSynchronization(
        _ id: SynchronizationJobID, as status: SynchronizationJob.Status, detail: String, now: Date
    ) throws {
        try database.execute(
            """
            UPDATE synchronization_jobs SET status = ?, due_at = NULL, detail = ?, updated_at = ?
            WHERE id = ? AND status = ?
            """, bind(status.rawValue, detail, now, id, SynchronizationJob.Status.running.rawValue))
    }

    /// Has all jobs that are under way begun again at once: those that a stop of the server has interrupted.
    ///
    /// - Returns: How many there were.
    package func resumeSynchronizations(now: Date) throws -> Int {
        try database.execute(
            "UPDATE synchronization_jobs SET status = ?, due_at = ?, updated_at = ? WHERE status = ?",
            bind(
                SynchronizationJob.Status.waiting.rawValue, now, now, SynchronizationJob.Status.running.rawValue))
    }

    /// Ends the jobs of a rule that wait.
    package func cancelSynchronizations(
        to target: SynchronizationTarget, of repository: RepositoryID, detail: String, now: Date
    ) throws {
        try database.execute(
            """
            UPDATE synchronization_jobs SET status = ?, due_at = NULL, detail = ?, updated_at = ?
            WHERE repository_id = ? AND remote_region = ? AND remote_organization = ? AND is_automatic = 1
                AND status = ?
            """,
            bind(
                SynchronizationJob.Status.cancel.rawValue, detail, now, repository, target.region, target.organization,
                SynchronizationJob.Status.waiting.rawValue))
    }

    /// Forgets all but the newest jobs of a repository that are over.
    package func trimSynchronizationJobs(of repository: RepositoryID, keeping count: Int) throws {
        let waiting = SynchronizationJob.Status.waiting.rawValue
        let running = SynchronizationJob.Status.running.rawValue
        try database.execute(
            """
            DELETE FROM synchronization_jobs WHERE repository_id = ? AND status <> ? AND status <> ? AND id <
                (SELECT MIN(newest.id) FROM (SELECT id FROM synchronization_jobs
                    WHERE repository_id = ? AND status <> ? AND status <> ? ORDER BY id DESC LIMIT ?) newest)
            """, bind(repository, waiting, running, repository, waiting, running, Limit(count)))
    }
}
