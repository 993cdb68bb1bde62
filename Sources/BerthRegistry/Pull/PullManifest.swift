import BerthBlobs
import BerthCatalog
import BerthOCI
import Logging
import NIOCore

extension Registry {
    /// Finds a manifest by tag or digest, with its exact bytes and the type it was pushed as.
    ///
    /// OCI distribution-spec 1.1, end-3, HEAD.
    /// - Throws: ``AccessRefusal``, NAME_UNKNOWN or MANIFEST_UNKNOWN.
    package func statManifest(
        _ reference: ManifestReference, from name: RepositoryName, for caller: Caller
    ) async throws -> ManifestRecord {
        let found = try await find(reference, in: name, for: caller)
        if found.manifest.size <= PulledContent.maximumSize, found.isIntact { remember(found, reference, name, caller) }
        return found.manifest
    }

    /// Reads a manifest by tag or digest: its exact bytes and the type it was pushed as. Counts as a pull.
    ///
    /// What a client reads by digest because an index lists it belongs to the pull of the index and is not counted
    /// again, so that an image for several platforms is one pull.
    ///
    /// OCI distribution-spec 1.1, end-3, GET.
    /// - Throws: ``AccessRefusal``, NAME_UNKNOWN or MANIFEST_UNKNOWN; a fault, for bytes that are not the digest's.
    package func pullManifest(
        _ reference: ManifestReference, from name: RepositoryName, for caller: Caller
    ) async throws -> ManifestRecord {
        let found = try await find(reference, in: name, for: caller)
        let digest = found.manifest.digest
        guard found.isIntact else {
            logger.error("manifest is damaged", metadata: ["berth.digest": "\(digest)"])
            throw RegistryError(.unknown, "manifest \(digest) is damaged: push it again, which heals it")
        }
        remember(found, reference, name, caller)
        notePull(by: caller, under: found.standing, tag: reference.tag, digest: digest)
        if found.counts(as: reference) { traffic.countPull(of: digest, from: found.repository, at: now()) }
        return found.manifest
    }

    private func remember(
        _ found: FoundManifest, _ reference: ManifestReference, _ name: RepositoryName, _ caller: Caller
    ) {
        guard found.manifest.size <= PulledContent.maximumSize else { return }
        let content = PulledContent(
            digest: found.manifest.digest, mediaType: found.manifest.mediaType,
            bytes: ByteBuffer(bytes: found.manifest.bytes), counts: found.counts(as: reference))
        remember(
            content, as: .manifest(reference), of: name, in: pulls, for: caller, under: found.standing,
            version: found.version)
    }

    /// Decision and lookup are one snapshot, so a tag that moves meanwhile gives one version or the other, whole.
    private func find(
        _ reference: ManifestReference, in name: RepositoryName, for caller: Caller
    ) async throws -> FoundManifest {
        let authorization = authorization(of: caller)
        let version = try? catalog.version()
        return try await catalog.read { catalog in
            let (repository, standing) = try authorization.pullingWithStanding(from: name, in: catalog)
            guard let manifest = try catalog.manifest(reference, in: repository.id) else {
                throw RegistryError.manifestUnknown(reference)
            }
            return FoundManifest(
                manifest: manifest, repository: repository.id,
                isChild: try catalog.isChild(manifest.digest, in: repository.id), standing: standing, version: version)
        }
    }
}

/// A manifest with what it was found under.
private struct FoundManifest: Sendable {
    let manifest: ManifestRecord
    let repository: RepositoryID
    /// Whether an index of the repository lists it.
    let isChild: Bool
    let standing: Standing
    /// A version of the catalog that all of this is of, or an earlier one.
    let version: Int64?

    var isIntact: Bool {
        Digest(hashing: manifest.bytes, algorithm: manifest.digest.algorithm) == manifest.digest
    }

    /// Whether a pull of it is one of the repository.
    func counts(as reference: ManifestReference) -> Bool {
        if case .digest = reference { !isChild } else { true }
    }
}

extension ManifestReference {
    /// The tag, of a reference that is one.
    package var tag: TagName? {
        guard case .tag(let tag) = self else { return nil }
        return tag
    }
}
