import BerthAccess
import BerthDatabase
import BerthOCI

/// Lists of what an account owns, each filtered by what a user of it may see.
extension CatalogReader {
    /// A page of the published repositories of a user's account that it has a permission on.
    ///
    /// Costs what it shows, and a walk over the `offset` entries before it.
    package func repositories(
        visibleTo user: Principal.User, matching filter: RepositoryFilter, order: RepositoryOrder, descending: Bool,
        offset: Int, limit: Int
    ) throws -> [RepositoryRecord] {
        let condition = OwnRepositories(visibleTo: user, matching: filter)
        return try database.rows(
            RepositoryRecord.selection + "WHERE" + condition.sql + "ORDER BY" + order.sql(descending: descending)
                + "LIMIT ? OFFSET ?",
            condition.values + bind(Limit(limit), Limit(offset))
        ).map { try RepositoryRecord($0) }
    }

    /// The same repositories in the order of their ids, beginning after `last`; costs what it shows.
    package func repositories(
        visibleTo user: Principal.User, matching filter: RepositoryFilter, after last: RepositoryID?, limit: Int
    ) throws -> [RepositoryRecord] {
        let condition = OwnRepositories(visibleTo: user, matching: filter)
        return try database.rows(
            RepositoryRecord.selection + "WHERE" + condition.sql + "AND r.id > ? ORDER BY r.id LIMIT ?",
            condition.values + bind(last ?? RepositoryID(rawValue: 0), Limit(limit))
        ).map { try RepositoryRecord($0) }
    }

    /// How many there are in all. Without a filter an admin user's is a number that is kept.
    package func repositoryCount(visibleTo user: Principal.User, matching filter: RepositoryFilter) throws -> Int {
        if user.isAdmin, filter == RepositoryFilter() {
            return try usage(of: user.account)?.repositories ?? 0
        }
        let condition = OwnRepositories(visibleTo: user, matching: filter)
        let tables: SQL =
            filter.organization == nil
            ? "FROM repositories r WHERE" : "FROM repositories r JOIN organizations o ON o.id = r.organization_id WHERE"
        let row = try database.first(
            "SELECT COUNT(*) AS repository_count" + tables + condition.sql, condition.values)
        return Int(try row?.integer("repositories", "id", as: "repository_count") ?? 0)
    }

    /// The tags of a repository that were set last, the newest first.
    package func newestTags(in repository: RepositoryID, limit: Int) throws -> [TagName] {
        try database.rows(
            "SELECT name FROM tags WHERE repository_id = ? ORDER BY updated_at DESC, name DESC LIMIT ?",
            bind(repository, Limit(limit))
        ).map { try $0.tag("tags", "name") }
    }
}

/// The condition of the repositories `r`, of organizations `o`, that a list of one's own is of.
private struct OwnRepositories {
    private(set) var sql: SQL
    private(set) var values: [SQLValue]

    init(visibleTo user: Principal.User, matching filter: RepositoryFilter) {
        sql = "r.account_id = ? AND r.is_published = 1"
        values = bind(user.account)
        if !user.isAdmin {
            add(
                """
                (r.organization_id IN (SELECT p.organization_id FROM organization_permissions p WHERE p.user_id = ?)
                OR r.id IN (SELECT p.repository_id FROM repository_permissions p WHERE p.user_id = ?))
                """, bind(user.id, user.id))
        }
        switch filter.organization {
        case .exactly(let name): add("o.name = ?", bind(name))
        case .containing(let part): add("o.name LIKE ? ESCAPE '!'", bind(Self.pattern(containing: part)))
        case nil: break
        }
        if let name = filter.name {
            add("r.local_name LIKE ? ESCAPE '!'", bind(Self.pattern(containing: name)))
        }
        if let category = filter.category { add("r.category = ?", bind(category)) }
        if let isPublic = filter.isPublic { add("r.is_public = ?", bind(isPublic)) }
    }

    private mutating func add(_ condition: SQL, _ more: [SQLValue]) {
        sql = sql + "AND" + condition
        values += more
    }

    private static func pattern(containing part: String) -> String {
        "%" + part.reduce(into: "") { $0 += "%_!".contains($1) ? "!\($1)" : String($1) } + "%"
    }
}

extension RepositoryOrder {
    /// Every order ends with the id, so that it is the same each time.
    fileprivate func sql(descending: Bool) -> SQL {
        switch (self, descending) {
        case (.update, false): "r.updated_at, r.id"
        case (.update, true): "r.updated_at DESC, r.id DESC"
        case (.name, false): "r.local_name, r.id"
        case (.name, true): "r.local_name DESC, r.id DESC"
        case (.organization, false): "o.name, r.id"
        case (.organization, true): "o.name DESC, r.id DESC"
        case (.tags, false): "r.tag_count, r.id"
        case (.tags, true): "r.tag_count DESC, r.id DESC"
        case (.visibility, false): "r.is_public, r.id"
        case (.visibility, true): "r.is_public DESC, r.id DESC"
        }
    }
}
