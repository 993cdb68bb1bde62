import BerthAccess
import BerthOCI
import Foundation

/// A repository as it is stored, with what is needed of the account that owns its organization.
package struct RepositoryRecord: Sendable, Hashable {
    package let id: RepositoryID
    package let name: RepositoryName
    package let organization: OrganizationID
    package let owner: AccountID
    package let ownerName: AccountName
    package let ownerHomeRegion: Region
    package let isPublic: Bool
    /// Whether it has ever held a manifest. Until then it is in no list.
    package let isPublished: Bool
    package let description: String
    package let category: String
    /// Who made it or pushed to it first.
    package let creator: Creator
    package let tagCount: Int
    /// Bytes of its manifests and of the blobs that they refer to, each digest once.
    package let size: Int64
    /// How many times a manifest was pulled from it.
    package let pullCount: Int64
    package let createdAt: Date
    package let updatedAt: Date

    package init(
        id: RepositoryID, name: RepositoryName, organization: OrganizationID, owner: AccountID, ownerName: AccountName,
        ownerHomeRegion: Region, isPublic: Bool, isPublished: Bool, description: String, category: String,
        creator: Creator, tagCount: Int, size: Int64, pullCount: Int64, createdAt: Date, updatedAt: Date
    ) {
        self.id = id
        self.name = name
        self.organization = organization
        self.owner = owner
        self.ownerName = ownerName
        self.ownerHomeRegion = ownerHomeRegion
        self.isPublic = isPublic
        self.isPublished = isPublished
        self.description = description
        self.category = category
        self.creator = creator
        self.tagCount = tagCount
        self.size = size
        self.pullCount = pullCount
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }

    /// The repository as ``Access`` sees it.
    package var access: Access.Repository {
        Access.Repository(owner: owner, ownerHomeRegion: ownerHomeRegion, isPublic: isPublic)
    }
}

/// How much a repository holds.
package struct RepositoryContents: Sendable, Hashable {
    package let tags: Int
    /// Bytes of its manifests and of the blobs that they refer to, each digest once.
    package let size: Int64

    package init(tags: Int, size: Int64) {
        self.tags = tags
        self.size = size
    }
}
