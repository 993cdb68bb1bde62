import BerthAccess
import BerthCatalog
import BerthOCI

extension Registry {
    /// How many of the tags that go with a manifest the audit log names.
    private static let recordedTags = 20

    /// Deletes a tag; the manifest stays and is found by its digest.
    ///
    /// OCI distribution-spec 1.1, end-9 with a tag.
    /// - Throws: ``AccessRefusal``, DENIED, NAME_UNKNOWN or MANIFEST_UNKNOWN.
    package func deleteTag(_ tag: TagName, in name: RepositoryName, for caller: Caller) async throws {
        let authorization = authorization(of: caller)
        try await catalog.write { catalog in
            let repository = try authorization.deleting(in: name, in: catalog.read)
            let digest = try catalog.read.taggedImage(tag, in: repository.id)?.digest
            guard try catalog.removeTag(tag, in: repository.id) else {
                throw RegistryError.manifestUnknown(.tag(tag))
            }
            try authorization.record(.delete, on: repository, tag: tag, digest: digest, in: catalog)
        }
    }

    /// Deletes a manifest and every tag that points to it.
    ///
    /// A manifest that an index of the repository lists is refused, since the index would be broken: delete that first.
    ///
    /// OCI distribution-spec 1.1, end-9 with a digest.
    /// - Throws: ``AccessRefusal``, DENIED (405 for the child of an index), NAME_UNKNOWN or MANIFEST_UNKNOWN.
    package func deleteManifest(_ digest: Digest, in name: RepositoryName, for caller: Caller) async throws {
        let authorization = authorization(of: caller)
        try await catalog.write { catalog in
            let repository = try authorization.deleting(in: name, in: catalog.read)
            let parents = try catalog.read.parents(of: digest, in: repository.id)
            guard parents.isEmpty else {
                throw RegistryError(
                    .unsupported, "\(digest) is part of an index: delete that first", detail: .digests(parents))
            }
            let tags = try catalog.read.tags(of: digest, in: repository.id, after: "", limit: Self.recordedTags)
            guard try catalog.removeManifest(digest, in: repository.id) else {
                throw RegistryError.manifestUnknown(.digest(digest))
            }
            let names = tags.map(\.description).joined(separator: ", ")
            try authorization.record(
                .delete, on: repository, digest: digest, detail: names.isEmpty ? "" : "with tags \(names)", in: catalog)
        }
    }
}
