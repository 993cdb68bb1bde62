import BerthAccess
import BerthDatabase
import BerthOCI
import Foundation

extension CatalogReader {
    /// The triggers of a repository by name.
    package func triggers(of repository: RepositoryID) throws -> [TriggerRecord] {
        try database.rows(
            "SELECT" + TriggerRecord.columns + "FROM triggers t WHERE t.repository_id = ? ORDER BY t.name",
            bind(repository)
        ).map(TriggerRecord.init)
    }

    package func trigger(named name: String, of repository: RepositoryID) throws -> TriggerRecord? {
        try database.first(
            "SELECT" + TriggerRecord.columns + "FROM triggers t WHERE t.repository_id = ? AND t.name = ?",
            bind(repository, name)
        ).map(TriggerRecord.init)
    }

    /// The calls that are to be made by now: of each repository the one that waits longest, so that none waits for
    /// another's.
    package func dueTriggerCalls(now: Date, limit: Int) throws -> [DueTriggerCall] {
        try database.rows(
            "SELECT" + TriggerCallRecord.columns + "," + TriggerRecord.columns
                + """
                , r.name AS repository_name FROM trigger_calls c JOIN triggers t ON t.id = c.trigger_id
                JOIN repositories r ON r.id = t.repository_id
                WHERE c.id IN (SELECT MIN(due.id) FROM trigger_calls due JOIN triggers owner ON owner.id = due.trigger_id
                    WHERE due.due_at <= ? GROUP BY owner.repository_id)
                ORDER BY c.due_at, c.id LIMIT ?
                """, bind(Present(now), Limit(limit))
        ).map { row in
            DueTriggerCall(
                call: try TriggerCallRecord(row), trigger: try TriggerRecord(row),
                repository: try row.repositoryName(as: "repository_name"))
        }
    }

    /// How many calls of a trigger are still to be made.
    package func waitingTriggerCalls(of trigger: TriggerID) throws -> Int {
        let row = try database.first(
            "SELECT COUNT(*) AS call_count FROM trigger_calls WHERE trigger_id = ? AND due_at IS NOT NULL",
            bind(trigger))
        return Int(try row?.integer("trigger_calls", "id", as: "call_count") ?? 0)
    }

    /// The calls of a trigger that are over, the newest first.
    package func triggerHistory(of trigger: TriggerID, limit: Int) throws -> [TriggerCallRecord] {
        try database.rows(
            "SELECT" + TriggerCallRecord.columns
                + "FROM trigger_calls c WHERE c.trigger_id = ? AND c.due_at IS NULL ORDER BY c.id DESC LIMIT ?",
            bind(trigger, Limit(limit))
        ).map(TriggerCallRecord.init)
    }
}

extension TriggerRecord {
    /// The columns of the trigger `t`.
    fileprivate static let columns: SQL = """
        t.id AS trigger_id, t.repository_id, t.name, t.action, t.app_type, t.application, t.cluster_id, t.cluster_name,
        t.cluster_namespace, t.container, t.mode, t.type, t.condition, t.is_enabled, t.created_by,
        t.created_at AS trigger_created_at
        """

    fileprivate init(_ row: SQLRow) throws {
        self.init(
            id: TriggerID(rawValue: try row.integer("triggers", "id", as: "trigger_id")),
            repository: RepositoryID(rawValue: try row.integer("triggers", "repository_id")),
            fields: TriggerFields(
                name: try row.text("triggers", "name"), action: try row.text("triggers", "action"),
                appType: try row.text("triggers", "app_type"), application: try row.text("triggers", "application"),
                clusterID: try row.text("triggers", "cluster_id"),
                clusterName: try row.text("triggers", "cluster_name"),
                clusterNamespace: try row.text("triggers", "cluster_namespace"),
                container: try row.text("triggers", "container"), mode: try row.text("triggers", "mode"),
                type: try row.text("triggers", "type"), condition: try row.text("triggers", "condition")),
            isEnabled: try row.flag("triggers", "is_enabled"),
            creator: Creator(id: nil, name: try row.text("triggers", "created_by")),
            createdAt: try row.date("triggers", "created_at", as: "trigger_created_at"))
    }
}

extension TriggerCallRecord {
    /// The columns of the call `c`.
    fileprivate static let columns: SQL = """
        c.id AS call_id, c.trigger_id AS called_trigger, c.tag, c.digest, c.pushed_by, c.attempts, c.result,
        c.detail, c.created_at AS called_at
        """

    fileprivate init(_ row: SQLRow) throws {
        let table = "trigger_calls"
        var result: Result?
        if !row.isNull("result") {
            result = Result(rawValue: try row.text(table, "result"))
            guard result != nil else { throw row.corrupt(table, "result", nil, "neither success nor failed") }
        }
        self.init(
            id: TriggerCallID(rawValue: try row.integer(table, "id", as: "call_id")),
            trigger: TriggerID(rawValue: try row.integer(table, "trigger_id", as: "called_trigger")),
            tag: try row.tag(table, "tag"), digest: try row.digest(table, "digest"),
            pushedBy: try row.text(table, "pushed_by"), attempts: Int(try row.integer(table, "attempts")),
            result: result, detail: try row.text(table, "detail"),
            createdAt: try row.date(table, "created_at", as: "called_at"))
    }
}
