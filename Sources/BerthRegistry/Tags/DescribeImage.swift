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
    package static let maximumChildren = 50

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
    /// The catalog is asked in short questions, each with the same check, and what it gives is parsed between them, so
    /// that nobody waits for a large manifest of another.
    ///
    /// - Parameter chosen: Which image of an index is described.
    /// - Throws: ``AccessRefusal``, or ``AdministrationError``: `organizationUnknown`, `repositoryUnknown`,
    ///   `tagUnknown`.
    package func describeImage(
        _ tag: TagName, in name: RepositoryName, choosing chosen: Digest? = nil, by actor: Administrator
    ) async throws -> ImageDescription {
        let found = try await readTags(of: name, by: actor) { catalog, repository, user in
            let record = try catalog.requireTag(tag, in: repository)
            guard let own = try catalog.manifest(.digest(record.digest), in: repository.id) else {
                throw AdministrationError(.tagUnknown, "\(name) has no tag \(tag)")
            }
            var reader = TaggedImageReader(of: repository, includesManifests: false, in: catalog)
            let isOwn = user == nil || user?.account == repository.owner
            return (tag: try reader.image(record), own: own, pushedBy: isOwn ? own.pushedBy : nil)
        }
        let manifest = try Manifest(parsing: found.own.bytes, contentType: found.own.mediaType)
        guard manifest.kind == .index else {
            return ImageDescription(
                tag: found.tag, manifest: manifest, pushedBy: found.pushedBy, children: [],
                contents: .init(
                    digest: found.own.digest, manifest: manifest,
                    config: try await config(of: manifest, in: name, by: actor)))
        }
        let described = manifest.children.prefix(ImageDescription.maximumChildren)
        let (children, image) = try await readTags(of: name, by: actor) { catalog, repository, _ in
            let children = try described.map {
                ImageDescription.Child(
                    descriptor: $0, size: try catalog.imageSize(of: $0.digest, in: repository.id))
            }
            return (
                children, try children.image(chosen).flatMap { try catalog.manifest(.digest($0), in: repository.id) }
            )
        }
        var contents: ImageDescription.Contents?
        if let image {
            let manifest = try Manifest(parsing: image.bytes, contentType: image.mediaType)
            contents = .init(
                digest: image.digest, manifest: manifest, config: try await config(of: manifest, in: name, by: actor))
        }
        return ImageDescription(
            tag: found.tag, manifest: manifest, pushedBy: found.pushedBy, children: children, contents: contents)
    }

    /// The config of an image that runs, as far as it can be read.
    private func config(
        of manifest: Manifest, in name: RepositoryName, by actor: Administrator
    ) async throws -> ImageConfig? {
        guard manifest.isRunnable, let config = manifest.config else { return nil }
        let size = try await readTags(of: name, by: actor) { catalog, repository, _ in
            try catalog.blobLease(config.digest, in: repository.id)?.size
        }
        guard let size else { return nil }
        return try await imageConfig(config.digest, size: size)
    }

    /// Reads a blob of a size as a config; `nil` for one that is none or too large.
    func imageConfig(_ digest: Digest, size: Int64) async throws -> ImageConfig? {
        guard size <= ImageConfig.maximumSize, let content = try await blobs.open(digest, size: size) else {
            return nil
        }
        var bytes: [UInt8] = []
        switch content {
        case .bytes(let whole): bytes = Array(whole.readableBytesView)
        case .file(let file): for try await chunk in file.chunks { bytes += chunk.readableBytesView }
        case .stream(_, let chunks): for try await chunk in chunks { bytes += chunk.readableBytesView }
        }
        return ImageConfig(parsing: bytes)
    }

    /// Asks the catalog about the tags of a repository, for who may pull from it.
    func readTags<Result: Sendable>(
        of name: RepositoryName, by actor: Administrator,
        _ read: @escaping @Sendable (CatalogReader, RepositoryRecord, Principal.User?) throws -> Result
    ) async throws -> Result {
        let authority = authority(of: actor)
        return try await catalog.read { catalog in
            let repository = try authority.repository(name, needing: .pull, to: "see its tags", in: catalog)
            return try read(catalog, repository, try authority.user(in: catalog))
        }
    }
}

extension Manifest {
    /// Whether its config is that of an image that runs, and not that of another artifact.
    package var isRunnable: Bool { config.map { [.ociConfig, .dockerConfig].contains($0.mediaType) } ?? false }
}

extension Platform {
    /// Whether something can run on it; attestations stand among the images of an index as `unknown/unknown`.
    package var isRunnable: Bool { os != "unknown" }
}

extension [ImageDescription.Child] {
    /// The digest of the image that is asked for, else of the first that is here and runs.
    fileprivate func image(_ chosen: Digest?) -> Digest? {
        let here = filter { $0.size != nil }
        if let chosen, here.contains(where: { $0.descriptor.digest == chosen }) { return chosen }
        return (here.first { $0.descriptor.platform?.isRunnable ?? true } ?? here.first)?.descriptor.digest
    }
}
