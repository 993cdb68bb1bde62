import BerthAccess
import Foundation

/// A user as it is stored, with what is needed of its account.
package struct UserRecord: Sendable, Hashable {
    package let id: UserID
    package let name: UserName
    package let account: AccountID
    package let accountName: AccountName
    /// The home region of the account.
    package let homeRegion: Region
    package let isAdmin: Bool
    package let isDisabled: Bool
    /// `nil` when the user has no password and cannot sign in with one.
    package let passwordHash: String?
    /// Grows whenever the password changes and the user is disabled or enabled; a token made for a smaller one is void.
    package let credentialsVersion: Int64
    package let createdAt: Date

    package init(
        id: UserID, name: UserName, account: AccountID, accountName: AccountName, homeRegion: Region, isAdmin: Bool,
        isDisabled: Bool, passwordHash: String?, credentialsVersion: Int64, createdAt: Date
    ) {
        self.id = id
        self.name = name
        self.account = account
        self.accountName = accountName
        self.homeRegion = homeRegion
        self.isAdmin = isAdmin
        self.isDisabled = isDisabled
        self.passwordHash = passwordHash
        self.credentialsVersion = credentialsVersion
        self.createdAt = createdAt
    }

    /// `account/user`.
    package var qualifiedName: QualifiedUserName { QualifiedUserName(account: accountName, user: name) }

    /// The user as ``Access`` sees it. Whether the user is disabled is for the caller to check.
    package var principal: Principal.User {
        Principal.User(id: id, account: account, homeRegion: homeRegion, isAdmin: isAdmin)
    }
}
