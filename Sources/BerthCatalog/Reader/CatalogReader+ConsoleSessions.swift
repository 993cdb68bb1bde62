import BerthDatabase
import Foundation

extension CatalogReader {
    /// The session whose secret has that hash, also one that has ended by its age.
    package func consoleSession(_ secretHash: [UInt8]) throws -> ConsoleSessionRecord? {
        try database.first(
            """
            SELECT secret_hash, user_id, credentials_version, started_at, used_at FROM console_sessions
            WHERE secret_hash = ?
            """, bind(secretHash)
        ).map { row in
            ConsoleSessionRecord(
                secretHash: try row.bytes("console_sessions", "secret_hash"),
                user: try row.userID("console_sessions", "user_id"),
                credentialsVersion: try row.integer("console_sessions", "credentials_version"),
                startedAt: try row.date("console_sessions", "started_at"),
                usedAt: try row.date("console_sessions", "used_at"))
        }
    }
}
