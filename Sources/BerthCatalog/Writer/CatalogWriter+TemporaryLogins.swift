import BerthDatabase
import Foundation

extension CatalogWriter {
    /// Keeps a temporary login, and removes all that have ended and the oldest of its user beyond `limit`.
    ///
    /// - Throws: ``CatalogError/missing(_:)`` of the user.
    package func insertTemporaryLogin(_ login: TemporaryLoginRecord, keeping limit: Int) throws {
        try database.execute("DELETE FROM temporary_logins WHERE expires_at <= ?", bind(login.createdAt))
        try insert(
            .user, under: .user,
            """
            INSERT INTO temporary_logins
                (name, user_id, credentials_version, password_hash, created_at, expires_at)
            VALUES (?, ?, ?, ?, ?, ?)
            """,
            bind(
                login.name, login.user, login.credentialsVersion, login.passwordHash, login.createdAt, login.expiresAt))
        try database.execute(
            """
            DELETE FROM temporary_logins WHERE user_id = ? AND name NOT IN (SELECT name FROM temporary_logins
                WHERE user_id = ? ORDER BY created_at DESC, name DESC LIMIT ?)
            """, bind(login.user, login.user, Limit(limit)))
    }
}
