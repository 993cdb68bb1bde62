import BerthAccess
import BerthCatalog
import BerthOCI
import Foundation

extension Registry {
    /// Lets another account pull a private repository until the deadline.
    ///
    /// Needs manage on the repository. A share with the same account that has expired is replaced by a new one; one
    /// that is effective is left as it is and refused as taken.
    ///
    /// - Throws: ``AccessRefusal``, or ``AdministrationError``: `repositoryUnknown` (also for who has no right on the
    ///   repository), `denied`, `accountUnknown`, `receiverIsOwner`, `repositoryPublic`, `regionMismatch`,
    ///   `deadlinePast`, `shareTaken`, `tooManyShares`.
    @discardableResult
    package func shareImage(
        _ name: RepositoryName, with receiver: AccountReference, until deadline: Deadline,
        description: ShareDescription = .empty, permission: SharePermission = .pull, by actor: Administrator
    ) async throws -> SharedRepository {
        let authority = authority(of: actor)
        let rules = ShareRules(region: authority.region, now: authority.now)
        return try await catalog.write { catalog in
            let repository = try authority.repository(name, needing: .manage, to: "share it", in: catalog.read)
            let account = try rules.receiver(receiver, of: repository, in: catalog.read)
            try rules.check(deadline)
            _ = try catalog.removeShare(of: repository.id, with: account.id)
            try rules.checkCount(of: repository, in: catalog.read)
            try catalog.upsertShare(
                of: repository.id, with: account.id, deadline: deadline, description: description.description,
                by: actor.creator, now: rules.now)
            try authority.record(
                .shareAdd, on: repository, detail: "with \(account.name) \(deadline.words)", in: catalog)
            return try catalog.read.sharedRepository(repository, with: account, region: rules.region, now: rules.now)
        }
    }
}

extension Registry {
    /// Finds out whether a repository could be shared with an account now, so that a form can say so at its field.
    ///
    /// - Throws: As ``shareImage(_:with:until:description:permission:by:)`` for the repository and the account.
    package func checkReceiver(
        _ receiver: AccountReference, of name: RepositoryName, by actor: Administrator
    ) async throws {
        let authority = authority(of: actor)
        let rules = ShareRules(region: authority.region, now: authority.now)
        try await catalog.read { catalog in
            let repository = try authority.repository(name, needing: .manage, to: "share it", in: catalog)
            _ = try rules.receiver(receiver, of: repository, in: catalog)
        }
    }

    /// Finds out whether a share could end then.
    ///
    /// - Throws: ``AdministrationError`` `deadlinePast`.
    package func check(_ deadline: Deadline) throws(AdministrationError) {
        try ShareRules(region: region, now: now()).check(deadline)
    }
}

extension ShareRules {
    /// The account, if the repository may be shared with it and is not already.
    fileprivate func receiver(
        _ reference: AccountReference, of repository: RepositoryRecord, in catalog: CatalogReader
    ) throws -> AccountRecord {
        let account = try catalog.requireAccount(reference)
        try check(repository, with: account)
        guard let existing = try catalog.share(of: repository.id, with: account.id),
            existing.status(of: repository.access, region: region, now: now) == .effective
        else { return account }
        throw AdministrationError(
            .shareTaken, "\(repository.name) is shared with \(account.name) already: change or remove that share")
    }
}

extension Deadline {
    /// `until 2026-12-31T18:00:00Z`, or `forever`.
    var words: String {
        switch self {
        case .forever: "forever"
        case .until(let end): "until \(end.rfc3339)"
        }
    }
}

extension CatalogReader {
    /// The account that a share of a repository is said to be with.
    ///
    /// - Throws: ``AdministrationError`` `shareUnknown` for one that does not exist, and errors of the catalog.
    func requireReceiver(_ reference: AccountReference, of repository: RepositoryRecord) throws -> AccountRecord {
        do {
            return try requireAccount(reference)
        } catch let error as AdministrationError where error.code == .accountUnknown {
            throw AdministrationError(
                .shareUnknown, "\(repository.name) is not shared with \(reference): \(error.message)")
        }
    }

    /// - Throws: ``AdministrationError`` `shareUnknown`, and errors of the catalog.
    func sharedRepository(
        _ repository: RepositoryRecord, with account: AccountRecord, region: Region, now: Date
    ) throws -> SharedRepository {
        guard let share = try share(of: repository.id, with: account.id) else {
            throw AdministrationError(.shareUnknown, "\(repository.name) is not shared with \(account.name)")
        }
        return SharedRepository(share, of: repository, region: region, now: now)
    }
}
