import BerthAccess
import BerthOCI
import Foundation

/// An organization as it is stored, with the name of the account that owns it.
package struct OrganizationRecord: Sendable, Hashable {
    package let id: OrganizationID
    package let name: OrganizationName
    package let account: AccountID
    package let accountName: AccountName
    package let creator: Creator
    package let createdAt: Date

    package init(
        id: OrganizationID, name: OrganizationName, account: AccountID, accountName: AccountName, creator: Creator,
        createdAt: Date
    ) {
        self.id = id
        self.name = name
        self.account = account
        self.accountName = accountName
        self.creator = creator
        self.createdAt = createdAt
    }
}
