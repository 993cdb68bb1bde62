import BerthOCI
import Foundation

/// A blob that is in a repository, and when somebody last relied on that.
package struct BlobLease: Sendable, Hashable {
    /// Bytes.
    package let size: Int64
    package let leasedAt: Date

    package init(size: Int64, leasedAt: Date) {
        self.size = size
        self.leasedAt = leasedAt
    }
}

/// A blob in a repository.
package struct BlobMembership: Sendable, Hashable {
    package let repository: RepositoryID
    package let digest: Digest

    package init(repository: RepositoryID, digest: Digest) {
        self.repository = repository
        self.digest = digest
    }
}

/// A blob whose bytes are known, whoever may have them.
package struct StoredBlob: Sendable, Hashable {
    package let digest: Digest
    /// Bytes.
    package let size: Int64
    /// Whether any repository holds it. One that none holds may have no file yet.
    package let isLinked: Bool

    package init(digest: Digest, size: Int64, isLinked: Bool) {
        self.digest = digest
        self.size = size
        self.isLinked = isLinked
    }
}
