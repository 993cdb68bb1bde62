import BerthAccess
import BerthCatalog
import BerthOCI
import Foundation

/// An organization, as administration shows it.
package struct Organization: Sendable, Equatable {
    package let id: OrganizationID
    package let name: OrganizationName
    /// The account that owns it.
    package let account: AccountName
    package let creator: Creator
    package let createdAt: Date

    init(_ record: OrganizationRecord) {
        id = record.id
        creator = record.creator
        name = record.name
        account = record.accountName
        createdAt = record.createdAt
    }
}

/// An organization with what a list tells of it.
package struct OrganizationSummary: Sendable, Equatable {
    package let organization: Organization
    /// What the user who asks holds on it; `nil` for one that it sees only because of a repository.
    package let permission: Permission?
    /// How many users were given a permission on it.
    package let userCount: Int
    /// How many repositories it has that the user who asks may see.
    package let repositoryCount: Int

    init(_ record: OrganizationSummaryRecord) {
        organization = Organization(record.organization)
        permission = record.permission
        userCount = record.userCount
        repositoryCount = record.repositoryCount
    }
}

extension Registry {
    /// Adds an organization to an account.
    ///
    /// For the operator and admin users of the account. The user who makes it gets manage on it, and keeps that when it
    /// is no admin any more.
    ///
    /// - Throws: ``AccessRefusal``, or ``AdministrationError``: `accountUnknown`, `denied`, `organizationTaken`,
    ///   `organizationQuota` also for the operator.
    @discardableResult
    package func addOrganization(
        _ name: OrganizationName, account: AccountReference, by actor: Administrator
    ) async throws -> Organization {
        let authority = authority(of: actor)
        let quotas = settings.quotas
        return try await catalog.write { catalog in
            let account = try authority.administrator(of: account, to: "add organizations", in: catalog.read)
            let before = try catalog.read.quotaUse(of: account.id, within: quotas)
            guard try catalog.read.organization(named: name) == nil else {
                throw AdministrationError(
                    .organizationTaken, "there is an organization \(name) already: names are unique in the region")
            }
            let organization = try catalog.insertOrganization(
                name, account: account.id, by: actor.creator, now: authority.now)
            if let user = actor.creator.id {
                try catalog.setPermission(.manage, of: user, onOrganization: organization.id)
            }
            try catalog.read.requireQuotas(quotas, since: before)
            try authority.record(
                .organizationAdd, owner: account.id, detail: "\(name) of \(account.name)", in: catalog)
            return Organization(organization)
        }
    }

    /// Lists organizations in the order of their names: all for the operator, for a user those of its account that it
    /// has a permission on.
    ///
    /// - Parameters:
    ///   - name: Only the one of this name.
    ///   - includesVisible: Whether those are listed, too, that the user has a permission on a repository of only.
    /// - Throws: ``AccessRefusal``, or ``AdministrationError`` `denied`.
    package func listOrganizations(
        named name: OrganizationName? = nil, includesVisible: Bool = false, by actor: Administrator
    ) async throws -> [OrganizationSummary] {
        let authority = authority(of: actor)
        return try await catalog.read { catalog in
            let user = try authority.user(in: catalog)
            return try catalog.organizationSummaries(for: user, named: name, includesVisible: includesVisible)
                .map(OrganizationSummary.init)
        }
    }

    /// Shows an organization to who has a permission on it or on a repository of it.
    ///
    /// - Throws: ``AccessRefusal``, or ``AdministrationError``: `organizationUnknown`, `denied`.
    package func showOrganization(
        _ name: OrganizationName, by actor: Administrator
    ) async throws -> OrganizationSummary {
        let found = try await listOrganizations(named: name, includesVisible: true, by: actor).first
        if let found { return found }
        let authority = authority(of: actor)
        throw try await catalog.read { catalog in
            guard let organization = try catalog.organization(named: name) else {
                return AdministrationError.organizationUnknown(name)
            }
            return try authority.unseen(organization, in: catalog)
        }
    }

    /// Removes an organization that has no repositories.
    ///
    /// Needs manage on the organization.
    ///
    /// - Throws: ``AccessRefusal``, or ``AdministrationError``: `organizationUnknown`, `denied`, `organizationInUse`.
    package func removeOrganization(_ name: OrganizationName, by actor: Administrator) async throws {
        let authority = authority(of: actor)
        try await catalog.write { catalog in
            let organization = try authority.organization(name, needing: .manage, to: "remove it", in: catalog.read)
            do {
                _ = try catalog.removeOrganization(organization.id)
            } catch CatalogError.inUse {
                throw AdministrationError(.organizationInUse, "\(name) has repositories: remove them first")
            }
            try authority.record(
                .organizationRemove, owner: organization.account, detail: "\(name) of \(organization.accountName)",
                in: catalog)
        }
    }
}
