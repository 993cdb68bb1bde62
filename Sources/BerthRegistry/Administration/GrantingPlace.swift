import BerthAccess
import BerthCatalog
import BerthOCI

/// Where permissions are given, and what who gives them holds there.
struct GrantingPlace: Sendable {
    enum ID: Sendable {
        case organization(OrganizationID)
        case repository(RepositoryID)
    }

    let id: ID
    let target: PermissionTarget
    let owner: AccountID
    let creator: Creator
    /// The most that who asks may give.
    let held: Permission?

    /// The id as a number.
    var number: Int64 {
        switch id {
        case .organization(let id): id.rawValue
        case .repository(let id): id.rawValue
        }
    }

    /// The code for a permission that is given already.
    var taken: AdministrationError.Code {
        switch id {
        case .organization: .organizationPermissionTaken
        case .repository: .permissionTaken
        }
    }

    /// The code for a permission that nobody gave.
    private var unknown: AdministrationError.Code {
        switch id {
        case .organization: .organizationPermissionUnknown
        case .repository: .permissionUnknown
        }
    }

    /// Checks that an entry is of a user of the owning account and gives no more than is held.
    func check(_ entry: PermissionEntry, in catalog: CatalogReader) throws {
        guard let user = try catalog.user(id: entry.userID), user.account == owner, user.name == entry.userName else {
            throw AdministrationError(
                .userUnknown,
                "the account that owns \(target) has no user \(entry.userName) with the id that was sent: permissions "
                    + "are for its own users, and another account gets a share")
        }
        guard let held, entry.permission <= held else {
            throw AdministrationError(
                .denied, "\(entry.permission) is more than you hold on \(target), so you cannot give it")
        }
    }

    /// Checks that a user has a permission here, and none larger than is held.
    func requireNotMore(_ user: UserID, in catalog: CatalogReader) throws {
        guard let permission = try permission(of: user, in: catalog) else {
            throw AdministrationError(
                unknown, "one of these users has no permission of its own on \(target)")
        }
        guard let held, permission <= held else {
            throw AdministrationError(.denied, "one of these users holds more on \(target) than you do")
        }
    }

    func permissions(in catalog: CatalogReader) throws -> [PermissionRecord] {
        switch id {
        case .organization(let id): try catalog.organizationPermissions(of: id)
        case .repository(let id): try catalog.repositoryPermissions(of: id)
        }
    }

    func permission(of user: UserID, in catalog: CatalogReader) throws -> Permission? {
        switch id {
        case .organization(let id): try catalog.permission(of: user, onOrganization: id)
        case .repository(let id): try catalog.permission(of: user, onRepository: id)
        }
    }

    func set(_ permission: Permission, of user: UserID, in catalog: CatalogWriter) throws {
        switch id {
        case .organization(let id): try catalog.setPermission(permission, of: user, onOrganization: id)
        case .repository(let id): try catalog.setPermission(permission, of: user, onRepository: id)
        }
    }

    func remove(of user: UserID, in catalog: CatalogWriter) throws {
        switch id {
        case .organization(let id): _ = try catalog.removePermission(of: user, onOrganization: id)
        case .repository(let id): _ = try catalog.removePermission(of: user, onRepository: id)
        }
    }
}

extension Authority {
    /// The place, for the operator and who has `right` there; to give permissions on a repository, write on its
    /// organization is enough.
    func grantingPlace(
        _ target: PermissionTarget, needing right: Rights, in catalog: CatalogReader
    ) throws -> GrantingPlace {
        switch target {
        case .organization(let name):
            let organization = try organization(name, needing: right, to: "change its permissions", in: catalog)
            return GrantingPlace(
                id: .organization(organization.id), target: target, owner: organization.account,
                creator: organization.creator,
                held: Permission(granting: try rights(on: organization, in: catalog)))
        case .repository(let name):
            guard let repository = try rights(on: name, in: catalog)?.repository else {
                throw try unknown(name, in: catalog)
            }
            guard let held = try permission(on: repository, in: catalog),
                try held.rights.contains(right) || mayGrant(in: repository, catalog)
            else {
                throw AdministrationError(.denied, "you may see \(name), but not its permissions")
            }
            return GrantingPlace(
                id: .repository(repository.id), target: target, owner: repository.owner, creator: repository.creator,
                held: held)
        }
    }

    /// What somebody was given on a repository or its organization; that others may pull it too gives nothing.
    private func permission(on repository: RepositoryRecord, in catalog: CatalogReader) throws -> Permission? {
        guard let user = try user(in: catalog) else { return .manage }
        guard user.account == repository.owner else { return nil }
        guard !user.isAdmin else { return .manage }
        return try catalog.permissions(
            of: user.id, organization: repository.organization, repository: repository.id
        ).max()
    }

    private func mayGrant(
        in repository: RepositoryRecord, _ catalog: CatalogReader
    ) throws -> Bool {
        guard let user = try user(in: catalog) else { return true }
        let onOrganization = try catalog.permission(of: user.id, onOrganization: repository.organization)
        return onOrganization.map { $0 >= .write } ?? false
    }
}

extension Permission {
    /// The largest permission within rights.
    init?(granting rights: Rights) {
        guard let largest = Self.allCases.last(where: { rights.isSuperset(of: $0.rights) }) else { return nil }
        self = largest
    }
}
