import BerthAccess
import Foundation

/// A login that ends by itself, as it is stored.
package struct TemporaryLoginRecord: Sendable, Hashable {
    /// What a client gives as its user name, with a mark that tells logins of the same name apart.
    package let name: String
    package let user: UserID
    /// The version of the user's credentials that it holds for.
    package let credentialsVersion: Int64
    /// SHA-256 of the password, which is too random to be guessed from it.
    package let passwordHash: [UInt8]
    package let createdAt: Date
    package let expiresAt: Date

    package init(
        name: String, user: UserID, credentialsVersion: Int64, passwordHash: [UInt8], createdAt: Date, expiresAt: Date
    ) {
        self.name = name
        self.user = user
        self.credentialsVersion = credentialsVersion
        self.passwordHash = passwordHash
        self.createdAt = createdAt
        self.expiresAt = expiresAt
    }
}
