import BerthDatabase
import BerthOCI
import Foundation

/// What is garbage, as conditions that a question and its deletion share. Each has the cutoff as its only value, as
/// often as it says.
enum Garbage {
    /// Of a row of `repository_blobs`: no manifest of the repository refers to it, nobody has relied on it since the
    /// cutoff. One value.
    static let membership: SQL = """
        repository_blobs.leased_at < ? AND NOT EXISTS (SELECT 1 FROM manifest_blobs mb
            WHERE mb.repository_id = repository_blobs.repository_id AND mb.blob = repository_blobs.digest)
        """

    /// Of a row of `blobs`: nobody has relied on it since the cutoff, and no repository holds it but as garbage. Two
    /// values.
    static let blob: SQL = """
        blobs.leased_at < ? AND NOT EXISTS (SELECT 1 FROM repository_blobs rb WHERE rb.digest = blobs.digest
            AND (rb.leased_at >= ? OR EXISTS (SELECT 1 FROM manifest_blobs mb
                WHERE mb.repository_id = rb.repository_id AND mb.blob = rb.digest)))
        """

    /// Of a row of `manifest_bodies`: no repository has the manifest, and it was last stored before the cutoff. One
    /// value.
    static let manifestBody: SQL = """
        manifest_bodies.stored_at < ? AND NOT EXISTS (SELECT 1 FROM manifests m WHERE m.digest = manifest_bodies.digest)
        """

    /// Of a row of `repositories`: made before the cutoff by a push that never came to a manifest, with nothing in it
    /// but garbage. Two values.
    static let repository: SQL = """
        repositories.is_published = 0 AND repositories.created_at < ?
            AND NOT EXISTS (SELECT 1 FROM uploads u WHERE u.repository_id = repositories.id)
            AND NOT EXISTS (SELECT 1 FROM manifests m WHERE m.repository_id = repositories.id)
            AND NOT EXISTS (SELECT 1 FROM repository_blobs rb WHERE rb.repository_id = repositories.id
                AND rb.leased_at >= ?)
        """
}

extension CatalogReader {
    /// The blobs that a collection with this cutoff removes, by digest, beginning after `after`: those that no
    /// repository holds, or holds for nothing: no manifest there refers to them, and nobody has relied on them since.
    package func unreferencedBlobs(
        before cutoff: Date, after: Digest? = nil, limit: Int = .max
    ) throws -> [StoredBlob] {
        try database.rows(
            StoredBlob.selection + "WHERE" + Garbage.blob + "AND blobs.digest > ? ORDER BY blobs.digest LIMIT ?",
            bind(cutoff, cutoff, after?.description ?? "", Limit(limit))
        ).map(StoredBlob.init)
    }

    /// The blobs that repositories hold for nothing, by repository and digest, beginning after `after`.
    package func unreferencedMemberships(
        before cutoff: Date, after: BlobMembership? = nil, limit: Int = .max
    ) throws -> [BlobMembership] {
        try database.rows(
            "SELECT repository_id, digest FROM repository_blobs WHERE" + Garbage.membership
                + "AND (repository_id, digest) > (?, ?) ORDER BY repository_id, digest LIMIT ?",
            bind(cutoff, after?.repository ?? RepositoryID(rawValue: 0), after?.digest.description ?? "", Limit(limit))
        ).map { row in
            BlobMembership(
                repository: RepositoryID(rawValue: try row.integer("repository_blobs", "repository_id")),
                digest: try row.digest("repository_blobs", "digest"))
        }
    }

    /// The blobs whose rows are gone and whose files are yet to be removed, by digest.
    package func pendingBlobRemovals() throws -> [Digest] {
        try database.rows("SELECT digest FROM blob_removals ORDER BY digest")
            .map { try $0.digest("blob_removals", "digest") }
    }

    /// Whether the removal of a blob has begun and not ended.
    package func isBeingRemoved(_ digest: Digest) throws -> Bool {
        try database.first("SELECT digest FROM blob_removals WHERE digest = ?", bind(digest)) != nil
    }

    /// The manifests whose bytes are kept for no repository and were last pushed before the cutoff, by digest, beginning
    /// after `after`.
    package func unreferencedManifestBodies(
        before cutoff: Date, after: Digest? = nil, limit: Int = .max
    ) throws -> [Digest] {
        try database.rows(
            "SELECT digest FROM manifest_bodies WHERE" + Garbage.manifestBody
                + "AND manifest_bodies.digest > ? ORDER BY manifest_bodies.digest LIMIT ?",
            bind(cutoff, after?.description ?? "", Limit(limit))
        ).map { try $0.digest("manifest_bodies", "digest") }
    }

    /// The repositories that a push has made before the cutoff and left with nothing in them, beginning after `after`.
    package func emptyRepositories(
        before cutoff: Date, after: RepositoryID = RepositoryID(rawValue: 0), limit: Int = .max
    ) throws -> [RepositoryID] {
        try database.rows(
            "SELECT id FROM repositories WHERE" + Garbage.repository + "AND repositories.id > ? ORDER BY id LIMIT ?",
            bind(cutoff, cutoff, after, Limit(limit))
        ).map { RepositoryID(rawValue: try $0.integer("repositories", "id")) }
    }
}
