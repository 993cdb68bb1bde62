import BerthAccess
import BerthDatabase
import BerthOCI
import Foundation

extension CatalogReader {
    /// The newest records that a query is about, the newest first.
    package func audit(_ query: AuditQuery) throws -> [AuditRecord] {
        // Each way to an account has an index, which a condition with OR would not walk in order.
        let ids: BoundSQL
        if let account = query.account {
            ids =
                BoundSQL("SELECT acting.id FROM (")
                + query.ids(BoundSQL("a.actor_account = ?", bind(account)))
                + BoundSQL(") acting UNION SELECT owned.id FROM (")
                + query.ids(BoundSQL("a.owner_account = ?", bind(account))) + BoundSQL(") owned")
        } else {
            ids = query.ids(BoundSQL("1 = 1"))
        }
        let statement =
            BoundSQL("SELECT" + AuditRecord.columns + "FROM (") + ids
            + BoundSQL(
                ") page JOIN audit a ON a.id = page.id ORDER BY a.id DESC LIMIT ?", bind(Limit(query.limit)))
        return try database.rows(statement.sql, statement.values, keepsStatement: false).map(AuditRecord.init)
    }

    /// Whether there is a record of before an instant.
    package func hasAudit(before end: Date) throws -> Bool {
        try database.first("SELECT id FROM audit WHERE at < ? LIMIT 1", bind(end)) != nil
    }
}

extension AuditQuery {
    /// Answers the ids of the newest records that the query and a condition are about.
    fileprivate func ids(_ condition: BoundSQL) -> BoundSQL {
        var conditions = condition
        if let owner { conditions += BoundSQL("AND a.owner_account = ?", bind(owner)) }
        if let repository { conditions += BoundSQL("AND a.repository = ?", bind(repository)) }
        if let since { conditions += BoundSQL("AND a.at >= ?", bind(since)) }
        if let before { conditions += BoundSQL("AND a.id < ?", bind(before)) }
        if let actions {
            // NULL is in no row, and lets every action have a comma before it.
            conditions += BoundSQL("AND a.action IN (NULL")
            for action in actions { conditions += BoundSQL(", ?", bind(action.rawValue)) }
            conditions += BoundSQL(")")
        }
        if hidesBlobPulls {
            conditions += BoundSQL(
                "AND NOT (a.action = ? AND a.detail = ?)", bind(AuditAction.pull.rawValue, AuditEvent.blobDetail))
        }
        return BoundSQL("SELECT a.id FROM audit a WHERE") + conditions
            + BoundSQL("ORDER BY a.id DESC LIMIT ?", bind(Limit(limit)))
    }
}

extension AuditRecord {
    fileprivate static let columns: SQL = """
        a.id, a.at, a.action, a.result, a.actor, a.actor_account, a.owner_account, a.address, a.repository,
            a.reference, a.digest, a.under_share, a.detail, a.count
        """

    fileprivate init(_ row: SQLRow) throws {
        let table = "audit"
        func optional<Value>(_ column: String, _ read: () throws -> Value) throws -> Value? {
            row.isNull(column) ? nil : try read()
        }
        guard let action = AuditAction(rawValue: try row.text(table, "action")) else {
            throw row.corrupt(table, "action", nil, "no action that this Berth knows")
        }
        guard let result = AuditResult(rawValue: try row.text(table, "result")) else {
            throw row.corrupt(table, "result", nil, "neither done nor refused")
        }
        self.init(
            id: try row.integer(table, "id"),
            event: AuditEvent(
                at: try row.date(table, "at"), action: action, result: result,
                actor: AuditActor(
                    name: try row.text(table, "actor"),
                    account: try optional("actor_account") { try row.accountID(table, "actor_account") }),
                owner: try optional("owner_account") { try row.accountID(table, "owner_account") },
                address: try row.text(table, "address"),
                repository: try optional("repository") { try row.repositoryName(as: "repository") },
                tag: try optional("reference") { try row.tag(table, "reference") },
                digest: try optional("digest") { try row.digest(table, "digest") },
                isUnderShare: try row.flag(table, "under_share"),
                detail: try row.text(table, "detail"),
                count: try row.integer(table, "count")))
    }
}
