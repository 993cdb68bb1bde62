import BerthAccess
import BerthCatalog
import BerthOCI
import Foundation

/// A tag with what it names, as lists and pages of a repository show it.
package struct TaggedImage: Sendable, Equatable {
    /// What the manifest is, and what its tag says of it.
    package enum Kind: Sendable, Equatable {
        case image, index
        /// An image whose tag says that it signs another one.
        case signature
    }

    /// Never used twice; it stays when the tag is moved.
    package let id: Int64
    package let repository: RepositoryID
    package let name: TagName
    package let owner: AccountID
    package let kind: Kind
    package let digest: Digest
    /// The digest of its config, which engines call the image's id; `nil` for an index.
    package let config: Digest?
    /// The exact text of the manifest; `nil` where it was not asked for or there is too much of it.
    package let manifest: String?
    /// Bytes of config and layers; for an index those of all its images.
    package let size: Int64
    package let createdAt: Date
    package let updatedAt: Date
    /// When the manifest was last pulled, by whichever of its tags or by digest, to about a second; `nil` for never.
    package let pulledAt: Date?

    fileprivate init(_ record: TaggedImageRecord, of repository: RepositoryRecord, config: Digest?, manifest: String?) {
        id = record.id
        self.repository = repository.id
        name = record.name
        owner = repository.owner
        kind =
            CosignTag(record.name)?.kind == .signature ? .signature : record.mediaType.isIndex ? .index : .image
        digest = record.digest
        self.config = config
        self.manifest = manifest
        size = record.imageSize
        createdAt = record.createdAt
        updatedAt = record.updatedAt
        pulledAt = record.pulledAt
    }

    package var position: TagPosition { TagPosition(updatedAt: updatedAt, name: name) }
}

/// Puts images together from their records, and reads their manifests as long as these are not too much together.
struct TaggedImageReader {
    /// How many bytes of manifests one answer holds; a single manifest may have half of it.
    static let maximumManifestBytes = 2 * Int64(Manifest.maximumSize)

    let catalog: CatalogReader
    let repository: RepositoryRecord
    let includesManifests: Bool
    private var bytesLeft = Self.maximumManifestBytes

    init(of repository: RepositoryRecord, includesManifests: Bool, in catalog: CatalogReader) {
        self.catalog = catalog
        self.repository = repository
        self.includesManifests = includesManifests
    }

    /// Whether there is room for what the image of this record needs; there always is for the first.
    func hasRoom(for record: TaggedImageRecord) -> Bool {
        !needsManifest(record) || record.manifestSize <= bytesLeft
    }

    /// The image of a record, without manifest and what is known only from it when there is no room for that.
    mutating func image(_ record: TaggedImageRecord) throws -> TaggedImage {
        guard needsManifest(record), hasRoom(for: record), let bytes = try catalog.manifestBytes(of: record.digest)
        else { return TaggedImage(record, of: repository, config: record.config, manifest: nil) }
        bytesLeft -= record.manifestSize
        let config =
            try record.config ?? Manifest(parsing: bytes, contentType: record.mediaType).config?.digest
        return TaggedImage(
            record, of: repository, config: config,
            manifest: includesManifests ? String(decoding: bytes, as: UTF8.self) : nil)
    }

    /// An image that was pushed before configs were kept names its config in its manifest alone.
    private func needsManifest(_ record: TaggedImageRecord) -> Bool {
        includesManifests || record.config == nil && !record.mediaType.isIndex
    }
}

extension MediaType {
    fileprivate var isIndex: Bool { self == .ociIndex || self == .dockerManifestList }
}
