import BerthAccess
import BerthCatalog
import BerthOCI
import Foundation
import Logging
import Synchronization

extension Registry {
    /// How many records are written or removed in one transaction.
    private static let recordsPerTransaction = 1000
    /// What other writers have between two transactions that remove.
    private static let pauseOfPruning: Duration = .milliseconds(20)

    /// Writes down what has been noted since the last time; when this returns, all that was noted before is written.
    ///
    /// When that fails it is kept for the next time.
    ///
    /// - Throws: Errors of the catalog.
    package func writeAudit() async throws {
        while !audit.isWritten {
            let taken = Mutex(AuditBuffer.Batch?.none)
            do {
                // Taken while no other write goes on, so that whoever waits for this one waits for those before it.
                try await catalog.record { [audit, now] catalog in
                    let batch = audit.take(atMost: Self.recordsPerTransaction)
                    taken.withLock { $0 = batch }
                    try catalog.write(batch, now: now())
                }
                audit.confirm()
            } catch {
                if let batch = taken.withLock(\.self) {
                    if batch.lost > 0 { logLost(batch.lost) }
                    audit.putBack(batch)
                }
                throw error
            }
            if let lost = taken.withLock(\.self)?.lost, lost > 0 { logLost(lost) }
        }
    }

    /// Removes records that are older than the setting `audit.days`, in small transactions.
    ///
    /// - Returns: How many went.
    /// - Throws: Errors of the catalog, `CancellationError`.
    package func pruneAudit() async throws -> Int {
        let days = settings.auditDays
        let end = days == 0 ? Date.distantFuture : now().addingTimeInterval(-Double(days) * 86_400)
        var count = 0
        while try await catalog.read({ try $0.hasAudit(before: end) }) {
            count += try await catalog.record {
                try $0.pruneAudit(before: end, limit: Self.recordsPerTransaction)
            }
            try await Task.sleep(for: Self.pauseOfPruning)
        }
        return count
    }

    private func logLost(_ count: Int64) {
        logger.error("the audit log has lost records for want of memory", metadata: ["berth.lost": "\(count)"])
    }
}

extension CatalogWriter {
    /// Writes a batch down, in the order of time.
    fileprivate func write(_ batch: AuditBuffer.Batch, now: Date) throws {
        if batch.lost > 0 {
            try insertAudit(
                AuditEvent(
                    at: now, action: .auditLost, actor: .registry, owner: nil,
                    detail: "these were not kept: there was more to tell than fits into memory", count: batch.lost))
        }
        var names = KnownAccounts(catalog: read)
        for entry in batch.entries.sorted(by: { $0.last < $1.last }) {
            try insertAudit(names.event(of: entry))
        }
    }
}

/// Finds out whose what notes speak of is, each name once.
private struct KnownAccounts {
    let catalog: CatalogReader
    private var byAccountName: [AccountName: AccountID?] = [:]
    private var byOrganization: [String: AccountID?] = [:]
    private var byLogin: [String: AccountID?] = [:]

    init(catalog: CatalogReader) { self.catalog = catalog }

    mutating func event(of entry: AuditBuffer.Entry) throws -> AuditEvent {
        let note = entry.note
        let actor: AuditActor
        var owner = note.owner
        if owner == nil, let organization = note.repository?.organization ?? note.organization?.description[...] {
            owner = try account(owning: String(organization))
        }
        switch note.actor {
        case .anonymous: actor = .anonymous
        case .user(let name, let known):
            let account = try known ?? account(named: name.account)
            actor = AuditActor(name: name.description, account: account)
            if note.repository == nil, note.organization == nil { owner = owner ?? account }
        case .claimed(let text):
            actor = AuditActor(name: text, account: nil)
            owner = try owner ?? account(ofLogin: text)
        }
        return AuditEvent(
            at: entry.last, action: note.action, result: note.result, actor: actor, owner: owner,
            address: note.origin.address, repository: note.repository, tag: note.tag, digest: note.digest,
            isUnderShare: note.isUnderShare, detail: note.detail, count: entry.count)
    }

    private mutating func account(named name: AccountName) throws -> AccountID? {
        if let known = byAccountName[name] { return known }
        let found = try catalog.account(named: name)?.id
        byAccountName[name] = .some(found)
        return found
    }

    private mutating func account(owning organization: String) throws -> AccountID? {
        if let known = byOrganization[organization] { return known }
        let name = try? OrganizationName(parsing: organization)
        let found = try name.flatMap { try catalog.organization(named: $0)?.account }
        byOrganization[organization] = .some(found)
        return found
    }

    /// The account that somebody tried to sign in to, with any of the names that can be signed in with.
    private mutating func account(ofLogin text: String) throws -> AccountID? {
        if let known = byLogin[text] { return known }
        let found = try accountNow(ofLogin: text)
        byLogin[text] = .some(found)
        return found
    }

    private func accountNow(ofLogin text: String) throws -> AccountID? {
        if let at = text.firstIndex(of: "@") { return try account(ofKey: String(text[text.index(after: at)...])) }
        let first = text.prefix { $0 != "/" }
        if let reference = try? AccountReference(parsing: first) {
            let account =
                switch reference {
                case .name(let name): try catalog.account(named: name)
                case .id(let id): try catalog.account(id: id)
                }
            if let account { return account.id }
        }
        return try account(ofKey: text) ?? catalog.user(id: UserID(rawValue: text))?.account
    }

    private func account(ofKey accessKey: String) throws -> AccountID? {
        guard let key = try catalog.accessKey(accessKey) else { return nil }
        return try catalog.user(id: key.user)?.account
    }
}
