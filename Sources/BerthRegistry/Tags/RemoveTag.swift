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
            guard try catalog.removeTag(tag, in: repository.id) else {
                throw AdministrationError(.tagUnknown, "\(name) has no tag \(tag)")
            }
        }
    }
}
