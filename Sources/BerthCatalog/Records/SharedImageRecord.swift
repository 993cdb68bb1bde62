import BerthAccess
import BerthOCI
import Foundation

/// A repository that is shared, once, with however many accounts.
package struct SharedImageRecord: Sendable, Hashable {
    package let repository: RepositoryRecord
    /// The share that the list is about; `nil` in the list of the account that owns the repository.
    package let received: Received?

    package init(repository: RepositoryRecord, received: Received?) {
        self.repository = repository
        self.received = received
    }

    /// What a receiver's share says.
    package struct Received: Sendable, Hashable {
        /// Whether it grants pull now.
        package let isEffective: Bool
        package let createdAt: Date
        package let updatedAt: Date

        package init(isEffective: Bool, createdAt: Date, updatedAt: Date) {
            self.isEffective = isEffective
            self.createdAt = createdAt
            self.updatedAt = updatedAt
        }
    }
}

/// Which shared repositories a list has, and in which order.
package struct SharedImageSelection: Sendable, Hashable {
    /// Whose list it is.
    package enum Side: Sendable, Hashable {
        /// What an account shares with others, effectively or not; with a user, only what that user was given manage on.
        case given(by: AccountID, managedBy: UserID?)
        /// What an account was given by others, effectively or not.
        case received(by: AccountID)
    }

    /// Repositories that are alike in a column are in the order of their ids.
    ///
    /// What a share that is not effective hides counts as 0 tags, bytes and pulls, last changed when the share was.
    package enum Column: Sendable, Hashable, CaseIterable {
        case id, name, organization, owner, tags, updatedAt, size, pulls
    }

    package var side: Side
    /// Only repositories of the organization of this name.
    package var organization: String?
    /// Only repositories with this text in their name, the organization's not counted.
    package var name: String?
    /// Only repositories with this text, in capital letters or small ones, in `organization/name`.
    package var fullName: String?
    /// Only repositories of the account of this name.
    package var owner: String?
    /// Only shares that are effective, or only those that are not; counts on the receiving side.
    package var isEffective: Bool?
    /// Only repositories with a share that is effective; counts on the owner's side.
    package var hasEffectiveShare = false
    package var column: Column
    package var isDescending: Bool

    package init(
        _ side: Side, organization: String? = nil, name: String? = nil, owner: String? = nil,
        isEffective: Bool? = nil, by column: Column, isDescending: Bool = false
    ) {
        self.side = side
        self.organization = organization
        self.name = name
        self.owner = owner
        self.isEffective = isEffective
        self.column = column
        self.isDescending = isDescending
    }
}
