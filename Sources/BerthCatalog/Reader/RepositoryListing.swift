import BerthAccess
import BerthDatabase

/// The statements of a list of the published repositories `r` of one account, in organizations `o`, that a user of it
/// has a permission on.
///
/// There are two ways to a page, and neither reads a row of a repository that is not on it, but for an order that no
/// index has. One walks an index of the
/// account in the order that is asked for, or against it from the end of the list, and passes over what is not in the
/// list. The other gathers what is in the list from an index by organizations that holds all that lists filter and sort
/// by, and sorts it. ``isWalked(visible:of:end:)`` tells which of them is less.
struct RepositoryListing {
    enum Way: CaseIterable {
        case walking, walkingBack, gathering
    }

    private let user: Principal.User
    let order: RepositoryOrder
    private let descending: Bool
    private let filter: BoundSQL
    private let organizations: BoundSQL?

    /// - Parameter last: Only repositories with larger ids.
    init(
        visibleTo user: Principal.User, matching filter: RepositoryFilter, order: RepositoryOrder = .id,
        descending: Bool = false, after last: RepositoryID? = nil
    ) {
        self.user = user
        self.order = order
        self.descending = descending
        var conditions = BoundSQL("r.is_published = 1")
        if let name = filter.name { conditions += Self.condition("AND r.local_name LIKE", contains: name) }
        if let part = filter.fullName { conditions += Self.condition(fullName: part.lowercased(), of: user.account) }
        if let category = filter.category { conditions += BoundSQL("AND r.category = ?", bind(category)) }
        if let isPublic = filter.isPublic { conditions += BoundSQL("AND r.is_public = ?", bind(isPublic)) }
        if let last { conditions += BoundSQL("AND r.id > ?", bind(last)) }
        self.filter = conditions
        organizations = filter.organization.map { name in
            let named =
                switch name {
                case .exactly(let name): BoundSQL("AND f.name = ?", bind(name))
                case .containing(let part): Self.condition("AND f.name LIKE", contains: part)
                }
            return BoundSQL("IN (SELECT f.id FROM organizations f WHERE f.account_id = ?", bind(user.account))
                + named + BoundSQL(")")
        }
    }

    /// Whether walking to the last entry of a page is less than gathering the whole list.
    ///
    /// Passing over an entry is several times cheaper than gathering and sorting one.
    ///
    /// - Parameters:
    ///   - visible: How many entries the list has; more than 0.
    ///   - all: How many repositories the account has.
    ///   - end: How many entries there are up to the end of the page.
    static func isWalked(visible: Int, of all: Int, end: Int) -> Bool {
        let passed = min(Double(all), Double(end) * Double(all) / Double(visible))
        return passed <= 4 * Double(visible)
    }

    /// Answers `repository_count`.
    var count: BoundSQL {
        branches.dropFirst().reduce(BoundSQL("SELECT (SELECT COUNT(*)") + branches[0] + BoundSQL(")")) { sum, branch in
            sum + BoundSQL("+ (SELECT COUNT(*)") + branch + BoundSQL(")")
        } + BoundSQL("AS repository_count")
    }

    /// Answers a page, in order; its last two placeholders are for the limit and the offset, which is that from the end
    /// of the list for one that is walked back to.
    func page(by way: Way) -> BoundSQL {
        let ids =
            switch way {
            case .walking: walk(descending: descending)
            case .walkingBack: walk(descending: !descending)
            case .gathering: gathering
            }
        return BoundSQL("SELECT" + RepositoryRecord.columns + "FROM (") + ids
            + BoundSQL(
                """
                LIMIT ? OFFSET ?) page JOIN repositories r ON r.id = page.id
                JOIN organizations o ON o.id = r.organization_id JOIN accounts a ON a.id = o.account_id ORDER BY
                """)
            + BoundSQL(order.sql(descending: descending))
    }

    private func walk(descending: Bool) -> BoundSQL {
        var walk: BoundSQL
        if order == .organization {
            walk = BoundSQL(
                """
                SELECT r.id FROM organizations o JOIN repositories r ON r.organization_id = o.id
                WHERE o.account_id = ? AND
                """, bind(user.account))
        } else {
            walk = BoundSQL("SELECT r.id FROM repositories r WHERE r.account_id = ? AND", bind(user.account))
        }
        walk += filter
        if let organizations { walk += BoundSQL("AND r.organization_id") + organizations }
        if !user.isAdmin {
            walk += BoundSQL(
                """
                AND (r.organization_id IN (SELECT p.organization_id FROM organization_permissions p WHERE p.user_id = ?)
                    OR r.id IN (SELECT p.repository_id FROM repository_permissions p WHERE p.user_id = ?))
                """, bind(user.id, user.id))
        }
        return walk + BoundSQL("ORDER BY" + order.sql(descending: descending))
    }

