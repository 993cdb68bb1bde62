import BerthBlobs
import BerthCatalog
import BerthOCI
import Logging

extension Registry {
    /// Finds a manifest by tag or digest, with its exact bytes and the type it was pushed as.
    ///
    /// OCI distribution-spec 1.1, end-3, HEAD.
    /// - Throws: ``AccessRefusal``, NAME_UNKNOWN or MANIFEST_UNKNOWN.
    package func statManifest(
        _ reference: ManifestReference, from name: RepositoryName, for caller: Caller
    ) async throws -> ManifestRecord {
        try await find(reference, in: name, for: caller).manifest
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
        guard Digest(hashing: found.manifest.bytes, algorithm: digest.algorithm) == digest else {
            logger.error("manifest is damaged", metadata: ["berth.digest": "\(digest)"])
            throw RegistryError(.unknown, "manifest \(digest) is damaged: push it again, which heals it")
        }
        notePull(by: caller, under: found.standing, tag: reference.tag, digest: found.manifest.digest)
        if case .digest = reference, found.isChild { return found.manifest }
        traffic.countPull(from: found.repository)
        return found.manifest
    }

    /// Decision and lookup are one snapshot, so a tag that moves meanwhile gives one version or the other, whole.
    private func find(
        _ reference: ManifestReference, in name: RepositoryName, for caller: Caller
    ) async throws -> (manifest: ManifestRecord, repository: RepositoryID, isChild: Bool, standing: Standing) {
        let authorization = authorization(of: caller)
        return try await catalog.read { catalog in
            let (repository, standing) = try authorization.pullingWithStanding(from: name, in: catalog)
            guard let manifest = try catalog.manifest(reference, in: repository.id) else {
                throw RegistryError.manifestUnknown(reference)
            }
            return (manifest, repository.id, try catalog.isChild(manifest.digest, in: repository.id), standing)
        }
    }
}

extension ManifestReference {
    /// The tag, of a reference that is one.
    package var tag: TagName? {
        guard case .tag(let tag) = self else { return nil }
        return tag
    }
}
