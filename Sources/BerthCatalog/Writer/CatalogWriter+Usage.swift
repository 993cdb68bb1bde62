import BerthAccess
import BerthDatabase
import Foundation

extension CatalogWriter {
    /// How many days of usage are kept before the present one.
    private static let keptDays = 366

    /// Adds pulls to repositories and sent bytes to the days of accounts. What has been removed meanwhile is passed
    /// over.
    package func record(_ traffic: Traffic) throws {
        for (repository, pulls) in traffic.pulls {
            try database.execute(
                "UPDATE repositories SET pull_count = pull_count + ? WHERE id = ?", bind(pulls, repository))
        }
        for (key, bytes) in traffic.bytes {
            try database.execute(
                """
                INSERT INTO daily_usage (account_id, day, stored_bytes, pulled_bytes)
                SELECT u.account_id, CAST(? AS BIGINT), u.bytes, CAST(? AS BIGINT) FROM account_usage u
                WHERE u.account_id = ?
                ON CONFLICT (account_id, day) DO UPDATE SET
                    pulled_bytes = daily_usage.pulled_bytes + excluded.pulled_bytes
                """, bind(key.day, bytes, key.account))
        }
    }

    /// Writes what every account stores now as what it stored on a day, and forgets days long past.
    package func recordStorage(on day: Int) throws {
        try database.execute(
            """
            INSERT INTO daily_usage (account_id, day, stored_bytes, pulled_bytes)
            SELECT u.account_id, CAST(? AS BIGINT), u.bytes, 0 FROM account_usage u WHERE 1 = 1
            ON CONFLICT (account_id, day) DO UPDATE SET stored_bytes = excluded.stored_bytes
            WHERE daily_usage.stored_bytes <> excluded.stored_bytes
            """, bind(day))
        try database.execute("DELETE FROM daily_usage WHERE day < ?", bind(day - Self.keptDays))
    }

    /// Notes that an account has let the service act for it.
    ///
    /// - Returns: Whether it had not done so before.
    package func insertAgency(of account: AccountID, now: Date) throws -> Bool {
        try database.execute(
            "INSERT INTO agencies (account_id, created_at) VALUES (?, ?) ON CONFLICT (account_id) DO NOTHING",
            bind(account, now)) > 0
    }
}
