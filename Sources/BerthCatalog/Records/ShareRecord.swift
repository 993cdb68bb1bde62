import BerthAccess
import BerthOCI
import Foundation

/// A share as it is stored, effective or not.
package struct ShareRecord: Sendable, Hashable {
    package let repository: RepositoryID
    package let repositoryName: RepositoryName
    package let receiver: AccountID
    package let receiverName: AccountName
    package let receiverHomeRegion: Region
    package let deadline: Deadline
    package let description: String
    package let creator: Creator
    package let createdAt: Date
    package let updatedAt: Date

    package init(
        repository: RepositoryID, repositoryName: RepositoryName, receiver: AccountID, receiverName: AccountName,
        receiverHomeRegion: Region, deadline: Deadline, description: String, creator: Creator, createdAt: Date,
        updatedAt: Date
    ) {
        self.repository = repository
        self.repositoryName = repositoryName
        self.receiver = receiver
        self.receiverName = receiverName
        self.receiverHomeRegion = receiverHomeRegion
        self.deadline = deadline
        self.description = description
        self.creator = creator
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }

    /// The share as ``Access`` sees it.
    package var access: Access.Share { Access.Share(receiver: receiver, deadline: deadline) }
}

/// A share as its receiver sees it, with what it gives.
package struct ReceivedShare: Sendable, Hashable {
    package let share: ShareRecord
    package let owner: AccountID
    package let ownerName: AccountName
    package let ownerHomeRegion: Region
    package let isPublic: Bool
    /// The number of tags in the repository.
    package let tags: Int
    /// Bytes, as in ``RepositoryRecord/size``.
    package let size: Int64

    package init(
        share: ShareRecord, owner: AccountID, ownerName: AccountName, ownerHomeRegion: Region, isPublic: Bool,
        tags: Int, size: Int64
    ) {
        self.share = share
        self.owner = owner
        self.ownerName = ownerName
        self.ownerHomeRegion = ownerHomeRegion
        self.isPublic = isPublic
        self.tags = tags
        self.size = size
    }
}
