import BerthAccess
import BerthCatalog
import BerthOCI
import Foundation

extension CatalogWriter {
    /// Does what follows from a manifest and the tags that were set on it, in the transaction that set them, so that
    /// neither is without the other: a crash after it loses nothing of it.
    ///
    /// Without a tag nothing follows but copies of the tags of its subject, which it now belongs to.
    ///
    /// - Returns: What there is to be done now; to be announced when the transaction is committed.
    func followPush(
        of tags: [TagName], digest: Digest, subject: Digest?, in repository: RepositoryID, by creator: Creator,
        now: Date
    ) throws -> WorkSignals.Kinds {
        guard !tags.isEmpty else {
            guard let subject else { return [] }
            return try synchronizeTags(of: subject, in: repository, by: creator, now: now) ? .synchronization : []
        }
        var kinds: WorkSignals.Kinds = []
        if try scheduleRetention(of: repository, now: now) { kinds.insert(.retention) }
        if try callTriggers(of: repository, for: tags, digest: digest, by: creator, now: now) {
            kinds.insert(.triggers)
        }
        if try synchronize(tags, of: repository, by: creator, now: now) { kinds.insert(.synchronization) }
        return kinds
    }
}
