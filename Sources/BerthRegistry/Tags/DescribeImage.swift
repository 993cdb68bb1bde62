import BerthAccess
import BerthBlobs
import BerthCatalog
import BerthOCI
import NIOCore

/// What a tag names, for people to look at: its manifest, the images of an index, and what one image is made of.
package struct ImageDescription: Sendable {
    /// An image of an index.
    package struct Child: Sendable {
        package let descriptor: Descriptor
        /// Bytes of config and layers; `nil` for an image that is not in the repository.
        package let size: Int64?
    }

    /// What one image is made of.
    package struct Contents: Sendable {
        package let digest: Digest
        package let manifest: Manifest
        /// `nil` for what is no image that runs, and for a config that cannot be read.
        package let config: ImageConfig?
    }

    /// The most images of an index that are described.
    package static let maximumChildren = 100

    package let tag: TaggedImage
    package let manifest: Manifest
    /// Who pushed it last, for users of the account that owns it.
    package let pushedBy: String?
    /// The first ``maximumChildren`` of an index; empty for an image.
    package let children: [Child]
    /// The image itself, or that of an index which was asked for; else its first that is in the repository and runs.
    package let contents: Contents?
}

extension Registry {
    /// Describes what a tag names to who may pull it. That counts as no pull.
    ///
    /// - Parameter chosen: Which image of an index is described.
    /// - Throws: ``AccessRefusal``, or ``AdministrationError``: `organizationUnknown`, `repositoryUnknown`,
    ///   `tagUnknown`.
    package func describeImage(
        _ tag: TagName, in name: RepositoryName, choosing chosen: Digest? = nil, by actor: Administrator
    ) async throws -> ImageDescription {
        let authority = authority(of: actor)
        let (found, config) = try await catalog.read { catalog in
            let repository = try authority.repository(name, needing: .pull, to: "see its tags", in: catalog)
            let record = try catalog.requireTag(tag, in: repository)
            guard let own = try catalog.manifest(.digest(record.digest), in: repository.id) else {
                throw AdministrationError(.tagUnknown, "\(name) has no tag \(tag)")
            }
            let manifest = try Manifest(parsing: own.bytes, contentType: own.mediaType)
            let children = try manifest.children.prefix(ImageDescription.maximumChildren).map {
                ImageDescription.Child(
                    descriptor: $0, size: try catalog.imageSize(of: $0.digest, in: repository.id))
            }
            var contents: (digest: Digest, manifest: Manifest)?
            if manifest.kind == .image {
                contents = (own.digest, manifest)
            } else if let child = children.image(chosen),
                let image = try catalog.manifest(.digest(child), in: repository.id)
            {
                contents = (child, try Manifest(parsing: image.bytes, contentType: image.mediaType))
            }
            let user = try authority.user(in: catalog)
            var reader = TaggedImageReader(of: repository, includesManifests: false, in: catalog)
            let found = (
                tag: try reader.image(record), manifest: manifest, children: children, contents: contents,
                pushedBy: user == nil || user?.account == repository.owner ? own.pushedBy : nil
            )
            return (found, try catalog.readableConfig(of: contents?.manifest, in: repository.id))
        }
        var contents: ImageDescription.Contents?
        if let (digest, manifest) = found.contents {
            contents = .init(digest: digest, manifest: manifest, config: try await imageConfig(config))
        }
        return ImageDescription(
            tag: found.tag, manifest: found.manifest, pushedBy: found.pushedBy, children: found.children,
            contents: contents)
    }

    /// The platforms of images, by the digests of their configs, as far as those can be read. Needs to pull.
    ///
    /// - Throws: ``AccessRefusal``, or ``AdministrationError`` `organizationUnknown` or `repositoryUnknown`.
    package func platforms(
        of configs: [Digest], in name: RepositoryName, by actor: Administrator
    ) async throws -> [Digest: Platform] {
        let authority = authority(of: actor)
        let held = try await catalog.read { catalog in
            let repository = try authority.repository(name, needing: .pull, to: "see its tags", in: catalog)
            return try Set(configs).compactMap { try catalog.readableBlob($0, in: repository.id) }
        }
        var platforms: [Digest: Platform] = [:]
        for blob in held { platforms[blob.digest] = try await imageConfig(blob)?.platform }
        return platforms
    }

    private func imageConfig(_ blob: ReadableBlob?) async throws -> ImageConfig? {
        guard let blob, let content = try await blobs.open(blob.digest, size: blob.size) else { return nil }
        var bytes: [UInt8] = []
        switch content {
        case .bytes(let whole): bytes = Array(whole.readableBytesView)
        case .file(let file): for try await chunk in file.chunks { bytes += chunk.readableBytesView }
        case .stream(_, let chunks): for try await chunk in chunks { bytes += chunk.readableBytesView }
        }
        return ImageConfig(parsing: bytes)
    }
}

/// A blob that a repository holds and that is small enough to be read as a config.
private struct ReadableBlob: Sendable {
    let digest: Digest
    /// Bytes.
    let size: Int64
}

extension CatalogReader {
    /// The config of a manifest, if it is that of an image that runs.
    fileprivate func readableConfig(of manifest: Manifest?, in repository: RepositoryID) throws -> ReadableBlob? {
        guard let config = manifest?.config, [.ociConfig, .dockerConfig].contains(config.mediaType) else { return nil }
        return try readableBlob(config.digest, in: repository)
    }

    fileprivate func readableBlob(_ digest: Digest, in repository: RepositoryID) throws -> ReadableBlob? {
        guard let size = try blobLease(digest, in: repository)?.size, size <= ImageConfig.maximumSize else {
            return nil
        }
        return ReadableBlob(digest: digest, size: size)
    }
}

extension [ImageDescription.Child] {
    /// The digest of the image that is asked for, else of the first that is here and runs.
    fileprivate func image(_ chosen: Digest?) -> Digest? {
        let here = filter { $0.size != nil }
        if let chosen, here.contains(where: { $0.descriptor.digest == chosen }) { return chosen }
        return (here.first { $0.descriptor.platform.map { $0.os != "unknown" } ?? true } ?? here.first)?.descriptor
            .digest
    }
}