    private var gathering: BoundSQL {
        let columns = BoundSQL("SELECT r.id AS id," + order.key + "AS sort_key")
        let gathered = branches.dropFirst().reduce(columns + branches[0]) { all, branch in
            all + BoundSQL("UNION ALL") + columns + branch
        }
        return BoundSQL("SELECT gathered.id FROM (") + gathered
            + BoundSQL(
                descending
                    ? ") gathered ORDER BY gathered.sort_key DESC, gathered.id DESC"
                    : ") gathered ORDER BY gathered.sort_key, gathered.id")
    }

    /// From FROM on, the parts of which the list is made: what the user may see because of a permission on the
    /// organization, and what besides because of one on the repository.
    private var branches: [BoundSQL] {
        var rest = BoundSQL("o.account_id = ? AND", bind(user.account)) + filter
        if let organizations { rest += BoundSQL("AND o.id") + organizations }
        guard !user.isAdmin else {
            return [BoundSQL("FROM organizations o JOIN repositories r ON r.organization_id = o.id WHERE") + rest]
        }
        return [
            BoundSQL(
                """
                FROM organization_permissions p JOIN organizations o ON o.id = p.organization_id
                JOIN repositories r ON r.organization_id = o.id WHERE p.user_id = ? AND
                """, bind(user.id)) + rest,
            BoundSQL(
                """
                FROM repository_permissions p JOIN repositories r ON r.id = p.repository_id
                JOIN organizations o ON o.id = r.organization_id
                WHERE NOT EXISTS (SELECT 1 FROM organization_permissions op
                    WHERE op.organization_id = r.organization_id AND op.user_id = p.user_id) AND p.user_id = ? AND
                """, bind(user.id)) + rest,
        ]
    }

    /// The end of a condition that a name contains a text. Engines differ in whether LIKE tells capital letters from
    /// small ones, so that a text which no name can contain is not handed to it.
    private static func condition(_ beginning: SQL, contains part: String) -> BoundSQL {
        guard isPartOfName(part) else { return BoundSQL("AND 1 = 0") }
        return BoundSQL(beginning + "? ESCAPE '!'", bind("%" + escaped(part) + "%"))
    }

    /// That `organization/name` contains a text: the name does, or the organization ends and the name begins with what is
    /// before and after the first slash, or for a text without one the organization does. Of repositories, only what
    /// indexes hold is looked at.
    private static func condition(fullName part: String, of account: AccountID) -> BoundSQL {
        guard isPartOfName(part) else { return BoundSQL("AND 1 = 0") }
        let ends = part.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map {
            escaped(String($0))
        }
        let (organization, name) = ends.count == 2 ? ("%" + ends[0], ends[1] + "%") : ("%" + ends[0] + "%", "%")
        return BoundSQL(
            """
            AND (r.local_name LIKE ? ESCAPE '!' OR r.local_name LIKE ? ESCAPE '!' AND r.organization_id IN (
                SELECT f.id FROM organizations f WHERE f.account_id = ? AND f.name LIKE ? ESCAPE '!'))
            """, bind("%" + escaped(part) + "%", name, account, organization))
    }

    private static func escaped(_ part: String) -> String { part.replacing("_", with: "!_") }

    private static func isPartOfName(_ part: String) -> Bool {
        part.utf8.count <= 255 && part.utf8.allSatisfy(isNameByte)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."),
            UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "/"):
            true
        default: false
        }
    }
}

/// A piece of a statement with the values of its placeholders, in their order.
struct BoundSQL {
    let sql: SQL
    let values: [SQLValue]

    init(_ sql: SQL, _ values: [SQLValue] = []) {
        self.sql = sql
        self.values = values
    }

    static func + (left: BoundSQL, right: BoundSQL) -> BoundSQL {
        BoundSQL(left.sql + right.sql, left.values + right.values)
    }

    static func += (left: inout BoundSQL, right: BoundSQL) { left = left + right }
}

extension RepositoryOrder {
    fileprivate var key: SQL {
        switch self {
        case .update: "r.updated_at"
        case .name: "r.local_name"
        case .organization: "o.name"
        case .tags: "r.tag_count"
        case .visibility: "r.is_public"
        case .size: "r.size"
        case .pulls: "r.pull_count"
        case .id: "r.id"
        }
    }

    /// Whether an index of the account has it. Sizes and pulls have none, which each push and pull would have to change;
    /// the lists that are in their order read every repository in them.
    var hasIndex: Bool { self != .size && self != .pulls }

    /// Every order ends with the id, so that it is the same each time.
    fileprivate func sql(descending: Bool) -> SQL { key + (descending ? "DESC, r.id DESC" : ", r.id") }
}
