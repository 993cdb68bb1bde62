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

    /// The blobs whose rows are gone and whose files are yet to be removed, by digest.
    package func pendingBlobRemovals() throws -> [Digest] {
        try database.rows("SELECT digest FROM blob_removals ORDER BY digest")
            .map { try $0.digest("blob_removals", "digest") }
    }

    /// The bytes of manifests that no repository has any more and that were last pushed before the cutoff.
    package func unreferencedManifestBodies(before cutoff: Date) throws -> GarbageTotal {
        let row = try database.first(
            """
            SELECT COUNT(*) AS body_count, CAST(COALESCE(SUM(LENGTH(bytes)), 0) AS BIGINT) AS body_bytes
            FROM manifest_bodies WHERE
            """ + Garbage.manifestBody, bind(cutoff))
        return GarbageTotal(
            count: Int(try row?.integer("manifest_bodies", "digest", as: "body_count") ?? 0),
            bytes: try row?.integer("manifest_bodies", "bytes", as: "body_bytes") ?? 0)
    }
}
