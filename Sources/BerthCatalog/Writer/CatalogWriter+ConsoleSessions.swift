import BerthDatabase
import Foundation

extension CatalogWriter {
    /// Keeps a session, and removes those that were started before `oldest` or not used since `idle`.
    ///
    /// - Throws: ``CatalogError/missing(_:)`` of the user.
    package func insertConsoleSession(
        _ session: ConsoleSessionRecord, removingStartedBefore oldest: Date, unusedSince idle: Date
    ) throws {
        try database.execute(
            "DELETE FROM console_sessions WHERE started_at < ? OR used_at < ?", bind(oldest, idle))
        try insert(
            .user, under: .user,
            """
            INSERT INTO console_sessions (secret_hash, user_id, credentials_version, started_at, used_at)
            VALUES (?, ?, ?, ?, ?)
            """,
            bind(session.secretHash, session.user, session.credentialsVersion, session.startedAt, session.usedAt))
    }

    /// Notes that a session is in use.
    package func touchConsoleSession(_ secretHash: [UInt8], now: Date) throws {
        try database.execute("UPDATE console_sessions SET used_at = ? WHERE secret_hash = ?", bind(now, secretHash))
    }

    package func removeConsoleSession(_ secretHash: [UInt8]) throws -> Bool {
        try delete("DELETE FROM console_sessions WHERE secret_hash = ?", bind(secretHash))
    }
}
