import BerthAccess
import BerthCatalog
import BerthOCI
import Foundation

/// A record of the audit log, as it is shown.
package struct AuditEntry: Sendable, Equatable {
    /// Grows with every record; asks for those before it.
    package let id: Int64
    /// When it happened, the last time of several.
    package let at: Date
    package let action: AuditAction
    package let result: AuditResult
    /// `account/user`, `operator`, `anonymous`, or what somebody typed whose credentials were wrong.
    package let actor: String
    /// The account of the user who did it; `nil` for who is none.
    package let account: String?
    /// Where the request came from; empty for the command line and for what the server does by itself.
    package let address: String
    package let repository: RepositoryName?
    package let tag: TagName?
    package let digest: Digest?
    /// Whether a share gave the right to it.
    package let isUnderShare: Bool
    package let detail: String
    /// How many times.
    package let count: Int64

    init(_ record: AuditRecord) {
        let event = record.event
        id = record.id
        at = event.at
        action = event.action
        result = event.result
        actor = event.actor.name
        account = event.actor.account == nil ? nil : String(event.actor.name.prefix { $0 != "/" })
        address = event.address
        repository = event.repository
        tag = event.tag
        digest = event.digest
        isUnderShare = event.isUnderShare
        detail = event.detail
        count = event.count
    }
}

/// Which records of the audit log are shown; what is `nil` is not asked about.
package struct AuditFilter: Sendable {
    /// What its users did, and what was done to what it owns. One that has been removed is named by its id.
    package var account: AccountReference?
    package var repository: RepositoryName?
    package var actions: AuditActions?
    /// Whether pulls of single blobs are left out: who pulls an image pulls its manifest and then each of its blobs.
    package var hidesBlobPulls = false
    /// What happened then or later.
    package var since: Date?
    /// Only older records than the one with this id.
    package var before: Int64?
    /// The most records.
    package var limit: Int

    package init(
        account: AccountReference? = nil, repository: RepositoryName? = nil, actions: AuditActions? = nil,
        since: Date? = nil, before: Int64? = nil, limit: Int = 100
    ) {
        self.account = account
        self.repository = repository
        self.actions = actions
        self.since = since
        self.before = before
        self.limit = limit
    }

    /// Reads since when: a duration before `now` such as `24h`, an instant, or a date, which is its beginning in UTC.
    ///
    /// - Throws: ``ParseFailure`` for anything else.
    package static func since(parsing text: String, now: Date) throws(ParseFailure) -> Date {
        if let duration = try? DurationText.parse(text) { return now.addingTimeInterval(-duration.seconds) }
        let isDate = text.utf8.count == 10
        guard case .until(let instant)? = try? DeadlineText.parse(until: isDate ? text + "T00:00:00Z" : text) else {
            throw ParseFailure(
                "time", found: text,
                expected: "a duration such as 24h, a date such as 2026-12-31 or an instant such as 2026-12-31T18:00:00Z"
            )
        }
        return instant
    }
}

extension Registry {
    /// Shows the audit log, the newest record first.
    ///
    /// For the operator all of it; for an admin user what was done to what its account owns, by whomever; for a user
    /// with manage on a repository what was done to that, which it must name.
    ///
    /// - Throws: ``AccessRefusal``, or ``AdministrationError``: `accountUnknown`, `repositoryUnknown`, `denied`.
    package func listAudit(_ filter: AuditFilter, by actor: Administrator) async throws -> [AuditEntry] {
        let authority = authority(of: actor)
        return try await catalog.read { catalog in
            var query = AuditQuery(
                repository: filter.repository, actions: filter.actions?.all, since: filter.since,
                before: filter.before, limit: filter.limit)
            query.hidesBlobPulls = filter.hidesBlobPulls
            if let user = try authority.user(in: catalog) {
                query.owner = user.account
                if let account = filter.account { _ = try authority.member(of: account, in: catalog) }
                if !user.isAdmin { try authority.requireManage(of: filter.repository, in: catalog) }
            } else {
                query.account = try filter.account.map { try catalog.auditedAccount($0) }
            }
            return try catalog.audit(query).map(AuditEntry.init)
        }
    }
}

extension Authority {
    fileprivate func requireManage(of repository: RepositoryName?, in catalog: CatalogReader) throws {
        guard let repository else {
            throw AdministrationError(
                .denied, "only an admin user may see what was done to all that its account owns: name a repository")
        }
        _ = try ownRepository(repository, needing: .manage, to: "who did what to it", in: catalog)
    }
}

extension CatalogReader {
    /// The account, which need not be there any more when it is named by its id.
    fileprivate func auditedAccount(_ reference: AccountReference) throws -> AccountID {
        if case .id(let id) = reference { return id }
        return try requireAccount(reference).id
    }
}
