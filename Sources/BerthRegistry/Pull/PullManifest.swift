import BerthCatalog
import BerthOCI

extension Registry {
    /// Reads a manifest by tag or digest: its exact bytes and the type it was pushed as.
    ///
    /// Decision and lookup are one snapshot, so a tag that moves meanwhile gives one version or the other, whole.
    ///
    /// OCI distribution-spec 1.1, end-3.
    /// - Throws: ``AccessRefusal``, NAME_UNKNOWN or MANIFEST_UNKNOWN.
    package func pullManifest(
        _ reference: ManifestReference, from name: RepositoryName, for caller: Caller
    ) async throws -> ManifestRecord {
        let authorization = authorization(of: caller)
        return try await catalog.read { catalog in
            let repository = try authorization.pulling(from: name, in: catalog)
            guard let manifest = try catalog.manifest(reference, in: repository.id) else {
                throw RegistryError.manifestUnknown(reference)
            }
            return manifest
        }
    }
}
