import BerthAccess
import BerthCatalog
import BerthIdentity
import BerthOCI
import Foundation

/// Something that happened and is yet to be written down: equal ones become one record with their number.
///
/// What takes a question to the catalog is left open until then.
struct AuditNote: Hashable, Sendable {
    enum Actor: Hashable, Sendable {
        case anonymous
        /// A user whose credentials were good, with its account where that is known.
        case user(QualifiedUserName, AccountID?)
        /// What somebody typed whose credentials were not.
        case claimed(String)
    }

    let action: AuditAction
    let result: AuditResult
    var actor: Actor
    let origin: RequestOrigin
    /// The account that owns what was acted on; `nil` is found out by name.
    var owner: AccountID?
    var repository: RepositoryName?
    var organization: OrganizationName?
    var tag: TagName?
    var digest: Digest?
    var isUnderShare = false
    var detail = ""

    /// The most characters of what somebody typed that are kept, counted in Unicode scalars.
    static let maximumName = 128
    /// The same for what is said besides.
    static let maximumDetail = 512

    init(
        _ action: AuditAction, _ result: AuditResult, by actor: Actor, from origin: RequestOrigin,
        owner: AccountID? = nil, detail: String = ""
    ) {
        self.action = action
        self.result = result
        if case .claimed(let name) = actor {
            self.actor = .claimed(name.cut(to: Self.maximumName))
        } else {
            self.actor = actor
        }
        self.origin = origin
        self.owner = owner
        self.detail = detail.cut(to: Self.maximumDetail)
    }

    /// The note without anything that who is refused can make up, so that there are few different ones.
    var coarse: AuditNote {
        var note = self
        (note.tag, note.digest) = (nil, nil)
        note.detail = "one of many"
        if case .claimed = actor { note.actor = .claimed("") }
        if owner == nil { (note.repository, note.organization) = (nil, nil) }
        return note
    }
}

extension Caller {
    /// The caller as notes name it.
    func auditActor(of account: AccountID? = nil) -> AuditNote.Actor {
        switch subject {
        case .anonymous: .anonymous
        case .user(_, let name, _): .user(name, account)
        }
    }
}

extension String {
    /// The text up to so many Unicode scalars, without NUL, which not every database holds.
    fileprivate func cut(to count: Int) -> String {
        guard unicodeScalars.count > count || utf8.contains(0) else { return self }
        var kept = UnicodeScalarView()
        for scalar in unicodeScalars.prefix(count) { kept.append(scalar.value == 0 ? "\u{FFFD}" : scalar) }
        return String(kept)
    }
}
