import BerthAccess
import BerthOCI
import Foundation

/// An upload that has begun, bound to its repository and to the user who began it.
package struct UploadRecord: Sendable, Hashable {
    package let id: String
    package let repository: RepositoryID
    package let creator: UserID
    package let algorithm: Digest.Algorithm
    package let startedAt: Date

    package init(id: String, repository: RepositoryID, creator: UserID, algorithm: Digest.Algorithm, startedAt: Date) {
        self.id = id
        self.repository = repository
        self.creator = creator
        self.algorithm = algorithm
        self.startedAt = startedAt
    }
}
