import BerthAccess
import BerthCatalog
import BerthOCI

/// A permission to be given to a user, named by id and name alike, which must belong together.
package struct PermissionEntry: Sendable {
    package let userID: UserID
    package let userName: UserName
    package let permission: Permission

    package init(userID: UserID, userName: UserName, permission: Permission) {
        self.userID = userID
        self.userName = userName
        self.permission = permission
    }
}

/// Who holds what on an organization or repository, as one user of the owning account sees it.
package struct PermissionOverview: Sendable {
    /// A user with what it was given; `nil` where it holds nothing of its own.
    package struct Holder: Sendable, Equatable {
        package let id: UserID
        package let name: UserName
        package let permission: Permission?
    }

    /// The id of the organization or repository.
    package let id: Int64
    package let creator: Creator
    /// The user who asks, with what it may do there in all.
    package let own: Holder
    /// Everybody else who was given a permission there, by name.
    package let others: [Holder]
}

extension Registry {
    /// The most entries of one change.
    package static let maximumPermissionEntries = 1000

    /// Gives users of the owning account permissions that they have not there yet: all or none.
    ///
    /// Needs manage on an organization; on a repository manage, or write on its organization. Nobody gives more than it
    /// holds, and on a repository nobody gives to itself.
    ///
    /// - Throws: ``AccessRefusal``, or ``AdministrationError``: `organizationUnknown`, `repositoryUnknown`, `denied`,
    ///   `userUnknown`, `permissionTaken`, `valueInvalid`.
    package func addPermissions(
        _ entries: [PermissionEntry], on target: PermissionTarget, by actor: Administrator
    ) async throws {
        try await changePermissions(of: entries.map(\.userID), on: target, by: actor) { place, catalog, note in
            for entry in entries {
                try place.check(entry, in: catalog.read)
                guard try place.permission(of: entry.userID, in: catalog.read) == nil else {
                    throw AdministrationError(
                        place.taken, "\(entry.userName) has a permission on \(target) already: change that")
                }
                try place.set(entry.permission, of: entry.userID, in: catalog)
                try note(entry.userID, entry.permission)
            }
        }
    }

    /// Replaces permissions that users have there: all or none. Otherwise like ``addPermissions(_:on:by:)``.
    ///
    /// - Throws: The same, but `permissionUnknown` where a user has none.
    package func updatePermissions(
        _ entries: [PermissionEntry], on target: PermissionTarget, by actor: Administrator
    ) async throws {
        try await changePermissions(of: entries.map(\.userID), on: target, by: actor) { place, catalog, note in
            for entry in entries {
                try place.check(entry, in: catalog.read)
                try place.requireNotMore(entry.userID, in: catalog.read)
                try place.set(entry.permission, of: entry.userID, in: catalog)
                try note(entry.userID, entry.permission)
            }
        }
    }

    /// Takes back permissions that users have there: all or none. Otherwise like ``addPermissions(_:on:by:)``.
    ///
    /// - Throws: The same, but `permissionUnknown` where a user has none.
    package func removePermissions(
        of users: [UserID], on target: PermissionTarget, by actor: Administrator
    ) async throws {
        try await changePermissions(of: users, on: target, by: actor) { place, catalog, note in
            for user in users {
                try place.requireNotMore(user, in: catalog.read)
                try place.remove(of: user, in: catalog)
                try note(user, nil)
            }
        }
    }

    /// Shows who holds what on the target itself.
    ///
    /// For users of the owning account who have a permission there.
    ///
    /// - Throws: ``AccessRefusal``, or ``AdministrationError``: `organizationUnknown`, `repositoryUnknown`, `denied`.
    package func showPermissions(
        on target: PermissionTarget, by actor: Administrator
    ) async throws -> PermissionOverview {
        let authority = authority(of: actor)
        return try await catalog.read { catalog in
            let user = try authority.requireUser(in: catalog)
            let place = try authority.grantingPlace(target, needing: .pull, in: catalog)
            guard let record = try catalog.user(id: user.id) else {
                throw AdministrationError(.denied, "this user is gone")
            }
            let others = try place.permissions(in: catalog).filter { $0.userID != user.id }
            return PermissionOverview(
                id: place.number, creator: place.creator,
                own: .init(id: user.id, name: record.name, permission: place.held),
                others: others.map { .init(id: $0.userID, name: $0.user.user, permission: $0.permission) })
        }
    }

    private func changePermissions(
        of users: [UserID], on target: PermissionTarget, by actor: Administrator,
        _ change:
            @escaping @Sendable (
                GrantingPlace, CatalogWriter, _ note: (UserID, Permission?) throws -> Void
            ) throws -> Void
    ) async throws {
        guard (1...Self.maximumPermissionEntries).contains(users.count), Set(users).count == users.count else {
            throw AdministrationError(
                .valueInvalid, "name 1 to \(Self.maximumPermissionEntries) users, each of them once")
        }
        let authority = authority(of: actor)
        try await catalog.write { catalog in
            let place = try authority.grantingPlace(target, needing: .manage, in: catalog.read)
            if case .repository = target, let user = try authority.user(in: catalog.read), users.contains(user.id) {
                throw AdministrationError(.valueInvalid, "nobody changes its own permission on a repository")
            }
            try change(place, catalog) { user, permission in
                guard let name = try catalog.read.user(id: user)?.qualifiedName else { return }
                try authority.record(
                    permission == nil ? .permissionRemove : .permissionSet, of: name, to: permission, on: target,
                    of: place.owner, in: catalog)
            }
        }
    }
}
