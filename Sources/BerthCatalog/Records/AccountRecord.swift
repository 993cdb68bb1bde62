import BerthAccess
import Foundation

/// An account as it is stored.
package struct AccountRecord: Sendable, Hashable {
    package let id: AccountID
    package let name: AccountName
    package let homeRegion: Region
    package let createdAt: Date

    package init(id: AccountID, name: AccountName, homeRegion: Region, createdAt: Date) {
        self.id = id
        self.name = name
        self.homeRegion = homeRegion
        self.createdAt = createdAt
    }
}
