import BerthAccess
import BerthCatalog
import BerthIdentity
import BerthOCI
import Foundation

/// A tenant, as administration shows it.
package struct Account: Sendable, Equatable {
    package let id: AccountID
    package let name: AccountName
    package let homeRegion: Region
    package let createdAt: Date

    init(_ record: AccountRecord) {
        id = record.id
        name = record.name
        homeRegion = record.homeRegion
        createdAt = record.createdAt
    }
}

extension Registry {
    /// Adds an account, and in it the admin user of the same name.
    ///
    /// For the operator. The user cannot sign in with a password until it has one.
    ///
    /// - Parameter homeRegion: `nil` is the region that this registry serves.
    /// - Throws: ``AccessRefusal``, or ``AdministrationError``: `denied`, `nameInvalid` for a name that looks like an
    ///   id, `nameTaken`.
    @discardableResult
    package func addAccount(
        _ name: AccountName, homeRegion: Region? = nil, password: Password? = nil, by actor: Administrator
    ) async throws -> Account {
        let authority = authority(of: actor)
        let hash = try await hash(password)
        return try await catalog.write { catalog in
            try authority.requireOperator(to: "add accounts", in: catalog.read)
            guard try catalog.read.account(named: name) == nil else {
                throw AdministrationError(.nameTaken, "there is an account \(name) already")
            }
            let home = homeRegion ?? authority.region
            let account = try catalog.addAccount(name, homeRegion: home, passwordHash: hash, now: authority.now)
            try authority.record(.accountAdd, owner: account.id, detail: "\(name) in \(home)", in: catalog)
            return Account(account)
        }
    }

    /// Lists the accounts in the order of their names: all for the operator, for a user its own.
    ///
    /// - Throws: ``AccessRefusal``, or ``AdministrationError`` `denied`.
    package func listAccounts(by actor: Administrator) async throws -> [Account] {
        let authority = authority(of: actor)
        return try await catalog.read { catalog in
            guard let user = try authority.user(in: catalog) else { return try catalog.accounts().map(Account.init) }
            return try catalog.account(id: user.account).map { [Account($0)] } ?? []
        }
    }

    /// Removes an account with its users, their keys and permissions, and the shares it has received.
    ///
    /// For the operator. Refused while the account owns organizations, since removing it must not remove images.
    ///
    /// - Throws: ``AccessRefusal``, or ``AdministrationError``: `denied`, `accountUnknown`, `inUse`.
    package func removeAccount(_ reference: AccountReference, by actor: Administrator) async throws {
        let authority = authority(of: actor)
        try await catalog.write { catalog in
            try authority.requireOperator(to: "remove accounts", in: catalog.read)
            let account = try catalog.read.requireAccount(reference)
            let organizations = try catalog.read.organizations(of: account.id)
            guard organizations.isEmpty else {
                let names = organizations.prefix(20).map(\.name.description).joined(separator: ", ")
                let more = organizations.count > 20 ? " and \(organizations.count - 20) more" : ""
                throw AdministrationError(
                    .inUse, "\(account.name) owns the organizations \(names)\(more): remove them first")
            }
            for received in try catalog.read.sharesReceived(by: account.id) {
                try authority.record(
                    .shareRemove, owner: received.owner, repository: received.share.repositoryName,
                    detail: "with \(account.name), which was removed", in: catalog)
            }
            try authority.record(
                .accountRemove, owner: account.id, detail: "\(account.name) with id \(account.id)", in: catalog)
            _ = try catalog.removeAccount(account.id)
        }
    }

    /// Hashes a password with the registry's hasher; `nil` stays `nil`.
    func hash(_ password: Password?) async throws -> String? {
        guard let password else { return nil }
        return try await hashing { try await identity.passwords.hash(password.text) }
    }
}

extension CatalogWriter {
    /// Inserts an account and its admin user of the same name.
    ///
    /// - Throws: ``AdministrationError`` `nameInvalid`, and errors of the catalog.
    func addAccount(
        _ name: AccountName, homeRegion: Region, passwordHash: String?, now: Date
    ) throws -> AccountRecord {
        guard !AccountReference.isID(name.description) else {
            throw AdministrationError(.nameInvalid, "\(name) has the form of an account id: choose another name")
        }
        let account = try insertAccount(name, homeRegion: homeRegion, now: now)
        _ = try insertUser(
            try UserName(parsing: name.description), of: account.id, isAdmin: true, passwordHash: passwordHash, now: now
        )
        return account
    }
}
