import BerthAccess
import BerthCatalog
import BerthIdentity
import BerthOCI

/// A tag with what it runs on, as a list for people shows it.
package struct TagSummary: Sendable {
    package let tag: TaggedImage
    package let platforms: PlatformSummary
}

/// What an image runs on, in few words.
package struct PlatformSummary: Sendable {
    /// The most platforms that are named.
    package static let maximumNames = 5
    /// The most characters of a name, counted in Unicode scalars.
    package static let maximumLength = 64
    static let none = PlatformSummary([])

    /// The first ``maximumNames``, such as `linux/arm64/v8`.
    package let names: [String]
    /// How many there are.
    package let count: Int

    init(_ platforms: [Platform]) {
        let runnable = platforms.lazy.filter(\.isRunnable)
        names = runnable.prefix(Self.maximumNames).map {
            String($0.description.unicodeScalars.prefix(Self.maximumLength))
        }
        count = runnable.count
    }
}

extension Registry {
    /// How large a config is read for a list, in bytes; those of engines have a tenth of it.
    private static let maximumListedConfig: Int64 = 256 * 1024

    /// Lists tags of a repository with what they run on, beginning at an offset. Needs to pull from it.
    ///
    /// What was once read of a manifest is remembered, as it never changes. What is too large to be read for a list
    /// is shown without platforms.
    ///
    /// - Throws: ``AccessRefusal``, or ``AdministrationError`` `organizationUnknown` or `repositoryUnknown`.
    package func listTagSummaries(
        of name: RepositoryName, _ selection: TagSelection, offset: Int, limit: Int, by actor: Administrator
    ) async throws -> CountedPage<TagSummary> {
        let platforms = platforms
        let (images, unknown, total) = try await readTags(of: name, by: actor) { catalog, repository, _ in
            let records = try catalog.taggedImages(in: repository.id, selection, offset: offset, limit: limit)
            var reader = TaggedImageReader(of: repository, includesManifests: false, in: catalog)
            let images = try records.map { try reader.image($0) }
            let total = try catalog.tagCount(of: selection, in: repository)
            var bytesLeft = TaggedImageReader.maximumManifestBytes
            var unknown: [Digest: PlatformSource] = [:]
            for (image, record) in zip(images, records)
            where unknown[image.digest] == nil && platforms.value(for: image.digest) == nil {
                if let config = image.config {
                    let size = try catalog.blobLease(config, in: repository.id)?.size ?? .max
                    if size <= Self.maximumListedConfig { unknown[image.digest] = .config(config, size: size) }
                } else if record.manifestSize <= bytesLeft, let bytes = try catalog.manifestBytes(of: image.digest) {
                    bytesLeft -= record.manifestSize
                    unknown[image.digest] = .index(bytes, record.mediaType)
                }
            }
            return (images, unknown, total)
        }
        for (digest, source) in unknown { platforms.insert(try await summary(of: source), for: digest) }
        return CountedPage(
            elements: images.map { TagSummary(tag: $0, platforms: platforms.value(for: $0.digest) ?? .none) },
            total: total)
    }

    private func summary(of source: PlatformSource) async throws -> PlatformSummary {
        switch source {
        case .config(let digest, let size):
            PlatformSummary([try await imageConfig(digest, size: size)?.platform].compactMap(\.self))
        case .index(let bytes, let mediaType):
            PlatformSummary(
                try Manifest(parsing: bytes, contentType: mediaType).children.compactMap(\.platform))
        }
    }
}

/// Where it stands what an image runs on.
private enum PlatformSource: Sendable {
    case config(Digest, size: Int64)
    case index([UInt8], MediaType)
}
