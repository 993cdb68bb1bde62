import BerthAccess
import BerthCatalog
import BerthOCI

extension Registry {
    /// Takes a blob out of a repository; other repositories that hold it keep it.
    ///
    /// A blob that a manifest of the repository needs is refused, since the image would be broken: delete that first.
    ///
    /// OCI distribution-spec 1.1, end-10.
    /// - Throws: ``AccessRefusal``, DENIED, 405 for a blob in use, NAME_UNKNOWN or BLOB_UNKNOWN.
    package func deleteBlob(_ digest: Digest, in name: RepositoryName, for caller: Caller) async throws {
        let authorization = authorization(of: caller)
        try await catalog.write { catalog in
            let repository = try authorization.deleting(in: name, in: catalog.read)
            let users = try catalog.read.manifests(usingBlob: digest, in: repository.id)
            guard users.isEmpty else {
                throw RegistryError(
                    .unsupported, "\(digest) is part of an image: delete that first", detail: .digests(users))
            }
            guard try catalog.removeBlobLink(digest, from: repository.id) else {
                throw RegistryError.blobUnknown(digest)
            }
            try authorization.record(
                .delete, on: repository, digest: digest, detail: AuditEvent.blobDetail, in: catalog)
        }
    }
}
