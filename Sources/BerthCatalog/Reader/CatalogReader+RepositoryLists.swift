import BerthAccess
import BerthDatabase
import BerthOCI
import Foundation

/// Lists of what an account owns, each filtered by what a user of it may see.
extension CatalogReader {
    /// A page of the published repositories of a user's account that it has a permission on, and how many there are.
    ///
    /// Costs what the page shows, not what the account owns; see ``RepositoryListing``.
    package func repositories(
        visibleTo user: Principal.User, matching filter: RepositoryFilter, order: RepositoryOrder, descending: Bool,
        offset: Int, limit: Int
    ) throws -> (page: [RepositoryRecord], total: Int) {
        let total = try repositoryCount(visibleTo: user, matching: filter)
        let page = try repositories(
            in: RepositoryListing(visibleTo: user, matching: filter, order: order, descending: descending),
            of: user.account, total: total, offset: offset, limit: limit)
        return (page, total)
    }

    /// The same repositories in the order of their ids, beginning after `last`; costs what it shows.
    package func repositories(
        visibleTo user: Principal.User, matching filter: RepositoryFilter, after last: RepositoryID?, limit: Int
    ) throws -> [RepositoryRecord] {
        try repositories(
            in: RepositoryListing(visibleTo: user, matching: filter, order: .id, descending: false, after: last),
            of: user.account, total: try repositoryCount(visibleTo: user, matching: filter), offset: 0, limit: limit)
    }

    /// How many there are in all. Without a filter an admin user's is a number that is kept.
    package func repositoryCount(visibleTo user: Principal.User, matching filter: RepositoryFilter) throws -> Int {
        if user.isAdmin, filter == RepositoryFilter() {
            return try usage(of: user.account)?.repositories ?? 0
        }
        let count = RepositoryListing(visibleTo: user, matching: filter).count
        let row = try database.rows(count.sql, count.values, keepsStatement: false).first
        return Int(try row?.integer("repositories", "id", as: "repository_count") ?? 0)
    }

    /// - Parameter total: How many there are in the whole list, of which `listing` may be the rest after some place where
    ///   `offset` is 0.
    private func repositories(
        in listing: RepositoryListing, of account: AccountID, total: Int, offset: Int, limit: Int
    ) throws -> [RepositoryRecord] {
        let count = min(limit, total - offset)
        guard count > 0 else { return [] }
        let rest = total - offset - count
        let isNearEnd = rest < offset
        let passed = min(offset, rest)
        let all = try usage(of: account)?.repositories ?? 0
        let isWalked =
            listing.order.hasIndex && RepositoryListing.isWalked(visible: total, of: all, end: passed + count)
        let page = listing.page(by: !isWalked ? .gathering : isNearEnd ? .walkingBack : .walking)
        let values = page.values + bind(Limit(count), Limit(isWalked ? passed : offset))
        return try database.rows(page.sql, values, keepsStatement: false).map { try RepositoryRecord($0) }
    }

    /// The tags of a repository that were set last, the newest first.
    package func newestTags(in repository: RepositoryID, limit: Int) throws -> [TagName] {
        try newestTags(in: [repository], limit: limit)[repository] ?? []
    }

    /// The tags of repositories that were set last, the newest first, at most `limit` of each.
    package func newestTags(
        in repositories: [RepositoryID], limit: Int
    ) throws -> [RepositoryID: [TagName]] {
        var tags: [RepositoryID: [TagName]] = [:]
        for start in stride(from: 0, to: repositories.count, by: Self.repositoriesAtOnce) {
            let some = repositories[start...].prefix(Self.repositoriesAtOnce).map(\.sqlValue)
            let rest = [SQLValue](repeating: .null, count: Self.repositoriesAtOnce - some.count)
            for row in try database.rows(Self.newestTags, bind(Limit(limit)) + some + rest) {
                let repository = RepositoryID(rawValue: try row.integer("tags", "repository_id"))
                tags[repository, default: []].append(try row.tag("tags", "name"))
            }
        }
        return tags
    }

    private static let repositoriesAtOnce = 100

    private static let newestTags: SQL =
        """
        SELECT t.repository_id, t.name FROM repositories r
        JOIN tags t ON t.id IN (SELECT newest.id FROM tags newest WHERE newest.repository_id = r.id
            ORDER BY newest.updated_at DESC, newest.name DESC LIMIT ?)
        WHERE r.id IN (
        """
        + [SQL](repeating: ", ?", count: repositoriesAtOnce - 1).reduce("?", +)
        + ") ORDER BY t.repository_id, t.updated_at DESC, t.name DESC"

    /// How many accounts each repository is effectively shared with; only those that are shared are in it.
    package func effectiveShareCounts(
        ofRepositoriesOf account: AccountID?, region: Region, now: Date
    ) throws -> [RepositoryID: Int] {
        let rows = try database.rows(
            """
            SELECT s.repository_id, COUNT(*) AS share_count FROM shares s
            JOIN accounts receiver ON receiver.id = s.account_id
            JOIN repositories r ON r.id = s.repository_id
            JOIN accounts a ON a.id = r.account_id
            WHERE r.is_public = 0 AND r.account_id <> s.account_id AND a.home_region = ?
                AND receiver.home_region = ? AND (s.deadline IS NULL OR s.deadline > ?)
                AND r.account_id = COALESCE(?, r.account_id)
            GROUP BY s.repository_id
            """, bind(region, region, Present(now), account))
        return try rows.reduce(into: [:]) { counts, row in
            counts[RepositoryID(rawValue: try row.integer("shares", "repository_id"))] =
                Int(try row.integer("shares", "account_id", as: "share_count"))
        }
    }
}
