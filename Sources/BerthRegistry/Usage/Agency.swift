import BerthAccess
import BerthCatalog

extension Registry {
    /// Whether an account has let the registry act for it in other services.
    ///
    /// For the operator and every user of the account. Nothing here needs that it has: Berth acts for nobody elsewhere.
    ///
    /// - Throws: ``AccessRefusal``, or ``AdministrationError``: `accountUnknown`, `denied`.
    package func checkAgency(
        of account: AccountReference, by actor: Administrator
    ) async throws -> (account: AccountID, isThere: Bool) {
        let authority = authority(of: actor)
        return try await catalog.read { catalog in
            let account = try authority.member(of: account, in: catalog)
            return (account.id, try catalog.hasAgency(account.id))
        }
    }

    /// Notes that an account lets the registry act for it in other services.
    ///
    /// For the operator and admin users of the account.
    ///
    /// - Throws: ``AccessRefusal``, or ``AdministrationError``: `accountUnknown`, `denied`, `agencyTaken`.
    package func createAgency(of account: AccountReference, by actor: Administrator) async throws {
        let authority = authority(of: actor)
        try await catalog.write { catalog in
            let account = try authority.administrator(of: account, to: "create its agency", in: catalog.read)
            guard try catalog.insertAgency(of: account.id, now: authority.now) else {
                throw AdministrationError(.agencyTaken, "\(account.name) has its agency already")
            }
        }
    }
}
