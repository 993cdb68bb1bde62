import BerthAccess
import BerthDatabase
import BerthOCI
import Foundation

extension CatalogReader {
    /// The shared repositories that a list has, in its order.
    ///
    /// No share is effective when the region or the time is not known. Costs what the account shares or was given, and
    /// not what there is besides.
    ///
    /// - Parameter after: Only repositories with a greater id.
    package func sharedImages(
        _ selection: SharedImageSelection, region: Region?, now: Date?, after: RepositoryID? = nil, offset: Int = 0,
        limit: Int = .max
    ) throws -> [SharedImageRecord] {
        let filter = SharedImageFilter(selection, region: region, now: now, after: after)
        return try database.rows(
            "SELECT" + RepositoryRecord.columns + ", s.is_effective, s.shared_at, s.changed_at" + filter.source
                + filter.condition + Self.order(selection) + "LIMIT ? OFFSET ?",
            filter.values + bind(Limit(limit), offset), keepsStatement: false
        ).map(SharedImageRecord.init)
    }

    /// The number of ``sharedImages(_:region:now:after:offset:limit:)`` in all.
    package func sharedImageCount(_ selection: SharedImageSelection, region: Region?, now: Date?) throws -> Int {
        let filter = SharedImageFilter(selection, region: region, now: now, after: nil)
        let row = try database.rows(
            "SELECT COUNT(*) AS found" + filter.source + filter.condition, filter.values, keepsStatement: false
        ).first
        return Int(try row?.integer("shares", "repository_id", as: "found") ?? 0)
    }

    private static func order(_ selection: SharedImageSelection) -> SQL {
        let column: SQL =
            switch selection.column {
            case .id: "r.id"
            case .name: "r.local_name"
            case .organization: "o.name"
            case .owner: "a.name"
            case .tags: "CASE WHEN s.is_effective = 0 THEN 0 ELSE r.tag_count END"
            case .size: "CASE WHEN s.is_effective = 0 THEN 0 ELSE r.size END"
            case .pulls: "CASE WHEN s.is_effective = 0 THEN 0 ELSE r.pull_count END"
            case .updatedAt: "CASE WHEN s.is_effective = 0 THEN s.changed_at ELSE r.updated_at END"
            }
        return selection.isDescending ? "ORDER BY" + column + "DESC, r.id DESC" : "ORDER BY" + column + ", r.id"
    }
}

/// The shares `s` of a list, one a repository, their repository `r`, its organization `o` and the account `a` that owns
/// it. `is_effective` is NULL on the owner's side.
private struct SharedImageFilter {
    let source: SQL
    let condition: SQL
    /// The values of the placeholders of both, in order.
    let values: [SQLValue]

    init(_ selection: SharedImageSelection, region: Region?, now: Date?, after: RepositoryID?) {
        let (shares, sharesValues) = Self.shares(selection.side, region: region, now: now)
        source =
            "FROM (" + shares
                + """
                ) s
                JOIN repositories r ON r.id = s.repository_id
                JOIN organizations o ON o.id = r.organization_id
                JOIN accounts a ON a.id = o.account_id
                """
        var condition: SQL = "WHERE r.is_published = 1"
        var values = sharesValues
        func require(_ sql: SQL, _ more: [SQLValue]) {
            condition = condition + "AND" + sql
            values += more
        }
        if case .given(_, let user?) = selection.side { require(Self.managed, bind(user, user)) }
        if let organization = selection.organization { require("o.name = ?", bind(organization)) }
        if let name = selection.name { require("REPLACE(r.local_name, ?, '') <> r.local_name", bind(name)) }
        if let part = selection.fullName?.lowercased(), !part.isEmpty {
            if part.utf8.count <= RepositoryName.maximumLength {
                require("REPLACE(r.name, ?, '') <> r.name", bind(part))
            } else {
                require("1 = 0", [])
            }
        }
        if let owner = selection.owner { require("a.name = ?", bind(owner)) }
        if let isEffective = selection.isEffective, case .received = selection.side {
            require("s.is_effective = ?", bind(isEffective))
        }
        if selection.hasEffectiveShare, case .given(let owner, _) = selection.side {
            if let region, let now {
                require(
                    "r.id IN (SELECT s.repository_id" + ShareRecord.tables + "WHERE s.owner_id = ? AND"
                        + EffectiveShare.condition + ")",
                    bind(owner) + EffectiveShare.values(region: region, now: now))
            } else {
                require("1 = 0", [])
            }
        }
        if let after { require("r.id > ?", bind(after)) }
        self.condition = condition
        self.values = values
    }

    private static func shares(
        _ side: SharedImageSelection.Side, region: Region?, now: Date?
    ) -> (sql: SQL, values: [SQLValue]) {
        switch (side, region, now) {
        case (.given(let owner, _), _, _):
            (
                """
                SELECT DISTINCT g.repository_id, CAST(NULL AS BIGINT) AS is_effective, CAST(NULL AS BIGINT) AS shared_at,
                    CAST(NULL AS BIGINT) AS changed_at
                FROM shares g WHERE g.owner_id = ?
                """, bind(owner)
            )
        case (.received(let receiver), let region?, let now?):
            (
                "SELECT s.repository_id, CASE WHEN" + EffectiveShare.condition
                    + "THEN 1 ELSE 0 END AS is_effective, s.created_at AS shared_at, s.updated_at AS changed_at"
                    + ShareRecord.tables + "WHERE s.account_id = ?",
                EffectiveShare.values(region: region, now: now) + bind(receiver)
            )
        case (.received(let receiver), _, _):
            (
                """
                SELECT s.repository_id, 0 AS is_effective, s.created_at AS shared_at, s.updated_at AS changed_at
                FROM shares s WHERE s.account_id = ?
                """, bind(receiver)
            )
        }
    }

    /// That a user was given manage on the repository or its organization. Two values.
    private static let managed: SQL = """
        (EXISTS (SELECT 1 FROM organization_permissions p
            WHERE p.organization_id = o.id AND p.user_id = ? AND p.permission = 7)
        OR EXISTS (SELECT 1 FROM repository_permissions p
            WHERE p.repository_id = r.id AND p.user_id = ? AND p.permission = 7))
        """
}

extension SharedImageRecord {
    fileprivate init(_ row: SQLRow) throws {
        let received =
            row.isNull("is_effective")
            ? nil
            : Received(
                isEffective: try row.flag("shares", "is_effective"),
                createdAt: try row.date("shares", "created_at", as: "shared_at"),
                updatedAt: try row.date("shares", "updated_at", as: "changed_at"))
        self.init(repository: try RepositoryRecord(row), received: received)
    }
}
