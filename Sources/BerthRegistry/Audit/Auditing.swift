import BerthAccess
import BerthCatalog
import BerthIdentity
import BerthOCI
import Foundation

/// The live checks of a request, as they tell the audit log of what it changes.
protocol Auditing {
    var now: Date { get }
    var keepsAudit: Bool { get }
    var origin: RequestOrigin { get }

    /// Who changes something.
    ///
    /// It refuses nobody, so that it can be asked after a change that ends the caller's own credentials.
    func auditActor(in catalog: CatalogReader) throws -> AuditActor
}

extension Auditing {
    /// Tells of a change in the transaction that makes it, so that neither is there without the other.
    func record(
        _ action: AuditAction, owner: AccountID?, repository: RepositoryName? = nil, tag: TagName? = nil,
        digest: Digest? = nil, isUnderShare: Bool = false, detail: String = "", in catalog: CatalogWriter
    ) throws {
        guard keepsAudit else { return }
        try catalog.insertAudit(
            AuditEvent(
                at: now, action: action, actor: try auditActor(in: catalog.read), owner: owner,
                address: origin.address, repository: repository, tag: tag, digest: digest, isUnderShare: isUnderShare,
                detail: detail))
    }

    /// Tells of a change of a repository or of what is in it.
    func record(
        _ action: AuditAction, on repository: RepositoryRecord, tag: TagName? = nil, digest: Digest? = nil,
        detail: String = "", in catalog: CatalogWriter
    ) throws {
        try record(
            action, owner: repository.owner, repository: repository.name, tag: tag, digest: digest, detail: detail,
            in: catalog)
    }
}

extension Authorization: Auditing {
    var origin: RequestOrigin { caller.origin }

    func auditActor(in catalog: CatalogReader) throws -> AuditActor {
        switch caller.subject {
        case .anonymous: return .anonymous
        case .user(let id, let name, _):
            let account = try catalog.user(id: id)?.account ?? catalog.account(named: name.account)?.id
            return AuditActor(name: name.description, account: account)
        }
    }
}
