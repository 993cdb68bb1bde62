import BerthAccess
import BerthCatalog
import BerthOCI
import Foundation

/// A user of an account, as administration shows it.
package struct User: Sendable, Equatable {
    package let id: UserID
    package let name: QualifiedUserName
    /// Whether it holds manage on all that its account owns.
    package let isAdmin: Bool
    package let isDisabled: Bool
    /// Whether it can sign in with a password.
    package let hasPassword: Bool
    package let createdAt: Date

    init(_ record: UserRecord) {
        id = record.id
        name = record.qualifiedName
        isAdmin = record.isAdmin
        isDisabled = record.isDisabled
        hasPassword = record.passwordHash != nil
        createdAt = record.createdAt
    }
}

extension Registry {
    /// Adds a user to an account.
    ///
    /// For the operator and admin users of the account.
    ///
    /// - Throws: ``AccessRefusal``, or ``AdministrationError``: `accountUnknown`, `denied`, `nameTaken`.
    @discardableResult
    package func addUser(
        _ name: QualifiedUserName, isAdmin: Bool = false, password: Password? = nil, by actor: Administrator
    ) async throws -> User {
        let authority = authority(of: actor)
        let hash = try await hash(password)
        return try await catalog.write { catalog in
            let account = try authority.administrator(of: .name(name.account), to: "add users", in: catalog.read)
            guard try catalog.read.user(named: name) == nil else {
                throw AdministrationError(.nameTaken, "there is a user \(name) already")
            }
            try authority.record(
                .userAdd, owner: account.id, detail: isAdmin ? "\(name), an admin" : "\(name)", in: catalog)
            return User(
                try catalog.insertUser(
                    name.user, of: account.id, isAdmin: isAdmin, passwordHash: hash, now: authority.now))
        }
    }

    /// Lists the users of an account in the order of their names.
    ///
    /// For the operator and every user of the account.
    ///
    /// - Throws: ``AccessRefusal``, or ``AdministrationError`` `accountUnknown`.
    package func listUsers(of account: AccountReference, by actor: Administrator) async throws -> [User] {
        let authority = authority(of: actor)
        return try await catalog.read { catalog in
            let account = try authority.member(of: account, in: catalog)
            return try catalog.users(of: account.id).map(User.init)
        }
    }

    /// Shows a user.
    ///
    /// For the operator, admin users of the account and the user itself.
    ///
    /// - Throws: ``AccessRefusal``, or ``AdministrationError``: `userUnknown`, `denied`.
    package func showUser(_ name: QualifiedUserName, by actor: Administrator) async throws -> User {
        let authority = authority(of: actor)
        return try await catalog.read { catalog in
            User(try authority.administered(name, includingSelf: true, to: "see \(name)", in: catalog))
        }
    }

    /// Sets a user's password. What it was signed in with before, tokens included, is refused from then on.
    ///
    /// For the operator and admin users of the account.
    ///
    /// - Throws: ``AccessRefusal``, or ``AdministrationError``: `userUnknown`, `denied`.
    package func setPassword(_ password: Password, of name: QualifiedUserName, by actor: Administrator) async throws {
        let authority = authority(of: actor)
        let hash = try await hash(password)
        try await catalog.write { catalog in
            let user = try authority.administered(name, to: "set its passwords", in: catalog.read)
            try catalog.setPassword(hash, of: user.id)
            try authority.record(.userPassword, owner: user.account, detail: "\(name)", in: catalog)
        }
    }

    /// Disables a user, whose very next request is refused, or enables it again.
    ///
    /// For the operator and admin users of the account, who keep one of them enabled.
    ///
    /// - Throws: ``AccessRefusal``, or ``AdministrationError``: `userUnknown`, `denied`, `lastAdministrator`.
    package func setDisabled(_ isDisabled: Bool, user name: QualifiedUserName, by actor: Administrator) async throws {
        let authority = authority(of: actor)
        try await catalog.write { catalog in
            let user = try authority.administered(name, to: "disable and enable its users", in: catalog.read)
            guard user.isDisabled != isDisabled else { return }
            if isDisabled { try authority.requireAdministrator(besides: user, in: catalog.read) }
            try catalog.setDisabled(isDisabled, user: user.id)
            try authority.record(
                isDisabled ? .userDisable : .userEnable, owner: user.account, detail: "\(name)", in: catalog)
        }
    }

    /// Removes a user with its access keys and permissions.
    ///
    /// For the operator and admin users of the account, who keep one of them enabled.
    ///
    /// - Throws: ``AccessRefusal``, or ``AdministrationError``: `userUnknown`, `denied`, `lastAdministrator`.
    package func removeUser(_ name: QualifiedUserName, by actor: Administrator) async throws {
        let authority = authority(of: actor)
        try await catalog.write { catalog in
            let user = try authority.administered(name, to: "remove its users", in: catalog.read)
            try authority.requireAdministrator(besides: user, in: catalog.read)
            _ = try catalog.removeUser(user.id)
            try authority.record(.userRemove, owner: user.account, detail: "\(name)", in: catalog)
        }
    }
}

extension Authority {
    /// Refuses what would leave an account without an administrator who is enabled; only the operator may do that.
    ///
    /// - Throws: ``AdministrationError`` `lastAdministrator`.
    fileprivate func requireAdministrator(besides user: UserRecord, in catalog: CatalogReader) throws {
        guard user.isAdmin, !user.isDisabled, try self.user(in: catalog) != nil else { return }
        let others = try catalog.users(of: user.account).filter { $0.id != user.id && $0.isAdmin && !$0.isDisabled }
        guard !others.isEmpty else {
            throw AdministrationError(
                .lastAdministrator,
                "\(user.qualifiedName) is the only enabled admin user of \(user.accountName): add another one first")
        }
    }
}
