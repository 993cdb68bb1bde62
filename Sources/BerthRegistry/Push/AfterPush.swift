import BerthCatalog
import BerthOCI
import Foundation

extension CatalogWriter {
    /// Does what follows from tags that were set on a manifest, in the transaction that set them, so that neither is
    /// without the other: a crash after it loses nothing of it.
    func followPush(
        of tags: [TagName], digest: Digest, in repository: RepositoryID, by creator: Creator, now: Date
    ) throws {
        guard !tags.isEmpty else { return }
        try scheduleRetention(of: repository, now: now)
        try callTriggers(of: repository, for: tags, digest: digest, by: creator, now: now)
        try synchronize(tags, of: repository, by: creator, now: now)
    }
}
