import BerthAccess
import BerthCatalog
import BerthOCI

extension Registry {
    /// Ends a share; the receiver's very next request is refused.
    ///
    /// Needs manage on the repository.
    ///
    /// - Throws: ``AccessRefusal``, or ``AdministrationError``: `repositoryUnknown`, `denied`, `shareUnknown`.
    package func removeShare(of name: RepositoryName, with receiver: AccountReference, by actor: Administrator)
        async throws
    {
        let authority = authority(of: actor)
        try await catalog.write { catalog in
            let repository = try authority.repository(name, needing: .manage, to: "change its shares", in: catalog.read)
            let account = try catalog.read.requireReceiver(receiver, of: repository)
            guard try catalog.removeShare(of: repository.id, with: account.id) else {
                throw AdministrationError(.shareUnknown, "\(name) is not shared with \(account.name)")
            }
            try authority.record(.shareRemove, on: repository, detail: "with \(account.name)", in: catalog)
        }
    }
}
