import BerthAccess
import BerthCatalog
import BerthOCI

extension Registry {
    /// Lists the repositories that the caller may pull, in byte order, strictly after `last`.
    ///
    /// A token that names the catalog is needed (`registry:catalog:*`); what it lists are the rights of its holder.
    ///
    /// - Throws: ``AccessRefusal``.
    package func listPullableRepositories(
        after last: String?, limit: Int, for caller: Caller
    ) async throws -> Page<RepositoryName> {
        let authorization = authorization(of: caller)
        return try await catalog.read { catalog in
            let principal = try authorization.principal(in: catalog)
            guard caller.namesCatalog else { throw AccessRefusal.insufficientScope }
            guard limit > 0 else { return Page([], limit: 0) }
            let names = try catalog.pullableRepositories(
                for: principal, region: authorization.region, now: authorization.decisionTime,
                allowsAnonymousPull: authorization.allowsAnonymousPull, after: last, limit: limit + 1)
            return Page(names, limit: limit)
        }
    }
}
