import BerthAccess
import BerthCatalog
import BerthOCI

/// What a permission is given on.
package enum PermissionTarget: Hashable, Sendable, CustomStringConvertible {
    case organization(OrganizationName)
    case repository(RepositoryName)

    /// Reads `ORG` or `ORG/REPO`.
    ///
    /// - Throws: ``ParseFailure`` of the organization or the repository name.
    package init(parsing text: String) throws(ParseFailure) {
        if text.utf8.contains(UInt8(ascii: "/")) {
            self = .repository(try RepositoryName(parsing: text))
        } else {
            self = .organization(try OrganizationName(parsing: text))
        }
    }

    package var description: String {
        switch self {
        case .organization(let name): name.description
        case .repository(let name): name.description
        }
    }
}

/// The permission that a user was given on an organization or repository.
package struct GrantedPermission: Sendable, Equatable {
    package let target: PermissionTarget
    package let user: QualifiedUserName
    package let permission: Permission
}

extension Registry {
    /// Gives a user of the owning account a permission, in place of the one it had there.
    ///
    /// Needs manage on the target.
    ///
    /// - Throws: ``AccessRefusal``, or ``AdministrationError``: `organizationUnknown`, `repositoryUnknown`, `denied`,
    ///   `userUnknown`, `valueInvalid` for a user of another account.
    @discardableResult
    package func setPermission(
        _ permission: Permission, on target: PermissionTarget, of name: QualifiedUserName, by actor: Administrator
    ) async throws -> GrantedPermission {
        let authority = authority(of: actor)
        return try await catalog.write { catalog in
            let place = try authority.place(of: target, in: catalog.read)
            guard name.account == place.ownerName else {
                throw AdministrationError(
                    .valueInvalid,
                    "\(target) belongs to \(place.ownerName), and permissions are for its own users: to let "
                        + "\(name.account) pull an image, share it with that account")
            }
            let user = try catalog.read.requireUser(name)
            switch place.id {
            case .organization(let id): try catalog.setPermission(permission, of: user.id, onOrganization: id)
            case .repository(let id): try catalog.setPermission(permission, of: user.id, onRepository: id)
            }
            try authority.record(.permissionSet, of: name, to: permission, on: target, of: place.owner, in: catalog)
            return GrantedPermission(target: target, user: name, permission: permission)
        }
    }

    /// Lists the permissions given on the target itself, in the order of the users' names.
    ///
    /// Needs manage on the target.
    ///
    /// - Throws: ``AccessRefusal``, or ``AdministrationError``: `organizationUnknown`, `repositoryUnknown`, `denied`.
    package func listPermissions(on target: PermissionTarget, by actor: Administrator) async throws
        -> [GrantedPermission]
    {
        let authority = authority(of: actor)
        return try await catalog.read { catalog in
            let records =
                switch try authority.place(of: target, in: catalog).id {
                case .organization(let id): try catalog.organizationPermissions(of: id)
                case .repository(let id): try catalog.repositoryPermissions(of: id)
                }
            return records.map { GrantedPermission(target: target, user: $0.user, permission: $0.permission) }
        }
    }

    /// Takes back the permission that a user has on the target itself.
    ///
    /// Needs manage on the target.
    ///
    /// - Throws: ``AccessRefusal``, or ``AdministrationError``: `organizationUnknown`, `repositoryUnknown`, `denied`,
    ///   `userUnknown`, `valueInvalid` when the user has none there.
    package func removePermission(
        on target: PermissionTarget, of name: QualifiedUserName, by actor: Administrator
    ) async throws {
        let authority = authority(of: actor)
        try await catalog.write { catalog in
            let place = try authority.place(of: target, in: catalog.read)
            // Whether another account has a user of this name is not to be learned here.
            guard name.account == place.ownerName else { throw AdministrationError.noPermission(of: name, on: target) }
            let user = try catalog.read.requireUser(name)
            let isRemoved =
                switch place.id {
                case .organization(let id): try catalog.removePermission(of: user.id, onOrganization: id)
                case .repository(let id): try catalog.removePermission(of: user.id, onRepository: id)
                }
            guard isRemoved else { throw AdministrationError.noPermission(of: name, on: target) }
            try authority.record(.permissionRemove, of: name, on: target, of: place.owner, in: catalog)
        }
    }
}

extension AdministrationError {
    fileprivate static func noPermission(of user: QualifiedUserName, on target: PermissionTarget) -> AdministrationError
    {
        AdministrationError(.valueInvalid, "\(user) has no permission of its own on \(target)")
    }
}

/// Where a permission is kept, and who owns that.
private struct PermissionPlace {
    enum ID {
        case organization(OrganizationID)
        case repository(RepositoryID)
    }

    let id: ID
    let owner: AccountID
    let ownerName: AccountName
}

extension Authority {
    fileprivate func place(of target: PermissionTarget, in catalog: CatalogReader) throws -> PermissionPlace {
        switch target {
        case .organization(let name):
            let organization = try organization(name, needing: .manage, to: "its permissions", in: catalog)
            return PermissionPlace(
                id: .organization(organization.id), owner: organization.account, ownerName: organization.accountName)
        case .repository(let name):
            let repository = try repository(name, needing: .manage, to: "its permissions", in: catalog)
            return PermissionPlace(
                id: .repository(repository.id), owner: repository.owner, ownerName: repository.ownerName)
        }
    }

    /// Tells of a change of a permission.
    func record(
        _ action: AuditAction, of user: QualifiedUserName, to permission: Permission? = nil,
        on target: PermissionTarget, of owner: AccountID, in catalog: CatalogWriter
    ) throws {
        let words = permission.map { "\($0) for \(user)" } ?? "of \(user)"
        switch target {
        case .organization(let name):
            try record(action, owner: owner, detail: "\(words) on all of \(name)", in: catalog)
        case .repository(let name):
            try record(action, owner: owner, repository: name, detail: words, in: catalog)
        }
    }
}

extension CatalogReader {
    /// - Throws: ``AdministrationError`` `userUnknown`, and errors of the catalog.
    fileprivate func requireUser(_ name: QualifiedUserName) throws -> UserRecord {
        guard let user = try user(named: name) else {
            throw AdministrationError(.userUnknown, "there is no user \(name)")
        }
        return user
    }
}
