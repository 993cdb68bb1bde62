import BerthAccess
import BerthDatabase
import Foundation

extension CatalogWriter {
    /// How many days of usage are kept before the present one.
    private static let keptDays = 366

    /// Adds pulls to repositories and to the days of accounts, and sent bytes to those; notes when manifests were last
    /// pulled. What has been removed meanwhile is passed over.
    package func record(_ traffic: Traffic) throws {
        for (key, pulls) in traffic.pulls {
            try database.execute(
                "UPDATE repositories SET pull_count = pull_count + ? WHERE id = ?", bind(pulls.count, key.repository))
            try database.execute(
                """
                UPDATE manifests SET pulled_at = ?
                WHERE repository_id = ? AND digest = ? AND (pulled_at IS NULL OR pulled_at < ?)
                """, bind(pulls.last, key.repository, key.manifest, pulls.last))
            try database.execute(
                """
                INSERT INTO daily_usage (account_id, day, stored_bytes, pulled_bytes, pulls)
                SELECT u.account_id, CAST(? AS BIGINT), u.bytes, 0, CAST(? AS BIGINT)
                FROM repositories r JOIN account_usage u ON u.account_id = r.account_id WHERE r.id = ?
                ON CONFLICT (account_id, day) DO UPDATE SET pulls = daily_usage.pulls + excluded.pulls
                """, bind(key.day, pulls.count, key.repository))
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
