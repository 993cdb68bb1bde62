import BerthAccess
import BerthCatalog
import BerthOCI

extension Registry {
    /// Makes a repository without content, which is in lists at once.
    ///
    /// Needs write on the organization, and manage to make it public. One that a push has begun but brought no manifest to is taken over.
    ///
    /// - Throws: ``AccessRefusal``, or ``AdministrationError``: `organizationUnknown`, `denied`, `repositoryTaken`,
    ///   `repositoryQuota`.
    @discardableResult
    package func createRepository(
        _ name: RepositoryName, isPublic: Bool, description: RepositoryDescription? = nil,
        category: RepositoryCategory = .other, by actor: Administrator
    ) async throws -> Repository {
        let authority = authority(of: actor)
        let quotas = settings.quotas
        return try await catalog.write { catalog in
            guard let organizationName = try? OrganizationName(parsing: name.organization) else {
                throw AdministrationError.repositoryUnknown(name)
            }
            let organization = try authority.organization(
                organizationName, needing: .push, to: "make repositories in it", in: catalog.read)
            if isPublic {
                _ = try authority.organization(
                    organizationName, needing: .manage, to: "make public repositories in it", in: catalog.read)
            }
            let before = try catalog.read.quotaUse(of: organization.account, within: quotas)
            let existing = try catalog.read.repository(named: name)
            guard existing?.isPublished != true else {
                throw AdministrationError(.repositoryTaken, "there is a repository \(name) already")
            }
            let id =
                try existing?.id
                ?? catalog.insertRepository(
                    named: name, organization: organization.id, by: actor.creator, now: authority.now)
            try catalog.publishRepository(id, now: authority.now)
            try catalog.updateRepository(
                id, isPublic: isPublic, description: description?.description, category: category.rawValue,
                now: authority.now)
            try catalog.read.requireQuotas(quotas, since: before)
            guard let made = try catalog.read.repository(id: id) else {
                throw AdministrationError.repositoryUnknown(name)
            }
            try authority.record(
                .repositoryAdd, on: made, detail: isPublic ? "public" : "private", in: catalog)
            return Repository(made, shares: 0)
        }
    }
}
