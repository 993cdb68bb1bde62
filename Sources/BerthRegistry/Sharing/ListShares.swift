import BerthAccess
import BerthCatalog
import BerthOCI

extension Registry {
    /// Shows one share of a repository. Needs manage on it.
    ///
    /// - Throws: ``AccessRefusal``, or ``AdministrationError``: `repositoryUnknown`, `denied`, `shareUnknown`.
    package func showShare(
        of name: RepositoryName, with receiver: AccountReference, by actor: Administrator
    ) async throws -> SharedRepository {
        let authority = authority(of: actor)
        return try await catalog.read { catalog in
            let repository = try authority.repository(name, needing: .manage, to: "see its shares", in: catalog)
            let account = try catalog.requireReceiver(receiver, of: repository)
            return try catalog.sharedRepository(
                repository, with: account, region: authority.region, now: authority.decisionTime)
        }
    }

    /// Like ``showShare(of:with:by:)``, but gives `nil` where there is no such share.
    ///
    /// - Throws: ``AccessRefusal``, or ``AdministrationError``: `repositoryUnknown`, `denied`.
    package func findShare(
        of name: RepositoryName, with receiver: AccountReference, by actor: Administrator
    ) async throws -> SharedRepository? {
        do {
            return try await showShare(of: name, with: receiver, by: actor)
        } catch let error as AdministrationError where error.code == .shareUnknown {
            return nil
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
                SharedRepository($0, of: repository, region: authority.region, now: authority.decisionTime)
            }
        }
    }

    /// Lists the accounts that a repository was shared with last, the newest first, expired shares too. Needs manage on
    /// it.
    ///
    /// - Throws: ``AccessRefusal``, or ``AdministrationError``: `repositoryUnknown`, `denied`.
    package func listNewestShares(
        of name: RepositoryName, limit: Int, by actor: Administrator
    ) async throws -> [SharedRepository] {
        let authority = authority(of: actor)
        return try await catalog.read { catalog in
            let repository = try authority.repository(name, needing: .manage, to: "see its shares", in: catalog)
            return try catalog.newestShares(of: repository.id, limit: limit).map {
                SharedRepository($0, of: repository, region: authority.region, now: authority.decisionTime)
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
            let tags = try catalog.tagsReceived(by: account.id, region: authority.region, now: authority.decisionTime)
            return try catalog.sharesReceived(by: account.id).map { received in
                ReceivedImage(
                    received, tags: tags[received.share.repository] ?? [], status: authority.status(of: received),
                    registryHost: host)
            }
        }
    }
}
