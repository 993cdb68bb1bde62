import BerthAccess
import BerthCatalog
import BerthOCI

extension Registry {
    /// Shows one share of a repository. Needs manage on it.
    ///
    /// - Throws: ``AccessRefusal``, or ``AdministrationError``: `repositoryUnknown`, `denied`, `accountUnknown`,
    ///   `shareUnknown`.
    package func showShare(
        of name: RepositoryName, with receiver: AccountReference, by actor: Administrator
    ) async throws -> SharedRepository {
        let authority = authority(of: actor)
        return try await catalog.read { catalog in
            let repository = try authority.repository(name, needing: .manage, to: "see its shares", in: catalog)
            let account = try catalog.requireAccount(receiver)
            return try catalog.sharedRepository(repository, with: account, region: authority.region, now: authority.now)
        }
    }

    /// Lists the accounts that a repository is shared with, expired shares too. Needs manage on it.
    ///
    /// - Throws: ``AccessRefusal``, or ``AdministrationError``: `repositoryUnknown`, `denied`.
    package func listShares(of name: RepositoryName, by actor: Administrator) async throws -> [SharedRepository] {
        let authority = authority(of: actor)
        return try await catalog.read { catalog in
            let repository = try authority.repository(name, needing: .manage, to: "see its shares", in: catalog)
            return try catalog.shares(of: repository.id).map {
                SharedRepository($0, of: repository.access, region: authority.region, now: authority.now)
            }
        }
    }

    /// Lists what other accounts share with an account, expired shares too.
    ///
    /// Every user of the account may see it, and nobody of another.
    ///
    /// - Throws: ``AccessRefusal``, or ``AdministrationError`` `accountUnknown`.
    package func listReceivedShares(
        by receiver: AccountReference, for actor: Administrator
    ) async throws -> [ReceivedImage] {
        let authority = authority(of: actor)
        let host = settings.registryHost
        return try await catalog.read { catalog in
            let account = try authority.member(of: receiver, in: catalog)
            return try catalog.sharesReceived(by: account.id).map { received in
                let repository = Access.Repository(
                    owner: received.owner, ownerHomeRegion: received.ownerHomeRegion, isPublic: received.isPublic)
                let status = received.share.status(of: repository, region: authority.region, now: authority.now)
                let tags = status == .effective ? try catalog.tags(in: received.share.repository) : []
                return ReceivedImage(received, tags: tags, status: status, registryHost: host)
            }
        }
    }
}
