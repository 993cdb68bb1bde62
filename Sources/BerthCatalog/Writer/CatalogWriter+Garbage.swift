import BerthDatabase
import BerthOCI
import Foundation

/// Collecting garbage while others push: what is garbage is decided anew in the statement that deletes it.
///
/// One collection at a time may run on a catalog; it begins with ``CatalogReader/pendingBlobRemovals()`` of one that
/// did not come to its end.
extension CatalogWriter {
    /// Takes blobs out of the repositories that hold them for nothing.
    ///
    /// - Returns: The number of (repository, blob) pairs.
    package func deleteUnreferencedMemberships(before cutoff: Date) throws -> Int {
        try database.execute("DELETE FROM repository_blobs WHERE" + Garbage.membership, bind(cutoff))
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

    /// Removes the bytes of manifests that no repository has any more and that were last pushed before the cutoff.
    package func deleteUnreferencedManifestBodies(before cutoff: Date) throws -> GarbageTotal {
        let garbage = try read.unreferencedManifestBodies(before: cutoff)
        try database.execute("DELETE FROM manifest_bodies WHERE" + Garbage.manifestBody, bind(cutoff))
        return garbage
    }

    /// Removes the repositories that a push has made before the cutoff and left with nothing in them.
    ///
    /// - Returns: How many.
    package func deleteEmptyRepositories(before cutoff: Date) throws -> Int {
        try database.execute("DELETE FROM repositories WHERE" + Garbage.repository, bind(cutoff, cutoff))
    }
}
