import BerthAccess
import BerthOCI
import Foundation

/// What an account uses: the sums over its own repositories. What is shared with it does not count.
package struct AccountUsage: Sendable, Hashable {
    /// Published ones.
    package let repositories: Int
    package let tags: Int
    /// Bytes of manifests and of the blobs that they refer to, each digest once a repository.
    package let bytes: Int64

    package static let none = AccountUsage(repositories: 0, tags: 0, bytes: 0)

    package init(repositories: Int, tags: Int, bytes: Int64) {
        self.repositories = repositories
        self.tags = tags
        self.bytes = bytes
    }
}

/// The size of an image: of an index, the sum over all the images in it.
package enum ImageSize {
    /// The largest that is kept, in bytes; more is this much. An index may list indexes, so that few bytes can
    /// describe a sum without bounds.
    package static let maximum: Int64 = 1 << 53 - 1

    /// The sum of two sizes, at most the maximum.
    static func sum(_ left: Int64, _ right: Int64) -> Int64 {
        let (sum, overflows) = left.addingReportingOverflow(right)
        return overflows ? maximum : min(sum, maximum)
    }
}

/// The counters of a repository beside what they should be.
package struct RepositoryRecount: Sendable, Hashable {
    /// The size that the edge from a manifest to a blob should have, in bytes.
    struct Edge: Sendable, Hashable {
        let manifest: Digest
        let blob: Digest
        let size: Int64
    }

    package let name: RepositoryName
    package let recorded: RepositoryContents
    package let counted: RepositoryContents
    let wrongEdges: [Edge]
    /// What image sizes should be, of manifests that have another.
    let wrongImageSizes: [Digest: Int64]

    /// Whether all counters are right.
    package var isExact: Bool { recorded == counted && wrongEdges.isEmpty && wrongImageSizes.isEmpty }
}

/// What an account stored and sent on one day.
package struct DailyUsage: Sendable, Hashable {
    /// Days since 1970, in UTC.
    package let day: Int
    /// Bytes at the end of the day, or now.
    package let storedBytes: Int64
    /// Bytes of blobs that were sent to whoever pulled.
    package let pulledBytes: Int64
    /// How many times something was pulled from its repositories.
    package let pulls: Int64

    package init(day: Int, storedBytes: Int64, pulledBytes: Int64, pulls: Int64) {
        self.day = day
        self.storedBytes = storedBytes
        self.pulledBytes = pulledBytes
        self.pulls = pulls
    }
}

/// Pulls and sent bytes that are yet to be recorded.
package struct Traffic: Sendable, Hashable {
    /// One day, in days since 1970 in UTC, of one account.
    package struct AccountDay: Sendable, Hashable {
        package let account: AccountID
        package let day: Int

        package init(account: AccountID, day: Int) {
            self.account = account
            self.day = day
        }
    }

    /// A manifest as it was pulled on one day, in days since 1970 in UTC.
    package struct ManifestDay: Sendable, Hashable {
        package let repository: RepositoryID
        package let manifest: Digest
        package let day: Int

        package init(repository: RepositoryID, manifest: Digest, day: Int) {
            self.repository = repository
            self.manifest = manifest
            self.day = day
        }
    }

    /// How many times it was pulled, and when for the last time.
    package struct Pulls: Sendable, Hashable {
        package var count: Int64
        package var last: Date

        package init(count: Int64, last: Date) {
            self.count = count
            self.last = last
        }
    }

    package var pulls: [ManifestDay: Pulls] = [:]
    /// Bytes that were sent of the blobs that an account owns.
    package var bytes: [AccountDay: Int64] = [:]

    package var isEmpty: Bool { pulls.isEmpty && bytes.isEmpty }

    package init() {}
}

/// An organization that has another number of published repositories than is recorded.
package struct OrganizationRecount: Sendable, Hashable {
    package let organization: OrganizationID
    package let name: OrganizationName
    package let recorded: Int
    package let counted: Int
}
