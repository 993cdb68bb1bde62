import BerthOCI
import Foundation

/// A manifest of a repository, with its exact bytes.
package struct ManifestRecord: Sendable, Hashable {
    package let digest: Digest
    /// What it is served as.
    package let mediaType: MediaType
    /// What it is listed as among the referrers of its subject.
    package let artifactType: MediaType?
    /// Bytes.
    package let size: Int64
    package let subject: Digest?
    package let annotations: [String: String]
    package let pushedAt: Date
    /// Who pushed it last, in words; the user may be gone since.
    package let pushedBy: String
    package let bytes: [UInt8]

    package init(
        digest: Digest, mediaType: MediaType, artifactType: MediaType?, size: Int64, subject: Digest?,
        annotations: [String: String], pushedAt: Date, pushedBy: String, bytes: [UInt8]
    ) {
        self.digest = digest
        self.mediaType = mediaType
        self.artifactType = artifactType
        self.size = size
        self.subject = subject
        self.annotations = annotations
        self.pushedAt = pushedAt
        self.pushedBy = pushedBy
        self.bytes = bytes
    }
}

/// A tag of a repository and the manifest that it names, which is always there.
package struct TagRecord: Sendable, Hashable {
    package let name: TagName
    package let digest: Digest
    package let updatedAt: Date

    package init(name: TagName, digest: Digest, updatedAt: Date) {
        self.name = name
        self.digest = digest
        self.updatedAt = updatedAt
    }
}

/// The bytes of a manifest, which any number of repositories share.
package struct StoredManifest: Sendable, Hashable {
    package let digest: Digest
    package let bytes: [UInt8]

    package init(digest: Digest, bytes: [UInt8]) {
        self.digest = digest
        self.bytes = bytes
    }
}
