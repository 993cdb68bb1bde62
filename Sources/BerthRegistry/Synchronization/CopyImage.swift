import BerthBlobs
import BerthCatalog
import BerthOCI
import Foundation

extension Registry {
    /// Copies the tag of a job: blobs, then manifests bottom up, then tags, so that what can be found there is
    /// complete. What is there already is not sent.
    ///
    /// - Returns: `success`, or `existed` when the tag is there and must not be set anew; where it names the same
    ///   manifest, what refers to that is copied all the same.
    /// - Throws: ``CopyRefusal``, ``RemoteFailure``, errors of catalog and blobs, `CancellationError`.
    func copy(
        _ job: SynchronizationJob, through remotes: some RemoteRegistries
    ) async throws -> SynchronizationJob.Status {
        let order = job.order
        guard order.target.region != region, let remote = remotes.registry(of: order.target.region) else {
            throw CopyRefusal(status: .failed, reason: "the region \(order.target.region) is not known any more")
        }
        let (plan, destination) = try await catalog.read { catalog in
            try Self.plan(order, from: catalog)
        }
        var existed = false
        if !order.overrides {
            switch try await remote.manifest(taggedAs: order.tag, in: destination) {
            case .absent: break
            // What refers to the image may be missing there. An attempt that was interrupted after its last step has
            // set the tag itself.
            case .present(plan.digest): existed = job.attempts == 1
            case .present: return .existed
            }
        }
        let copy = ImageCopy(
            registry: self, source: order.repository, remote: remote, destination: destination, target: order.target)
        let isSet = try await copy.run(plan, tag: order.tag, overrides: order.overrides)
        return existed || !isSet ? .existed : .success
    }

    private static func plan(
        _ order: SynchronizationOrder, from catalog: CatalogReader
    ) throws -> (CopyPlan, RepositoryName) {
        if order.isAutomatic {
            let rules = try catalog.synchronizationRules(of: order.repository)
            guard rules.contains(where: { $0.target == order.target && $0.isAutomatic }) else {
                throw CopyRefusal(status: .cancel, reason: "the rule was removed, or no longer copies by itself")
            }
        }
        let gone: SynchronizationJob.Status = order.isAutomatic ? .cancel : .failed
        guard let repository = try catalog.repository(id: order.repository) else {
            throw CopyRefusal(status: gone, reason: "the image has been removed")
        }
        guard let manifest = try catalog.manifest(.tag(order.tag), in: order.repository) else {
            throw CopyRefusal(status: gone, reason: "there is no tag \(order.tag)")
        }
        do {
            try catalog.checkMayFill(order.target.organization, for: repository)
            return (
                try CopyPlan(of: manifest.digest, in: order.repository, from: catalog),
                try repository.name(in: order.target.organization)
            )
        } catch let error as AdministrationError {
            throw CopyRefusal(status: .failed, reason: error.message)
        }
    }
}

/// The copying of one image to one place.
private struct ImageCopy: Sendable {
    let registry: Registry
    let source: RepositoryID
    let remote: any RemoteRegistry
    let destination: RepositoryName
    let target: SynchronizationTarget

    /// How many blobs are remembered as copied; more are asked for again.
    private static let memory = 100_000

    /// - Returns: Whether the tag names the image there; not when it was set on another meanwhile, which stays.
    func run(_ plan: CopyPlan, tag: TagName, overrides: Bool) async throws -> Bool {
        var copied: Set<Digest> = []
        for digest in plan.manifests {
            try Task.checkCancellation()
            if try await remote.hasManifest(digest, in: destination) { continue }
            let manifest = try await manifest(digest)
            for blob in try Manifest(parsing: manifest.bytes, contentType: manifest.mediaType).requiredBlobs
            where !copied.contains(blob.digest) {
                try await copy(blob)
                if copied.count < Self.memory { copied.insert(blob.digest) }
            }
            try await remote.push(manifest, tag: nil, to: destination)
        }
        for companion in plan.companions {
            _ = try await set(companion.tag, to: companion.digest, overrides: overrides)
        }
        return try await set(tag, to: plan.digest, overrides: overrides)
    }

    private func copy(_ blob: Descriptor) async throws {
        if try await remote.hasBlob(blob.digest, in: destination) { return }
        let neighbour = try await registry.catalog.read { [target] catalog in
            try catalog.synchronizedRepository(holdingBlob: blob.digest, in: target.region)
        }
        try await remote.push(
            blob, to: destination, mountingFrom: neighbour == destination ? nil : neighbour,
            content: { try await content(of: blob) })
    }

    private func content(of blob: Descriptor) async throws -> BlobContent {
        let size = try await registry.catalog.read { [source] in try $0.blobSize(blob.digest, in: source) }
        guard let size, size == blob.size, let content = try await registry.blobs.open(blob.digest, size: size) else {
            throw CopyRefusal(status: .failed, reason: "the blob \(blob.digest) is damaged or missing here")
        }
        return content
    }

    /// Sets a tag on a manifest that is there; one that names another is left alone unless `overrides`.
    ///
    /// - Returns: Whether it names the manifest now.
    private func set(_ tag: TagName, to digest: Digest, overrides: Bool) async throws -> Bool {
        switch try await remote.manifest(taggedAs: tag, in: destination) {
        case .present(digest): return true
        case .present where !overrides: return false
        case .present, .absent: break
        }
        try await remote.push(try await manifest(digest), tag: tag, to: destination)
        return true
    }

    private func manifest(_ digest: Digest) async throws -> OutgoingManifest {
        let record = try await registry.catalog.read { [source] in try $0.manifest(.digest(digest), in: source) }
        guard let record else {
            throw CopyRefusal(status: .failed, reason: "the image was changed or removed while it was copied")
        }
        return OutgoingManifest(digest: digest, mediaType: record.mediaType, bytes: record.bytes)
    }
}
