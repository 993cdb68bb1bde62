import BerthAccess
import BerthDatabase
import BerthOCI
import Foundation

extension CatalogReader {
    /// The shares of a repository, effective or not, by the receiver's name.
    package func shares(of repository: RepositoryID) throws -> [ShareRecord] {
        try database.rows(
            ShareRecord.selection + "WHERE s.repository_id = ? ORDER BY receiver_name", bind(repository)
        ).map(ShareRecord.init)
    }

    /// The shares of a repository that were made last, effective or not, the newest first, those of one instant by the
    /// receiver's name backwards.
    package func newestShares(of repository: RepositoryID, limit: Int) throws -> [ShareRecord] {
        try database.rows(
            ShareRecord.selection + "WHERE s.repository_id = ? ORDER BY s.created_at DESC, receiver_name DESC LIMIT ?",
            bind(repository, Limit(limit))
        ).map(ShareRecord.init)
    }

    /// The share of a repository with an account, effective or not.
    package func share(of repository: RepositoryID, with receiver: AccountID) throws -> ShareRecord? {
        try database.first(
            ShareRecord.selection + "WHERE s.repository_id = ? AND s.account_id = ?", bind(repository, receiver)
        ).map(ShareRecord.init)
    }

    /// The shares of a repository that grant their receivers pull now, by the receiver's name.
    ///
    /// None when the region or the time is not known.
    package func effectiveShares(of repository: RepositoryID, region: Region?, now: Date?) throws -> [ShareRecord] {
        guard let region, let now else { return [] }
        return try database.rows(
            ShareRecord.selection + Self.effective + "ORDER BY receiver_name",
            bind(repository) + EffectiveShare.values(region: region, now: now)
        ).map(ShareRecord.init)
    }

    /// The number of ``effectiveShares(of:region:now:)``.
    package func effectiveShareCount(of repository: RepositoryID, region: Region?, now: Date?) throws -> Int {
        guard let region, let now else { return 0 }
        let row = try database.first(
            "SELECT COUNT(*) AS share_count" + ShareRecord.tables + Self.effective,
            bind(repository) + EffectiveShare.values(region: region, now: now))
        return Int(try row?.integer("shares", "account_id", as: "share_count") ?? 0)
    }

    private static let effective: SQL = "WHERE s.repository_id = ? AND" + EffectiveShare.condition

    /// The tags of every repository that is effectively shared with an account, each repository's by name.
    ///
    /// None when the region or the time is not known.
    package func tagsReceived(by receiver: AccountID, region: Region?, now: Date?) throws -> [RepositoryID: [TagRecord]]
    {
        guard let region, let now else { return [:] }
        let rows = try database.rows(
            "SELECT t.repository_id, t.name, t.digest, t.updated_at" + ShareRecord.tables
                + "JOIN tags t ON t.repository_id = r.id WHERE s.account_id = ? AND" + EffectiveShare.condition
                + "ORDER BY t.repository_id, t.name",
            bind(receiver) + EffectiveShare.values(region: region, now: now))
        var tags: [RepositoryID: [TagRecord]] = [:]
        for row in rows {
            let repository = RepositoryID(rawValue: try row.integer("tags", "repository_id"))
            tags[repository, default: []].append(try TagRecord(row))
        }
        return tags
    }

    /// The shares that an account was given, also those that are not effective any more, by the repository's name.
    package func sharesReceived(by receiver: AccountID) throws -> [ReceivedShare] {
        try database.rows(
            "SELECT" + ShareRecord.columns + ", o.account_id AS owner, a.name AS owner_name,"
                + "a.home_region AS owner_home_region, r.is_public, r.tag_count, r.size" + ShareRecord.tables
                + "WHERE s.account_id = ? ORDER BY repository_name",
            bind(receiver)
        ).map(ReceivedShare.init)
    }
}

/// That the share `s` grants its receiver pull now, as a condition on ``ShareRecord/tables``.
enum EffectiveShare {
    static let condition: SQL = """
        r.is_public = 0 AND o.account_id <> s.account_id AND a.home_region = ? AND receiver.home_region = ?
            AND (s.deadline IS NULL OR s.deadline > ?)
        """

    /// The values of the condition's placeholders, in order.
    static func values(region: Region, now: Date) -> [SQLValue] { bind(region, region, Present(now)) }
}

extension ShareRecord {
    /// The columns of the share `s`, its repository `r` and the account `receiver`.
    fileprivate static let columns: SQL = """
        s.repository_id, r.name AS repository_name, s.account_id AS receiver, receiver.name AS receiver_name,
        receiver.home_region AS receiver_home_region, s.deadline, s.description, s.creator_id, s.created_by,
        s.created_at, s.updated_at
        """

    static let tables: SQL = """
        FROM shares s
        JOIN accounts receiver ON receiver.id = s.account_id
        JOIN repositories r ON r.id = s.repository_id
        JOIN organizations o ON o.id = r.organization_id
        JOIN accounts a ON a.id = o.account_id
        """

    fileprivate static let selection: SQL = "SELECT" + columns + tables

    fileprivate init(_ row: SQLRow) throws {
        self.init(
            repository: RepositoryID(rawValue: try row.integer("shares", "repository_id")),
            repositoryName: try row.repositoryName(as: "repository_name"),
            receiver: try row.accountID("shares", "account_id", as: "receiver"),
            receiverName: try row.accountName(as: "receiver_name"),
            receiverHomeRegion: try row.region("accounts", "home_region", as: "receiver_home_region"),
            deadline: try row.deadline(),
            description: try row.text("shares", "description"),
            creator: try row.creator("shares"),
            createdAt: try row.date("shares", "created_at"),
            updatedAt: try row.date("shares", "updated_at"))
    }
}

extension ReceivedShare {
    fileprivate init(_ row: SQLRow) throws {
        self.init(
            share: try ShareRecord(row),
            owner: try row.accountID("organizations", "account_id", as: "owner"),
            ownerName: try row.accountName(as: "owner_name"),
            ownerHomeRegion: try row.region("accounts", "home_region", as: "owner_home_region"),
            isPublic: try row.flag("repositories", "is_public"),
            tags: Int(try row.integer("repositories", "tag_count")),
            size: try row.integer("repositories", "size"))
    }
}
