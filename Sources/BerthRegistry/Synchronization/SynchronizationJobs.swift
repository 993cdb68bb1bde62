import BerthAccess
import BerthCatalog
import BerthOCI
import Foundation

extension Registry {
    /// How many jobs of a repository may wait.
    static let synchronizationQueueLimit = 1000
    /// How many jobs that are over each repository remembers.
    static let synchronizationHistoryLimit = 1000
    /// How many tags one request may name.
    fileprivate static let synchronizedTagLimit = 100

    /// Queues the copying of tags to another region. Needs write.
    ///
    /// That a tag is there is found out when it is copied. A job of the same kind that waits already is taken for this.
    ///
    /// - Throws: ``AccessRefusal``, or ``AdministrationError``: `repositoryUnknown`, `denied`, `regionUnknown`,
    ///   `valueInvalid` for the own region, a name that would be too long, no tag, too many tags and too many jobs.
    package func synchronize(
        _ tags: [TagName], of name: RepositoryName, to target: SynchronizationTarget, overriding: Bool,
        by actor: Administrator
    ) async throws {
        guard (1...Self.synchronizedTagLimit).contains(tags.count) else {
            throw AdministrationError(
                .valueInvalid, "there are \(tags.count) tags: expected 1 to \(Self.synchronizedTagLimit)")
        }
        let authority = authority(of: actor)
        try await catalog.write { [self] catalog in
            let repository = try authority.ownRepository(
                name, needing: .push, to: "copy it to another region", in: catalog.read)
            try check(target, for: repository, in: catalog.read)
            var room = Self.synchronizationQueueLimit
            room -= try catalog.read.waitingSynchronizationJobs(of: repository.id)
            for tag in tags {
                let order = SynchronizationOrder(
                    repository: repository.id, target: target, tag: tag, overrides: overriding, isAutomatic: false,
                    orderer: actor.creator)
                if try catalog.hastenSynchronization(order, now: authority.now) { continue }
                guard room > 0 else {
                    throw AdministrationError(
                        .valueInvalid, "\(Self.synchronizationQueueLimit) copies of \(name) wait: try again later")
                }
                room -= 1
                try catalog.queueSynchronization(order, now: authority.now)
            }
        }
        work.synchronization.send()
    }

    /// The jobs of a repository in the order in which they were made, or the other way round. Needs pull, of a user of
    /// the account that owns the repository.
    ///
    /// - Throws: ``AccessRefusal``, or ``AdministrationError``: `repositoryUnknown`, `denied`.
    package func synchronizationJobs(
        of name: RepositoryName, newestFirst: Bool, offset: Int, limit: Int, by actor: Administrator
    ) async throws -> SynchronizedRepository<SynchronizationJob> {
        let authority = authority(of: actor)
        return try await catalog.read { catalog in
            let repository = try authority.ownRepository(
                name, needing: .pull, to: "where it is copied to", in: catalog)
            return SynchronizedRepository(
                repository,
                entries: try catalog.synchronizationJobs(
                    of: repository.id, newestFirst: newestFirst, offset: offset, limit: limit),
                total: try catalog.synchronizationJobCount(of: repository.id))
        }
    }
}

extension CatalogWriter {
    /// Queues what the automatic rules of a repository ask for after a push of tags.
    ///
    /// - Returns: Whether there are such rules.
    func synchronize(
        _ tags: [TagName], of repository: RepositoryID, by pusher: Creator, now: Date
    ) throws -> Bool {
        let targets = try read.synchronizationRules(of: repository).filter(\.isAutomatic)
        guard !targets.isEmpty else { return false }
        var room = Registry.synchronizationQueueLimit - (try read.waitingSynchronizationJobs(of: repository))
        for rule in targets {
            for tag in tags {
                let order = SynchronizationOrder(
                    repository: repository, target: rule.target, tag: tag, overrides: rule.overrides,
                    isAutomatic: true, orderer: pusher)
                if try hastenSynchronization(order, now: now) { continue }
                if room > 0 {
                    room -= 1
                    try queueSynchronization(order, now: now)
                } else {
                    try insertFailedSynchronization(
                        order, detail: "\(Registry.synchronizationQueueLimit) copies of this image wait already",
                        now: now)
                }
            }
        }
        if room == 0 { try trimSynchronizationJobs(of: repository, keeping: Registry.synchronizationHistoryLimit) }
        return true
    }

    /// Queues the same for the tags of a manifest that something newly refers to, at most 100 of them.
    func synchronizeTags(
        of subject: Digest, in repository: RepositoryID, by pusher: Creator, now: Date
    ) throws -> Bool {
        let tags = try read.tags(of: subject, in: repository, limit: Registry.synchronizedTagLimit)
        return try synchronize(tags.map(\.name), of: repository, by: pusher, now: now)
    }
}
