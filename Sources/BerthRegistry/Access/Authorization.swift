import BerthAccess
import BerthCatalog
import BerthIdentity
import BerthOCI
import Foundation

/// A caller's standing with one repository, read from live data.
struct Standing: Sendable {
    let name: RepositoryName
    /// The repository's row, or `nil` when the first push has yet to make it.
    let repository: RepositoryRecord?
    /// The organization of the name.
    let organization: OrganizationID
    /// The account that owns the organization.
    let owner: AccountID
    let decision: Access.Decision
    /// The account of the user who asks.
    let account: AccountID?
    /// What the decision rests on.
    let basis: DecisionBasis
}

/// What the catalog says of a caller and of a repository, of one moment.
struct DecisionBasis: Sendable {
    let principal: Principal
    let facts: AccessFacts
}

/// The live checks of one request: everything that a decision needs besides the catalog.
///
/// A use case makes it once and asks it inside the transaction that acts, so that what was decided on and what is
/// done are of one moment.
struct Authorization: Sendable {
    let caller: Caller
    let region: Region
    let now: Date
    /// What deadlines are compared with; never before ``now``.
    let decisionTime: Date
    let allowsAnonymousPull: Bool
    /// Whether changes are told in the audit log.
    let keepsAudit: Bool

    /// The principal behind the caller's credentials, as it is now.
    ///
    /// - Throws: ``AccessRefusal/unauthenticated(_:)`` when the user is gone or disabled, or its credentials were
    ///   changed after the caller proved them.
    func principal(in catalog: CatalogReader) throws -> Principal {
        switch caller.subject {
        case .anonymous:
            return .anonymous
        case .user(let id, _, let credentialsVersion):
            guard let user = try catalog.user(id: id), !user.isDisabled,
                user.credentialsVersion == credentialsVersion
            else { throw AccessRefusal.unauthenticated("these credentials are no longer good: sign in again") }
            return .user(user.principal)
        }
    }

    /// The caller's standing, or `nil` where there is nothing that it could have any.
    func standing(on name: RepositoryName, in catalog: CatalogReader) throws -> Standing? {
        let principal = try principal(in: catalog)
        var user: UserID?
        var account: AccountID?
        if case .user(let who) = principal { (user, account) = (who.id, who.account) }
        guard let facts = try catalog.accessFacts(on: name, for: user, of: account) else { return nil }
        return standing(on: name, basis: DecisionBasis(principal: principal, facts: facts))
    }

    /// The caller's standing, decided now on what is known already.
    func standing(on name: RepositoryName, basis: DecisionBasis) -> Standing {
        let facts = basis.facts
        var account: AccountID?
        if case .user(let who) = basis.principal { account = who.account }
        let question = Access.Question(
            principal: basis.principal, repository: facts.access, permissions: facts.permissions, share: facts.share,
            region: region, now: decisionTime, allowsAnonymousPull: allowsAnonymousPull)
        return Standing(
            name: name, repository: facts.repository, organization: facts.organization, owner: facts.access.owner,
            decision: Access.decide(question).limited(to: caller.rights), account: account,
            basis: basis)
    }

    /// Lets a read pass that needs to pull, and gives the repository.
    ///
    /// No right and no such repository are one path with one answer.
    ///
    /// - Throws: ``AccessRefusal``, or NAME_UNKNOWN.
    func pulling(from name: RepositoryName, in catalog: CatalogReader) throws -> RepositoryRecord {
        try pullingWithStanding(from: name, in: catalog).repository
    }

    /// Like ``pulling(from:in:)``, with what lets it pass.
    func pullingWithStanding(
        from name: RepositoryName, in catalog: CatalogReader
    ) throws -> (repository: RepositoryRecord, standing: Standing) {
        let standing = try pullStanding(on: name, in: catalog)
        guard let repository = standing.repository else { throw RegistryError.nameUnknown(name) }
        return (repository, standing)
    }

    /// Like ``pulling(from:in:)``, but a repository that is yet to be made passes for who may pull in its organization.
    func pullStanding(on name: RepositoryName, in catalog: CatalogReader) throws -> Standing {
        let found = try standing(on: name, in: catalog)
        guard let standing = found, standing.decision.rights.contains(.pull) else {
            throw RegistryError.nameUnknown(name, cause: found.flatMap(Hidden.init(seen:)))
        }
        guard caller.names(.pull, on: name) else { throw AccessRefusal.insufficientScope }
        return standing
    }

    /// Lets a write pass that needs `right`, and gives the caller's standing.
    ///
    /// - Throws: ``AccessRefusal``, or DENIED, alike for a repository that exists and one that does not.
    func writing(_ right: Rights, to name: RepositoryName, in catalog: CatalogReader) throws -> Standing {
        let found = try standing(on: name, in: catalog)
        guard let standing = found, standing.decision.rights.contains(right) else {
            throw RegistryError.denied(
                right == .delete ? "deleting" : "pushing", on: name, cause: found.map(Hidden.init(tried:)))
        }
        guard caller.names(right, on: name) else { throw AccessRefusal.insufficientScope }
        return standing
    }

    /// Lets a deletion pass, and gives the repository.
    ///
    /// - Throws: ``AccessRefusal``, DENIED, or NAME_UNKNOWN when the caller might delete but there is nothing.
    func deleting(in name: RepositoryName, in catalog: CatalogReader) throws -> RepositoryRecord {
        guard let repository = try writing(.delete, to: name, in: catalog).repository else {
            throw RegistryError.nameUnknown(name)
        }
        return repository
    }
}

extension Registry {
    /// The live checks for a request that arrives now.
    func authorization(of caller: Caller) -> Authorization {
        let now = now()
        return Authorization(
            caller: caller, region: region, now: now, decisionTime: decisionTime(at: now),
            allowsAnonymousPull: settings.allowsAnonymousPull, keepsAudit: settings.keepsAudit)
    }
}
