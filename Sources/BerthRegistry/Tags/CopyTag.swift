import BerthAccess
import BerthCatalog
import BerthOCI

extension Registry {
    /// Points a tag to the manifest that another tag of the repository names, as a push of that manifest would.
    ///
    /// Needs to push to it.
    ///
    /// - Parameter replacing: Whether a destination that is there is moved.
    /// - Throws: ``AccessRefusal``, or ``AdministrationError``: `organizationUnknown`, `repositoryUnknown`, `denied`,
    ///   `tagUnknown` of the source, `tagTaken` of the destination, `tagQuota`.
    package func copyTag(
        _ source: TagName, to destination: TagName, in name: RepositoryName, replacing: Bool, by actor: Administrator
    ) async throws {
        let authority = authority(of: actor)
        let quotas = settings.quotas
        let following = try await catalog.write { catalog in
            let repository = try authority.repository(name, needing: .push, to: "set tags in it", in: catalog.read)
            let digest = try catalog.read.requireTag(source, in: repository).digest
            guard try replacing || !catalog.read.hasTag(destination, in: repository.id) else {
                throw AdministrationError(
                    .tagTaken,
                    "\(name) has a tag \(destination) already: say that it is to be replaced, or name another")
            }
            let before = try catalog.read.quotaUse(of: repository.owner, within: quotas)
            try catalog.setTag(destination, to: digest, in: repository.id, now: authority.now)
            try catalog.publishRepository(repository.id, now: authority.now)
            try catalog.read.requireQuotas(quotas, since: before)
            let following = try catalog.followPush(
                of: [destination], digest: digest, subject: nil, in: repository.id, by: actor.creator,
                now: authority.now)
            try authority.record(
                .push, on: repository, tag: destination, digest: digest, detail: "copied from tag \(source)",
                in: catalog)
            return following
        }
        work.announce(following)
    }
}
