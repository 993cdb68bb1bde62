import BerthDatabase
import Foundation

extension CatalogReader {
    /// The temporary login of that name, also one that has ended.
    package func temporaryLogin(_ name: String) throws -> TemporaryLoginRecord? {
        try database.first(
            """
            SELECT name, user_id, credentials_version, password_hash, created_at, expires_at FROM temporary_logins
            WHERE name = ?
            """, bind(name)
        ).map { row in
            TemporaryLoginRecord(
                name: try row.text("temporary_logins", "name"),
                user: try row.userID("temporary_logins", "user_id"),
                credentialsVersion: try row.integer("temporary_logins", "credentials_version"),
                passwordHash: try row.bytes("temporary_logins", "password_hash"),
                createdAt: try row.date("temporary_logins", "created_at"),
                expiresAt: try row.date("temporary_logins", "expires_at"))
        }
    }
}
