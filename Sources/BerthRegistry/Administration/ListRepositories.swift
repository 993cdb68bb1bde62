import BerthAccess
import BerthCatalog
import BerthOCI

/// A page of repositories, with how many there are in all.
package struct RepositoryPage: Sendable {
    /// A repository on the page.
    package struct Entry: Sendable {
        package let repository: Repository
        /// The newest first, at most ``RepositoryPage/maximumTags``.
        package let tags: [TagName]
    }

    /// The most tags that a list tells of one repository.
    package static let maximumTags = 100

    package let entries: [Entry]
    package let total: Int
}

extension Registry {
    /// Lists repositories of a user's own account that it has a permission on, a page of them.
    ///
    /// - Throws: ``AccessRefusal``, or ``AdministrationError`` `denied` for the operator.
    package func listRepositories(
        matching filter: RepositoryFilter, order: RepositoryOrder, descending: Bool, offset: Int, limit: Int,
        by actor: Administrator
    ) async throws -> RepositoryPage {
        let authority = authority(of: actor)
        return try await catalog.read { catalog in
            let user = try authority.requireUser(in: catalog)
            let (records, total) = try catalog.repositories(
                visibleTo: user, matching: filter, order: order, descending: descending, offset: offset, limit: limit)
            let tags = try catalog.newestTags(in: records.map(\.id), limit: RepositoryPage.maximumTags)
            return RepositoryPage(
                entries: records.map { .init(repository: Repository($0, shares: nil), tags: tags[$0.id] ?? []) },
                total: total)
        }
    }

    /// Lists repositories of a user's own account that it has a permission on, in the order of their ids.
    ///
    /// - Throws: ``AccessRefusal``, or ``AdministrationError`` `denied` for the operator.
    package func listRepositories(
        matching filter: RepositoryFilter, after last: RepositoryID?, limit: Int, by actor: Administrator
    ) async throws -> (repositories: [Repository], hasMore: Bool) {
        let authority = authority(of: actor)
        return try await catalog.read { catalog in
            let user = try authority.requireUser(in: catalog)
            let records = try catalog.repositories(visibleTo: user, matching: filter, after: last, limit: limit + 1)
            return (records.prefix(limit).map { Repository($0, shares: nil) }, records.count > limit)
        }
    }
}

extension Authority {
    /// The signed-in user who asks.
    ///
    /// - Throws: ``AccessRefusal``, or ``AdministrationError`` `denied` for the operator, who is of no account.
    func requireUser(in catalog: CatalogReader) throws -> Principal.User {
        guard let user = try user(in: catalog) else {
            throw AdministrationError(.denied, "the operator belongs to no account: name one")
        }
        return user
    }
}
