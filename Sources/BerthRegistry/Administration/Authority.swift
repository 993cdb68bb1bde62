import BerthAccess
import BerthCatalog
import BerthOCI
import Foundation

/// The live checks of one administrative request.
///
/// A use case makes it once and asks it inside the transaction that acts. The operator passes every check. A caller
/// passes those that `Access` gives it, must be signed in, and must not come with a token for pulling and pushing. A
/// caller without any right on a thing is answered as if there were no such thing.
struct Authority: Sendable {
    let region: Region
    let now: Date
    /// What deadlines of shares are compared with to tell whether they are effective.
    let decisionTime: Date
    let keepsAudit: Bool
    /// `nil` for the operator.
    private let authorization: Authorization?

    fileprivate init(_ actor: Administrator, of registry: Registry) {
        switch actor {
        case .dataOperator:
            authorization = nil
            now = registry.now()
            decisionTime = registry.decisionTime(at: now)
        case .caller(let caller):
            let authorization = registry.authorization(of: caller)
            self.authorization = authorization
            now = authorization.now
            decisionTime = authorization.decisionTime
        }
        region = registry.region
        keepsAudit = registry.settings.keepsAudit
    }

    /// The signed-in user who asks, as it is now; `nil` for the operator.
    ///
    /// - Throws: ``AccessRefusal``, or ``AdministrationError`` `denied` for a token that is limited to images.
    func user(in catalog: CatalogReader) throws -> Principal.User? {
        guard let authorization else { return nil }
        guard case .user(let user) = try authorization.principal(in: catalog) else {
            throw AccessRefusal.unauthenticated("sign in to do this")
        }
        guard authorization.caller.access == nil else {
            throw AdministrationError(.denied, "a token for pulling and pushing images cannot be used to administer")
        }
        return user
    }

    /// - Throws: ``AccessRefusal``, or ``AdministrationError`` `denied` for everyone but the operator.
    func requireOperator(to act: String, in catalog: CatalogReader) throws {
        guard try user(in: catalog) == nil else {
            throw AdministrationError(.denied, "only the operator of this registry may \(act), with the command line")
        }
    }

    /// The account, for the operator and every user of it.
    ///
    /// - Throws: ``AccessRefusal``, or ``AdministrationError`` `accountUnknown`, also for users of other accounts.
    func member(of reference: AccountReference, in catalog: CatalogReader) throws -> AccountRecord {
        let user = try user(in: catalog)
        let account = try catalog.requireAccount(reference)
        guard user == nil || user?.account == account.id else { throw AdministrationError.accountUnknown(reference) }
        return account
    }

    /// The account, for the operator and its admin users.
    ///
    /// - Throws: ``AccessRefusal``, or ``AdministrationError`` `accountUnknown` or `denied`.
    func administrator(
        of reference: AccountReference, to act: String, in catalog: CatalogReader
    ) throws -> AccountRecord {
        let account = try member(of: reference, in: catalog)
        if let user = try user(in: catalog), !user.isAdmin {
            throw AdministrationError(.denied, "only an admin user of \(account.name) may \(act)")
        }
        return account
    }

    /// The user, for the operator, the admin users of its account and, where `includingSelf`, the user itself.
    ///
    /// - Throws: ``AccessRefusal``, or ``AdministrationError`` `userUnknown` or `denied`.
    func administered(
        _ name: QualifiedUserName, includingSelf: Bool = false, to act: String, in catalog: CatalogReader
    ) throws -> UserRecord {
        let asking = try user(in: catalog)
        guard let user = try catalog.user(named: name), asking == nil || asking?.account == user.account else {
            throw AdministrationError(.userUnknown, "there is no user \(name)")
        }
        if let asking, !asking.isAdmin, !(includingSelf && asking.id == user.id) {
            throw AdministrationError(.denied, "only an admin user of \(user.accountName) may \(act)")
        }
        return user
    }

    /// The rights on an organization itself, from permissions on it.
    ///
    /// - Throws: ``AccessRefusal``.
    func rights(on organization: OrganizationRecord, in catalog: CatalogReader) throws -> Rights {
        guard let authorization, let user = try user(in: catalog) else { return .all }
        let permissions = try catalog.permissions(of: user.id, organization: organization.id, repository: nil)
        let whole = Access.Repository(owner: organization.account, ownerHomeRegion: nil, isPublic: false)
        return Access.decide(
            Access.Question(
                principal: .user(user), repository: whole, permissions: permissions, region: region, now: now,
                allowsAnonymousPull: authorization.allowsAnonymousPull)
        ).rights
    }

