import BerthAccess
import BerthCatalog
import BerthOCI

extension Registry {
    /// Tells which tags name manifests now: of each the first `limit` in byte order. Those that none names are left out.
    ///
    /// Needs to pull.
    ///
    /// - Throws: ``AccessRefusal``, or ``AdministrationError``: `organizationUnknown`, `repositoryUnknown`.
    package func tagNames(
        of digests: Set<Digest>, in name: RepositoryName, limit: Int, by actor: Administrator
    ) async throws -> [Digest: [TagName]] {
        let authority = authority(of: actor)
        return try await catalog.read { catalog in
            let repository = try authority.repository(name, needing: .pull, to: "see its tags", in: catalog)
            var names: [Digest: [TagName]] = [:]
            for digest in digests {
                let tags = try catalog.tags(of: digest, in: repository.id, after: "", limit: limit)
                if !tags.isEmpty { names[digest] = tags }
            }
            return names
        }
    }
}
