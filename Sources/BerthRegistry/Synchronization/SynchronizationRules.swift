import BerthAccess
import BerthCatalog
import BerthOCI
import Foundation

/// The synchronization rules or jobs of a repository, with what they are shown with.
package struct SynchronizedRepository<Entry: Sendable>: Sendable {
    package let name: RepositoryName
    package let owner: AccountID
    package let ownerName: AccountName
    package let entries: [Entry]
    /// How many entries there are, on this page and others.
    package let total: Int

    init(_ repository: RepositoryRecord, entries: [Entry], total: Int? = nil) {
        name = repository.name
        owner = repository.owner
        ownerName = repository.ownerName
        self.entries = entries
        self.total = total ?? entries.count
    }
}

extension Registry {
    /// How many rules a repository may have.
    private static let synchronizationRuleLimit = 20

    /// The regions that images can be copied to, by name. For everyone who is signed in.
    ///
    /// - Throws: ``AccessRefusal``, or ``AdministrationError`` `denied` for a token that is limited to images.
    package func remoteRegions(by actor: Administrator) async throws -> [Region] {
        let authority = authority(of: actor)
        _ = try await catalog.read { try authority.user(in: $0) }
        return settings.remoteRegions.filter { $0 != region }.sorted { $0.description < $1.description }
    }

    /// Adds a rule that copies a repository to another region, or changes the one that it has for that target; what is
    /// there already is not copied. Needs manage, since it sends what others push out of the region.
    ///
    /// Jobs that wait for a push of before are not done when the rule is no longer automatic.
    ///
    /// - Throws: ``AccessRefusal``, or ``AdministrationError``: `repositoryUnknown`, `denied`, `regionUnknown`,
    ///   `valueInvalid` for the own region, a name that would be too long, and too many rules.
    package func setSynchronization(
        to target: SynchronizationTarget, isAutomatic: Bool, overrides: Bool, of name: RepositoryName,
        by actor: Administrator
    ) async throws {
        let authority = authority(of: actor)
        try await catalog.write { [self] catalog in
            let repository = try authority.ownRepository(
                name, needing: .manage, to: "have it copied to another region", in: catalog.read)
            try check(target, for: repository, in: catalog.read)
            let rules = try catalog.read.synchronizationRules(of: repository.id)
            guard rules.count < Self.synchronizationRuleLimit || rules.contains(where: { $0.target == target }) else {
                throw AdministrationError(
                    .valueInvalid, "\(name) is copied to \(rules.count) places, which is the most: remove one first")
            }
            try catalog.setSynchronizationRule(
                to: target, of: repository.id, isAutomatic: isAutomatic, overrides: overrides, now: authority.now)
            try authority.record(
                .repositoryUpdate, on: repository, detail: "copies to \(target.words) set", in: catalog)
            if !isAutomatic {
                try catalog.cancelSynchronizations(
                    to: target, of: repository.id, detail: "the rule no longer copies by itself", now: authority.now)
                try catalog.trimSynchronizationJobs(
                    of: repository.id, keeping: Self.synchronizationHistoryLimit)
            }
        }
    }

    /// The rules of a repository, the oldest first. Needs pull, of a user of the account that owns the repository.
    ///
    /// - Throws: ``AccessRefusal``, or ``AdministrationError``: `repositoryUnknown`, `denied`.
    package func synchronizations(
        of name: RepositoryName, by actor: Administrator
    ) async throws -> SynchronizedRepository<SynchronizationRule> {
        let authority = authority(of: actor)
        return try await catalog.read { catalog in
            let repository = try authority.ownRepository(
                name, needing: .pull, to: "where it is copied to", in: catalog)
            return SynchronizedRepository(repository, entries: try catalog.synchronizationRules(of: repository.id))
        }
    }

    /// Removes a rule; copies stay, jobs of it that wait are not done. Needs manage.
    ///
    /// - Throws: ``AccessRefusal``, or ``AdministrationError``: `repositoryUnknown`, `denied`,
    ///   `synchronizationUnknown`.
    package func removeSynchronization(
        to target: SynchronizationTarget, of name: RepositoryName, by actor: Administrator
    ) async throws {
        let authority = authority(of: actor)
        try await catalog.write { catalog in
            let repository = try authority.ownRepository(
                name, needing: .manage, to: "have it copied to another region", in: catalog.read)
            guard try catalog.removeSynchronizationRule(to: target, of: repository.id) else {
                throw AdministrationError(
                    .synchronizationUnknown,
                    "\(name) has no rule that copies it to \(target.organization) in \(target.region)")
            }
            try authority.record(
                .repositoryUpdate, on: repository, detail: "copies to \(target.words) removed", in: catalog)
            try catalog.cancelSynchronizations(
                to: target, of: repository.id, detail: "the rule was removed", now: authority.now)
            try catalog.trimSynchronizationJobs(of: repository.id, keeping: Self.synchronizationHistoryLimit)
        }
    }

    /// - Throws: ``AdministrationError``: `regionUnknown`, `valueInvalid`, `denied`.
    func check(
        _ target: SynchronizationTarget, for repository: RepositoryRecord, in catalog: CatalogReader
    ) throws {
        guard target.region != region else {
            throw AdministrationError(
                .valueInvalid, "\(region) is this region: images are copied to others, which can be listed")
        }
        guard settings.remoteRegions.contains(target.region) else {
            throw AdministrationError(
                .regionUnknown, "there is no region \(target.region) to copy to: ask for the list of regions")
        }
        _ = try repository.name(in: target.organization)
        try catalog.checkMayFill(target.organization, for: repository)
    }
}

extension SynchronizationTarget {
    /// `acme in region-2`
    var words: String { "\(organization) in \(region)" }
}

extension RepositoryRecord {
    /// The name of a copy of the repository.
    ///
    /// - Throws: ``AdministrationError`` `valueInvalid` when it would be too long.
    func name(in organization: OrganizationName) throws -> RepositoryName {
        guard let copy = try? RepositoryName(parsing: "\(organization)/\(name.name)") else {
            throw AdministrationError(
                .valueInvalid,
                "\(organization)/\(name.name) has more than the \(RepositoryName.maximumLength) characters of a name")
        }
        return copy
    }
}

extension CatalogReader {
    /// Makes sure that nobody fills, through the credentials that Berth has in other regions, the organization of
    /// another account: one that bears the name here is taken to be the owner there, too.
    ///
    /// - Throws: ``AdministrationError`` `denied`.
    func checkMayFill(_ organization: OrganizationName, for repository: RepositoryRecord) throws {
        guard let owner = try self.organization(named: organization)?.account, owner != repository.owner else { return }
        throw AdministrationError(
            .denied, "the organization \(organization) belongs to another account: copy to one of your own")
    }
}
