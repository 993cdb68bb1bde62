import BerthAccess
import BerthCatalog
import BerthOCI

extension Registry {
    /// Removes a tag; other tags and the manifest stay. Needs to delete in the repository.
    ///
    /// - Throws: ``AccessRefusal``, or ``AdministrationError``: `organizationUnknown`, `repositoryUnknown`, `denied`,
    ///   `tagUnknown`.
    package func removeTag(_ tag: TagName, in name: RepositoryName, by actor: Administrator) async throws {
        let authority = authority(of: actor)
        try await catalog.write { catalog in
            let repository = try authority.repository(name, needing: .delete, to: "delete its tags", in: catalog.read)
            let digest = try catalog.read.taggedImage(tag, in: repository.id)?.digest
            guard try catalog.removeTag(tag, in: repository.id) else {
                throw AdministrationError(.tagUnknown, "\(name) has no tag \(tag)")
            }
            try authority.record(.delete, on: repository, tag: tag, digest: digest, in: catalog)
        }
    }
}
