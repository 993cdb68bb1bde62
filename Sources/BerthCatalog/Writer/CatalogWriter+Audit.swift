import BerthAccess
import BerthDatabase
import Foundation

extension CatalogWriter {
    /// Adds a record to the audit log.
    package func insertAudit(_ event: AuditEvent) throws {
        try database.execute(
            """
            INSERT INTO audit (at, action, result, actor, actor_account, owner_account, address, repository, reference,
                digest, under_share, detail, count)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            bind(
                event.at, event.action.rawValue, event.result.rawValue, event.actor.name, event.actor.account,
                event.owner, event.address, event.repository, event.tag, event.digest, event.isUnderShare,
                event.detail, event.count))
    }

    /// Removes the oldest records of before an instant, at most `limit` of them.
    ///
    /// - Returns: How many went.
    package func pruneAudit(before end: Date, limit: Int) throws -> Int {
        try database.execute(
            "DELETE FROM audit WHERE id IN (SELECT old.id FROM audit old WHERE old.at < ? ORDER BY old.at LIMIT ?)",
            bind(end, Limit(limit)))
    }
}
