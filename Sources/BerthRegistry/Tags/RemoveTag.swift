import BerthAccess
import BerthCatalog
import BerthOCI

extension Registry {
    /// Removes a tag; other tags and the manifest stay. Needs to delete in the repository.
    ///
    /// - Parameter seen: What the tag must still name; `nil` removes it whatever it names.
    /// - Throws: ``AccessRefusal``, or ``AdministrationError``: `organizationUnknown`, `repositoryUnknown`, `denied`,
    ///   `tagUnknown`, `tagMoved`.
    package func removeTag(
        _ tag: TagName, naming seen: Digest? = nil, in name: RepositoryName, by actor: Administrator
    ) async throws {
        let authority = authority(of: actor)
        try await catalog.write { catalog in
            let repository = try authority.repository(name, needing: .delete, to: "delete its tags", in: catalog.read)
            let digest = try catalog.read.taggedImage(tag, in: repository.id)?.digest
            if let seen, let digest, seen != digest {
                throw AdministrationError(
                    .tagMoved, "\(name):\(tag) has been moved meanwhile: it names \(digest) now, not \(seen)")
            }
            guard try catalog.removeTag(tag, in: repository.id) else {
                throw AdministrationError(.tagUnknown, "\(name) has no tag \(tag)")
            }
            try authority.record(.delete, on: repository, tag: tag, digest: digest, in: catalog)
        }
    }
}
