import BerthAccess
import BerthCatalog
import BerthOCI

/// The account that a new registry begins with.
package struct FirstAccount: Sendable {
    /// Its admin user, which signs in.
    package let user: QualifiedUserName
    /// The password that was made for it, to be shown once; `nil` when one was given.
    package let generatedPassword: String?

    /// The account's name.
    package var name: AccountName { user.account }
}

extension Registry {
    /// Creates account `admin`, with user `admin/admin`, in a registry that has no account; otherwise does nothing.
    ///
    /// Emptiness is decided in the transaction that inserts, so of several processes that start at once one creates
    /// it and the others get `nil`.
    ///
    /// - Parameter password: `nil` makes one from the system's random numbers.
    /// - Throws: ``AdministrationError`` `valueInvalid` for a password that is too short or too long.
    package func createFirstAccountIfEmpty(password: String?) async throws -> FirstAccount? {
        guard try await catalog.read({ try $0.accounts().isEmpty }) else { return nil }
        let chosen = try password.map { try Password(parsing: $0) } ?? Password.generate()
        let hash = try await hash(chosen)
        let user = try QualifiedUserName(parsing: "admin")
        let authority = authority(of: .dataOperator)
        let isCreated = try await catalog.write { catalog in
            guard try catalog.read.accounts().isEmpty else { return false }
            let account = try catalog.addAccount(
                user.account, homeRegion: authority.region, passwordHash: hash, now: authority.now)
            try authority.record(
                .accountAdd, owner: account.id, detail: "\(user.account) in \(authority.region), the first one",
                in: catalog)
            return true
        }
        guard isCreated else { return nil }
        return FirstAccount(user: user, generatedPassword: password == nil ? chosen.text : nil)
    }
}
