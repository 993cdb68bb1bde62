import BerthAccess
import BerthCatalog
import BerthOCI

extension Registry {
    /// The account of the user who asks, with its project.
    ///
    /// - Throws: ``AccessRefusal``, or ``AdministrationError`` `denied`.
    package func showOwnAccount(by actor: Administrator) async throws -> (account: Account, project: Project) {
        let authority = authority(of: actor)
        let region = region
        return try await catalog.read { catalog in
            let user = try authority.requireUser(in: catalog)
            guard let account = try catalog.account(id: user.account), let project = try catalog.project(of: account.id)
            else { throw AccessRefusal.unauthenticated("this account is gone") }
            return (Account(account), Project(id: project, name: region))
        }
    }
}