    /// The organization, for the operator and who has `right` on it.
    ///
    /// - Throws: ``AccessRefusal``, or ``AdministrationError`` `organizationUnknown` or `denied`.
    func organization(
        _ name: OrganizationName, needing right: Rights, to act: String, in catalog: CatalogReader
    ) throws -> OrganizationRecord {
        _ = try user(in: catalog)
        guard let organization = try catalog.organization(named: name) else {
            throw AdministrationError.organizationUnknown(name)
        }
        let rights = try rights(on: organization, in: catalog)
        guard !rights.isEmpty else { throw try unseen(organization, in: catalog) }
        guard rights.contains(right) else {
            throw AdministrationError(.denied, "you may see the organization \(name), but not \(act)")
        }
        return organization
    }

    /// The rights on a repository; `nil` where there is none to see.
    ///
    /// - Throws: ``AccessRefusal``.
    func rights(
        on name: RepositoryName, in catalog: CatalogReader
    ) throws -> (repository: RepositoryRecord, rights: Rights)? {
        _ = try user(in: catalog)
        guard let authorization else {
            guard let repository = try catalog.repository(named: name), repository.isPublished else { return nil }
            return (repository, .all)
        }
        guard let standing = try authorization.standing(on: name, in: catalog),
            let repository = standing.repository, repository.isPublished, !standing.decision.rights.isEmpty
        else { return nil }
        return (repository, standing.decision.rights)
    }

    /// The repository, for the operator and who has `right` on it.
    ///
    /// - Throws: ``AccessRefusal``, or ``AdministrationError`` `repositoryUnknown` or `denied`.
    func repository(
        _ name: RepositoryName, needing right: Rights, to act: String, in catalog: CatalogReader
    ) throws -> RepositoryRecord {
        guard let (repository, rights) = try rights(on: name, in: catalog) else {
            throw try unknown(name, in: catalog)
        }
        guard rights.contains(right) else {
            throw AdministrationError(.denied, "you may see \(name), but not \(act)")
        }
        return repository
    }

    /// The repository, for the operator and for users of the account that owns it who have `right` on it: others may
    /// pull what is public or shared with them, and learn nothing of how it is kept.
    ///
    /// - Throws: ``AccessRefusal``, or ``AdministrationError`` `repositoryUnknown` or `denied`.
    func ownRepository(
        _ name: RepositoryName, needing right: Rights, to act: String, in catalog: CatalogReader
    ) throws -> RepositoryRecord {
        let repository = try repository(name, needing: right, to: act, in: catalog)
        if let user = try user(in: catalog), user.account != repository.owner {
            throw AdministrationError(.denied, "you may see \(name), but not \(act)")
        }
        return repository
    }

    /// What somebody is told who may see no repository of that name, whether or not there is one.
    ///
    /// An organization that another account owns and one that does not exist are one answer. In an organization of its
    /// own account, who has no permission on that is told so.
    func unknown(_ name: RepositoryName, in catalog: CatalogReader) throws -> AdministrationError {
        guard try user(in: catalog) != nil, let organization = try? OrganizationName(parsing: name.organization) else {
            return .repositoryUnknown(name)
        }
        guard let record = try catalog.organization(named: organization) else {
            return .organizationUnknown(organization)
        }
        guard try rights(on: record, in: catalog).isEmpty else { return .repositoryUnknown(name) }
        let isThere = try catalog.repository(named: name)?.isPublished == true
        return try unseen(record, hiding: isThere, in: catalog)
    }

    /// What somebody is told who has no right on an organization.
    ///
    /// - Parameter isThere: Whether what was asked for is there.
    func unseen(
        _ organization: OrganizationRecord, hiding isThere: Bool = true, in catalog: CatalogReader
    ) throws -> AdministrationError {
        guard try user(in: catalog)?.account == organization.account else {
            return .organizationUnknown(
                organization.name, hiding: isThere ? Hidden(owner: organization.account, isThere: true) : nil)
        }
        return AdministrationError(
            .denied, "you have no permission on the organization \(organization.name): ask who manages it")
    }
}

extension Authority: Auditing {
    var origin: RequestOrigin { authorization?.origin ?? .commandLine }

    func auditActor(in catalog: CatalogReader) throws -> AuditActor {
        try authorization?.auditActor(in: catalog) ?? .operator
    }
}

extension Registry {
    /// The live checks for an administrative request that arrives now.
    func authority(of actor: Administrator) -> Authority { Authority(actor, of: self) }
}
