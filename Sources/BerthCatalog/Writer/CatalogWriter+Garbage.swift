import BerthDatabase
import BerthOCI
import Foundation

/// Collecting garbage while others push: what is garbage is decided anew in the statement that deletes it.
///
/// One collection at a time may run on a catalog; it begins with ``CatalogReader/pendingBlobRemovals()`` of one that
/// did not come to its end.
extension CatalogWriter {
    /// Takes a blob out of a repository that still holds it for nothing.
    ///
    /// - Returns: Whether it did.
    package func deleteUnreferencedMembership(_ membership: BlobMembership, before cutoff: Date) throws -> Bool {
        try delete(
            "DELETE FROM repository_blobs WHERE repository_id = ? AND digest = ? AND" + Garbage.membership,
            bind(membership.repository, membership.digest, cutoff))
    }

    /// Forgets a blob if it is still garbage, and marks that its file is about to be removed.
    ///
    /// Until ``finishBlobRemoval(_:)`` the blob can be neither reserved nor added, so that its file is not removed
    /// after a push has published it again.
    ///
    /// - Returns: Whether it was garbage. Remove its file then.
    package func deleteUnreferencedBlob(_ digest: Digest, before cutoff: Date) throws -> Bool {
        let isDeleted = try delete(
            "DELETE FROM blobs WHERE blobs.digest = ? AND" + Garbage.blob, bind(digest, cutoff, cutoff))
        guard isDeleted else { return false }
        try database.execute(
            "INSERT INTO blob_removals (digest) VALUES (?) ON CONFLICT (digest) DO NOTHING", bind(digest))
        return true
    }

    /// Notes that the file of a forgotten blob is gone; the blob can be pushed again.
    package func finishBlobRemoval(_ digest: Digest) throws {
        try database.execute("DELETE FROM blob_removals WHERE digest = ?", bind(digest))
    }

    /// Removes the bytes of a manifest that still no repository has.
    ///
    /// - Returns: Whether that is so.
    package func deleteUnreferencedManifestBody(_ digest: Digest, before cutoff: Date) throws -> Bool {
        try delete(
            "DELETE FROM manifest_bodies WHERE manifest_bodies.digest = ? AND" + Garbage.manifestBody,
            bind(digest, cutoff))
    }

    /// Removes a repository that still has nothing in it.
    ///
    /// - Returns: Whether that is so.
    package func deleteEmptyRepository(_ id: RepositoryID, before cutoff: Date) throws -> Bool {
        try delete(
            "DELETE FROM repositories WHERE repositories.id = ? AND" + Garbage.repository, bind(id, cutoff, cutoff))
    }
}
