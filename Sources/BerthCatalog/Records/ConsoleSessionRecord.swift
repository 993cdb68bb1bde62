import BerthAccess
import Foundation

/// Somebody who is signed in to the console, as it is stored.
package struct ConsoleSessionRecord: Sendable, Hashable {
    /// SHA-256 of what the browser holds, which is too random to be guessed from it.
    package let secretHash: [UInt8]
    package let user: UserID
    /// The version of the user's credentials that it holds for.
    package let credentialsVersion: Int64
    package let startedAt: Date
    /// When it was last used, to within a minute.
    package let usedAt: Date

    package init(secretHash: [UInt8], user: UserID, credentialsVersion: Int64, startedAt: Date, usedAt: Date) {
        self.secretHash = secretHash
        self.user = user
        self.credentialsVersion = credentialsVersion
        self.startedAt = startedAt
        self.usedAt = usedAt
    }
}
