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
    /// - Parameter countingShares: Whether to tell of each that the user may manage how many accounts it is effectively
    ///   shared with, which costs a question for each.
    /// - Throws: ``AccessRefusal``, or ``AdministrationError`` `denied` for the operator.
    package func listRepositories(
        matching filter: RepositoryFilter, order: RepositoryOrder, descending: Bool, offset: Int, limit: Int,
        countingShares: Bool = false, by actor: Administrator
    ) async throws -> RepositoryPage {
        let authority = authority(of: actor)
        return try await catalog.read { catalog in
            let user = try authority.requireUser(in: catalog)
            let (records, total) = try catalog.repositories(
                visibleTo: user, matching: filter, order: order, descending: descending, offset: offset, limit: limit)
            let tags = try catalog.newestTags(in: records.map(\.id), limit: RepositoryPage.maximumTags)
            let entries = try records.map { record in
                var repository = Repository(record, shares: nil)
                if countingShares, let rights = try authority.rights(on: record.name, in: catalog)?.rights {
                    repository = try authority.summary(of: record, rights: rights, in: catalog)
                }
                return RepositoryPage.Entry(repository: repository, tags: tags[record.id] ?? [])
            }
            return RepositoryPage(entries: entries, total: total)
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
