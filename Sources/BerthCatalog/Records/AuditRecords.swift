import BerthAccess
import BerthOCI
import Foundation

/// Who did something: in words, which stay true when the user is gone, and by the account of the user.
package struct AuditActor: Sendable, Hashable {
    /// `account/user`, a name of ``operator`` or the like, or what somebody typed who could not sign in.
    package let name: String
    /// `nil` for who is no user.
    package let account: AccountID?

    package init(name: String, account: AccountID?) {
        self.name = name
        self.account = account
    }

    /// The person at the command line.
    package static let `operator` = AuditActor(name: "operator", account: nil)
    package static let anonymous = AuditActor(name: "anonymous", account: nil)
    /// What policies of retention do.
    package static let retention = AuditActor(name: "retention", account: nil)
    /// What copies to other regions do.
    package static let synchronization = AuditActor(name: "synchronization", account: nil)
    /// What the registry does of itself.
    package static let registry = AuditActor(name: "berth", account: nil)
}

/// Something that was done or refused, once or several times.
package struct AuditEvent: Sendable, Hashable {
    /// When it happened, the last time of several.
    package var at: Date
    package var action: AuditAction
    package var result: AuditResult
    package var actor: AuditActor
    /// The account that owns what was acted on.
    package var owner: AccountID?
    /// Where the request came from; empty for what came from no other machine.
    package var address: String
    package var repository: RepositoryName?
    package var tag: TagName?
    package var digest: Digest?
    /// Whether a share gave the right to it.
    package var isUnderShare: Bool
    /// What else there is to say, in words.
    package var detail: String
    /// How many times, 1 or more.
    package var count: Int64

    /// The ``detail`` of what was done with a single blob, as is done with each of an image's when that is pulled.
    package static let blobDetail = "blob"

    package init(
        at: Date, action: AuditAction, result: AuditResult = .done, actor: AuditActor, owner: AccountID?,
        address: String = "", repository: RepositoryName? = nil, tag: TagName? = nil, digest: Digest? = nil,
        isUnderShare: Bool = false, detail: String = "", count: Int64 = 1
    ) {
        self.at = at
        self.action = action
        self.result = result
        self.actor = actor
        self.owner = owner
        self.address = address
        self.repository = repository
        self.tag = tag
        self.digest = digest
        self.isUnderShare = isUnderShare
        self.detail = detail
        self.count = count
    }
}

/// An event as it is kept.
package struct AuditRecord: Sendable, Hashable {
    /// Grows with every record.
    package let id: Int64
    package let event: AuditEvent

    package init(id: Int64, event: AuditEvent) {
        self.id = id
        self.event = event
    }
}

/// Which records are asked for; what is `nil` is not asked about.
package struct AuditQuery: Sendable {
    /// What its users did, and what was done to what it owns.
    package var account: AccountID?
    /// What was done to what it owns.
    package var owner: AccountID?
    package var repository: RepositoryName?
    package var actions: [AuditAction]?
    /// Whether pulls of single blobs are left out.
    package var hidesBlobPulls = false
    /// What happened then or later.
    package var since: Date?
    /// Only records with smaller ids.
    package var before: Int64?
    package var limit: Int

    package init(
        account: AccountID? = nil, owner: AccountID? = nil, repository: RepositoryName? = nil,
        actions: [AuditAction]? = nil, since: Date? = nil, before: Int64? = nil, limit: Int
    ) {
        self.account = account
        self.owner = owner
        self.repository = repository
        self.actions = actions
        self.since = since
        self.before = before
        self.limit = limit
    }
}
