import BerthAccess
import BerthCatalog
import BerthOCI

extension Registry {
    /// Changes the deadline or the description of a share, or both; what is `nil` stays.
    ///
    /// Needs manage on the repository. A new deadline must meet every rule that a new share meets, also when it makes
    /// an expired share effective again. A description alone changes nothing else.
    ///
    /// - Throws: ``AccessRefusal``, or ``AdministrationError``: `repositoryUnknown`, `denied`, `shareUnknown`, and for a deadline those of the rules.
    @discardableResult
    package func updateShare(
        of name: RepositoryName, with receiver: AccountReference, until deadline: Deadline? = nil,
        description: ShareDescription? = nil, by actor: Administrator
    ) async throws -> SharedRepository {
        let authority = authority(of: actor)
        let rules = ShareRules(region: authority.region, now: authority.now)
        return try await catalog.write { catalog in
            let repository = try authority.repository(name, needing: .manage, to: "change its shares", in: catalog.read)
            let account = try catalog.read.requireReceiver(receiver, of: repository)
            guard let share = try catalog.read.share(of: repository.id, with: account.id) else {
                throw AdministrationError(.shareUnknown, "\(name) is not shared with \(account.name)")
            }
            if let deadline {
                try rules.check(repository, with: account)
                try rules.check(deadline)
                if share.status(of: repository.access, region: rules.region, now: rules.now) == .expired {
                    try rules.checkCount(of: repository, in: catalog.read)
                }
            }
            try catalog.upsertShare(
                of: repository.id, with: account.id, deadline: deadline ?? share.deadline,
                description: description?.description ?? share.description, by: actor.creator, now: rules.now)
            let change = deadline?.words ?? (description == nil ? "without a change" : "with another description")
            try authority.record(
                .shareUpdate, on: repository, detail: "with \(account.name) \(change)", in: catalog)
            return try catalog.read.sharedRepository(repository, with: account, region: rules.region, now: rules.now)
        }
    }
}
