import BerthAccess
import BerthDatabase
import BerthOCI

extension CatalogReader {
    /// The account that a project is of.
    package func account(ofProject project: ProjectID) throws -> AccountID? {
        try database.first("SELECT account_id FROM projects WHERE id = ?", bind(project))?
            .accountID("projects", "account_id")
    }

    /// The project of an account.
    package func project(of account: AccountID) throws -> ProjectID? {
        try database.first("SELECT id FROM projects WHERE account_id = ?", bind(account))
            .map { ProjectID(rawValue: try $0.text("projects", "id")) }
    }

    /// The number of an account's organizations.
    package func organizationCount(of account: AccountID) throws -> Int {
        let row = try database.first(
            "SELECT COUNT(*) AS organization_count FROM organizations WHERE account_id = ?", bind(account))
        return Int(try row?.integer("organizations", "id", as: "organization_count") ?? 0)
    }

    /// Whether an account has let the service act for it.
    package func hasAgency(_ account: AccountID) throws -> Bool {
        try database.first("SELECT account_id FROM agencies WHERE account_id = ?", bind(account)) != nil
    }

    /// Whether any account stores something else than what was recorded on that day, or nothing was recorded.
    package func hasUnrecordedStorage(on day: Int) throws -> Bool {
        try database.first(
            """
            SELECT u.account_id FROM account_usage u WHERE NOT EXISTS (SELECT 1 FROM daily_usage d
                WHERE d.account_id = u.account_id AND d.day = ? AND d.stored_bytes = u.bytes)
            LIMIT 1
            """, bind(day)) != nil
    }

    /// What an account stored and sent on each of some days, oldest first.
    ///
    /// What was stored on a day without a record is what was stored before it; on the last day it is what is stored
    /// now, if that is today.
    ///
    /// - Parameter days: The last of them is today.
    package func dailyUsage(of account: AccountID, days: ClosedRange<Int>) throws -> [DailyUsage] {
        let earlier = try database.first(
            "SELECT stored_bytes FROM daily_usage WHERE account_id = ? AND day < ? ORDER BY day DESC LIMIT 1",
            bind(account, days.lowerBound))
        let rows = try database.rows(
            """
            SELECT day, stored_bytes, pulled_bytes, pulls FROM daily_usage
            WHERE account_id = ? AND day BETWEEN ? AND ? ORDER BY day
            """, bind(account, days.lowerBound, days.upperBound))
        var recorded: [Int64: SQLRow] = [:]
        for row in rows { recorded[try row.integer("daily_usage", "day")] = row }
        var stored = try earlier?.integer("daily_usage", "stored_bytes") ?? 0
        return try days.map { day in
            let row = recorded[Int64(day)]
            if let row { stored = try row.integer("daily_usage", "stored_bytes") }
            if day == days.upperBound { stored = try usage(of: account)?.bytes ?? stored }
            return DailyUsage(
                day: day, storedBytes: stored,
                pulledBytes: try row?.integer("daily_usage", "pulled_bytes") ?? 0,
                pulls: try row?.integer("daily_usage", "pulls") ?? 0)
        }
    }

    /// Whether an index of the repository lists a manifest.
    package func isChild(_ digest: Digest, in repository: RepositoryID) throws -> Bool {
        try database.first(
            "SELECT parent FROM manifest_children WHERE repository_id = ? AND child = ? LIMIT 1",
            bind(repository, digest)) != nil
    }
}
