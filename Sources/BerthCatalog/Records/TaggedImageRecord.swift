import BerthOCI
import Foundation

/// A tag with what lists show of the manifest that it names.
package struct TaggedImageRecord: Sendable, Hashable {
    /// Made by the database and never used twice; it stays when the tag is moved.
    package let id: Int64
    package let name: TagName
    package let digest: Digest
    package let mediaType: MediaType
    /// `nil` for an index, and for an image that was pushed before configs were kept.
    package let config: Digest?
    /// Bytes of the manifest itself.
    package let manifestSize: Int64
    /// Bytes of config and layers; for an index those of all its images.
    package let imageSize: Int64
    package let createdAt: Date
    package let updatedAt: Date
    /// When the manifest was last pulled, by whichever of its tags or by digest; `nil` for never.
    package let pulledAt: Date?

    package init(
        id: Int64, name: TagName, digest: Digest, mediaType: MediaType, config: Digest?, manifestSize: Int64,
        imageSize: Int64, createdAt: Date, updatedAt: Date, pulledAt: Date?
    ) {
        self.id = id
        self.name = name
        self.digest = digest
        self.mediaType = mediaType
        self.config = config
        self.manifestSize = manifestSize
        self.imageSize = imageSize
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.pulledAt = pulledAt
    }

    package var position: TagPosition { TagPosition(updatedAt: updatedAt, name: name) }
}

/// Which tags of a repository a list has, and in which order.
package struct TagSelection: Sendable, Hashable {
    package enum Column: Sendable, Hashable, CaseIterable {
        case name
        /// When the tag was last set; tags of one instant by name.
        case updatedAt
    }

    /// Only tags with this text in their name.
    package let contained: String?
    package let column: Column
    package let isDescending: Bool

    package init(containing contained: String? = nil, by column: Column, isDescending: Bool = false) {
        self.contained = contained
        self.column = column
        self.isDescending = isDescending
    }
}

/// Where a tag stands in a list, whatever the list's order and whether the tag is still there.
package struct TagPosition: Sendable, Hashable {
    package let updatedAt: Date
    package let name: TagName

    package init(updatedAt: Date, name: TagName) {
        self.updatedAt = updatedAt
        self.name = name
    }
}

/// A manifest that refers to another one as its subject.
package struct ReferrerRecord: Sendable, Hashable {
    package let digest: Digest
    package let artifactType: MediaType?
    /// Bytes of config and layers; for an index those of all its images.
    package let imageSize: Int64
    package let pushedAt: Date

    package init(digest: Digest, artifactType: MediaType?, imageSize: Int64, pushedAt: Date) {
        self.digest = digest
        self.artifactType = artifactType
        self.imageSize = imageSize
        self.pushedAt = pushedAt
    }
}
