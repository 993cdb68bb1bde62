import BerthAccess
import BerthDatabase
import BerthOCI
import Foundation

extension CatalogWriter {
    /// Adds a trigger to a repository.
    ///
    /// - Throws: ``CatalogError/conflict(_:)`` when the repository has one of that name,
    ///   ``CatalogError/missing(_:)`` of the repository.
    package func insertTrigger(
        _ fields: TriggerFields, isEnabled: Bool, of repository: RepositoryID, by creator: Creator, now: Date
    ) throws {
        try insert(
            .trigger, under: .repository,
            """
            INSERT INTO triggers (repository_id, name, action, app_type, application, cluster_id, cluster_name,
                cluster_namespace, container, mode, type, condition, is_enabled, created_by, created_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            bind(
                repository, fields.name, fields.action, fields.appType, fields.application, fields.clusterID,
                fields.clusterName, fields.clusterNamespace, fields.container, fields.mode, fields.type,
                fields.condition, isEnabled, creator.name, now))
    }

    package func setTriggerEnabled(_ isEnabled: Bool, _ id: TriggerID) throws {
        try database.execute("UPDATE triggers SET is_enabled = ? WHERE id = ?", bind(isEnabled, id))
    }

    /// Removes a trigger with its calls, those that are still to be made too.
    package func removeTrigger(_ id: TriggerID) throws -> Bool {
        try delete("DELETE FROM triggers WHERE id = ?", bind(id))
    }

    /// Has a trigger called as soon as possible.
    package func queueTriggerCall(
        of trigger: TriggerID, tag: TagName, digest: Digest, by pusher: Creator, now: Date
    ) throws {
        try database.execute(
            """
            INSERT INTO trigger_calls
                (trigger_id, tag, digest, pushed_by, attempts, due_at, result, detail, created_at)
            VALUES (?, ?, ?, ?, 0, ?, NULL, '', ?)
            """, bind(trigger, tag, digest, pusher.name, now, now))
    }

    /// Notes a call of a trigger that will not be made.
    package func insertFailedTriggerCall(
        of trigger: TriggerID, tag: TagName, digest: Digest, by pusher: Creator, detail: String, now: Date
    ) throws {
        try database.execute(
            """
            INSERT INTO trigger_calls
                (trigger_id, tag, digest, pushed_by, attempts, due_at, result, detail, created_at)
            VALUES (?, ?, ?, ?, 0, NULL, ?, ?, ?)
            """,
            bind(trigger, tag, digest, pusher.name, TriggerCallRecord.Result.failed.rawValue, detail, now))
    }

    /// Has a call tried, or tried again, at another time.
    ///
    /// - Returns: Whether it is still to be made.
    package func postponeTriggerCall(
        _ id: TriggerCallID, attempts: Int, until due: Date, detail: String
    ) throws -> Bool {
        try database.execute(
            "UPDATE trigger_calls SET attempts = ?, due_at = ?, detail = ? WHERE id = ? AND due_at IS NOT NULL",
            bind(attempts, due, detail, id)) > 0
    }

    /// Ends a call; one that was cancelled on its way stays so, unless it arrived.
    package func finishTriggerCall(
        _ id: TriggerCallID, attempts: Int, result: TriggerCallRecord.Result, detail: String
    ) throws {
        try database.execute(
            """
            UPDATE trigger_calls SET attempts = ?, due_at = NULL, result = ?, detail = ?
            WHERE id = ? AND (due_at IS NOT NULL OR ?)
            """, bind(attempts, result.rawValue, detail, id, result == .success))
    }

    /// Ends all calls of a trigger that are still to be made, as failed.
    package func cancelTriggerCalls(of trigger: TriggerID, detail: String) throws {
        try database.execute(
            """
            UPDATE trigger_calls SET due_at = NULL, result = ?, detail = ? WHERE trigger_id = ? AND due_at IS NOT NULL
            """, bind(TriggerCallRecord.Result.failed.rawValue, detail, trigger))
    }

    /// Forgets all but the newest calls of a trigger that are over.
    package func trimTriggerCalls(of trigger: TriggerID, keeping count: Int) throws {
        try database.execute(
            """
            DELETE FROM trigger_calls WHERE trigger_id = ? AND due_at IS NULL AND id <
                (SELECT MIN(newest.id) FROM (SELECT id FROM trigger_calls WHERE trigger_id = ? AND due_at IS NULL
                    ORDER BY id DESC LIMIT ?) newest)
            """, bind(trigger, trigger, Limit(count)))
    }
}
