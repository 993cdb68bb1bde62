import BerthDatabase
import BerthOCI

extension CatalogReader {
    /// The size in bytes of a blob that is in the repository. Bytes that are known elsewhere do not count.
    package func blobSize(_ digest: Digest, in repository: RepositoryID) throws -> Int64? {
        try blobLease(digest, in: repository)?.size
    }

    /// The size of a blob that is in the repository, with its last lease there.
    ///
    /// A lease costs a write: take a new one only when the last is getting old.
    package func blobLease(_ digest: Digest, in repository: RepositoryID) throws -> BlobLease? {
        try database.first(
            """
            SELECT b.size, rb.leased_at FROM repository_blobs rb JOIN blobs b ON b.digest = rb.digest
            WHERE rb.repository_id = ? AND rb.digest = ?
            """, bind(repository, digest)
        ).map {
            BlobLease(
                size: try $0.integer("blobs", "size"), leasedAt: try $0.date("repository_blobs", "leased_at"))
        }
    }

    /// The size in bytes of a blob that is known, wherever. Says nothing about who may have it.
    package func blobSize(_ digest: Digest) throws -> Int64? {
        try database.first("SELECT size FROM blobs WHERE digest = ?", bind(digest))?.integer("blobs", "size")
    }

    /// The repositories that hold a blob, published or not, by name.
    package func repositories(holdingBlob digest: Digest, limit: Int = .max) throws -> [RepositoryName] {
        try database.rows(
            """
            SELECT r.name FROM repository_blobs rb JOIN repositories r ON r.id = rb.repository_id
            WHERE rb.digest = ? ORDER BY r.name LIMIT ?
            """, bind(digest, Limit(limit))
        ).map { try $0.repositoryName() }
    }

    /// The manifests of a repository that refer to a blob; while there are any it must not be removed.
    package func manifests(usingBlob digest: Digest, in repository: RepositoryID) throws -> [Digest] {
        try database.rows(
            "SELECT manifest FROM manifest_blobs WHERE repository_id = ? AND blob = ? ORDER BY manifest",
            bind(repository, digest)
        ).map { try $0.digest("manifest_blobs", "manifest") }
    }

    /// All known blobs by digest, beginning after `after`.
    package func storedBlobs(after: Digest? = nil, limit: Int = .max) throws -> [StoredBlob] {
        try database.rows(
            StoredBlob.selection + "WHERE blobs.digest > ? ORDER BY blobs.digest LIMIT ?",
            bind(after?.description ?? "", Limit(limit))
        ).map(StoredBlob.init)
    }
}

extension StoredBlob {
    static let selection: SQL = """
        SELECT blobs.digest, blobs.size,
            CASE WHEN EXISTS (SELECT 1 FROM repository_blobs rb WHERE rb.digest = blobs.digest) THEN 1 ELSE 0 END
                AS is_linked
        FROM blobs
        """

    init(_ row: SQLRow) throws {
        self.init(
            digest: try row.digest("blobs", "digest"),
            size: try row.integer("blobs", "size"),
            isLinked: try row.flag("repository_blobs", "is_linked"))
    }
}
