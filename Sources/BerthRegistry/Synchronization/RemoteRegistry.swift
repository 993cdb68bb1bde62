import BerthAccess
import BerthBlobs
import BerthOCI

/// The registries of the other regions, by region.
package protocol RemoteRegistries: Sendable {
    /// The registry of a region; `nil` for a region that is not known.
    func registry(of region: Region) -> (any RemoteRegistry)?
}

/// The registry of another region, as one who copies to it sees it. Nothing that it answers is trusted.
///
/// All functions throw ``RemoteFailure`` and `CancellationError`, and take a bounded time.
package protocol RemoteRegistry: Sendable {
    /// What a tag names there.
    func manifest(taggedAs tag: TagName, in repository: RepositoryName) async throws -> RemoteManifest
    /// Whether a manifest is there.
    func hasManifest(_ digest: Digest, in repository: RepositoryName) async throws -> Bool
    /// Whether a blob is there.
    func hasBlob(_ digest: Digest, in repository: RepositoryName) async throws -> Bool
    /// Sends a blob, or has it taken from another repository there.
    ///
    /// - Parameters:
    ///   - source: Where it may be there already; it is sent when it is not.
    ///   - content: Opens the blob; called again when it must be sent again.
    func push(
        _ blob: Descriptor, to repository: RepositoryName, mountingFrom source: RepositoryName?,
        content: @Sendable () async throws -> BlobContent
    ) async throws
    /// Sends the exact bytes of a manifest, to be found by its digest and, where there is one, by a tag.
    func push(_ manifest: OutgoingManifest, tag: TagName?, to repository: RepositoryName) async throws
}

/// What a tag names in another region.
package enum RemoteManifest: Sendable, Hashable {
    /// There is no such tag.
    case absent
    /// The digest is `nil` when the registry does not tell.
    case present(Digest?)
}

/// A manifest that is sent to another region.
package struct OutgoingManifest: Sendable, Hashable {
    package let digest: Digest
    package let mediaType: MediaType
    package let bytes: [UInt8]

    package init(digest: Digest, mediaType: MediaType, bytes: [UInt8]) {
        self.digest = digest
        self.mediaType = mediaType
        self.bytes = bytes
    }
}

/// Why another region did not do what it was asked.
package struct RemoteFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// One sentence for who asked for the copy, which does not say where the region is.
    package let reason: String
    /// One sentence for the log, without secrets.
    package let cause: String
    /// Whether trying again is of no use.
    package let isFinal: Bool

    package init(_ reason: String, cause: String, isFinal: Bool) {
        self.reason = reason
        self.cause = cause
        self.isFinal = isFinal
    }

    package var description: String { "\(reason) (\(cause))" }
}
