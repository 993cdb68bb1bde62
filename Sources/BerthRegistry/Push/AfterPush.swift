import BerthAccess
import BerthCatalog
import BerthOCI
import Foundation

extension CatalogWriter {
    /// Does what follows from a manifest and the tags that were set on it, in the transaction that set them, so that
    /// neither is without the other: a crash after it loses nothing of it.
    ///
    /// Without a tag nothing follows but copies of the tags of its subject, which it now belongs to.
    func followPush(
        of tags: [TagName], digest: Digest, subject: Digest?, in repository: RepositoryID, by creator: Creator,
        now: Date
    ) throws {
        guard !tags.isEmpty else {
            if let subject { try synchronizeTags(of: subject, in: repository, by: creator, now: now) }
            return
        }
        try scheduleRetention(of: repository, now: now)
        try callTriggers(of: repository, for: tags, digest: digest, by: creator, now: now)
        try synchronize(tags, of: repository, by: creator, now: now)
    }
}
