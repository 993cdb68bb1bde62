import BerthAccess
import BerthCatalog
import BerthOCI
import Foundation

/// An organization, as administration shows it.
package struct Organization: Sendable, Equatable {
    package let name: OrganizationName
    /// The account that owns it.
    package let account: AccountName
    package let createdAt: Date

    init(_ record: OrganizationRecord) {
        name = record.name
        account = record.accountName
        createdAt = record.createdAt
    }
}

extension Registry {
    /// Adds an organization to an account.
    ///
    /// For the operator and admin users of the account.
    ///
    /// - Throws: ``AccessRefusal``, or ``AdministrationError``: `accountUnknown`, `denied`, `organizationTaken`.
    @discardableResult
    package func addOrganization(
        _ name: OrganizationName, account: AccountReference, by actor: Administrator
    ) async throws -> Organization {
        let authority = authority(of: actor)
        return try await catalog.write { catalog in
            let account = try authority.administrator(of: account, to: "add organizations", in: catalog.read)
            guard try catalog.read.organization(named: name) == nil else {
                throw AdministrationError(
                    .organizationTaken, "there is an organization \(name) already: names are unique in the region")
            }
            return Organization(
                try catalog.insertOrganization(name, account: account.id, by: actor.creator, now: authority.now))
        }
    }

    /// Lists organizations in the order of their names: all for the operator, for a user those of its account that it
    /// has a permission on.
    ///
    /// - Throws: ``AccessRefusal``, or ``AdministrationError`` `denied`.
    package func listOrganizations(by actor: Administrator) async throws -> [Organization] {
        let authority = authority(of: actor)
        return try await catalog.read { catalog in
            let user = try authority.user(in: catalog)
            return try catalog.organizations(of: user?.account)
                .filter { try !authority.rights(on: $0, in: catalog).isEmpty }
                .map(Organization.init)
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
        }
    }
}
