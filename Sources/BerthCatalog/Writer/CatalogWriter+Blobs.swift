import BerthDatabase
import BerthOCI
import Foundation

/// The order of a push: ``reserveBlob(_:size:now:)``, publish the file, then ``addBlob(_:size:now:)`` and
/// ``linkBlob(_:to:now:)`` in one transaction. A file that is published without a reservation may be one that a
/// collection is about to remove.
extension CatalogWriter {
    /// Keeps a collection from removing a blob whose file is about to be published.
    ///
    /// - Parameter size: The bytes that are expected; it counts only until the blob is added, and never changes what
    ///   is known of a blob.
    /// - Throws: ``CatalogError/conflict(_:)`` of the blob while its file is being removed.
    package func reserveBlob(_ digest: Digest, size: Int64, now: Date) throws {
        try requireNoRemoval(of: digest)
        try database.execute(
            """
            INSERT INTO blobs (digest, size, leased_at) VALUES (?, ?, ?)
            ON CONFLICT (digest) DO UPDATE SET leased_at = excluded.leased_at
            WHERE excluded.leased_at > blobs.leased_at
            """, bind(digest, size, now))
    }

    /// Notes that the bytes of a blob are complete and on disk, and leases it. Nobody has it yet.
    ///
    /// - Returns: Whether it was known or reserved before. After a reservation, `false` says that a collection has
    ///   taken the blob since, and perhaps its file.
    /// - Throws: ``CatalogError/conflict(_:)`` of the blob while its file is being removed.
    @discardableResult
    package func addBlob(_ digest: Digest, size: Int64, now: Date) throws -> Bool {
        try requireNoRemoval(of: digest)
        let wasKnown = try read.blobSize(digest) != nil
        try database.execute(
            """
            INSERT INTO blobs (digest, size, leased_at) VALUES (?, ?, ?)
            ON CONFLICT (digest) DO UPDATE SET size = excluded.size, leased_at =
                CASE WHEN excluded.leased_at > blobs.leased_at THEN excluded.leased_at ELSE blobs.leased_at END
            """, bind(digest, size, now))
        return wasKnown
    }

    /// Makes a known blob part of a repository and leases it there.
    ///
    /// - Throws: ``CatalogError/missing(_:)`` of the blob or of the repository.
    package func linkBlob(_ digest: Digest, to repository: RepositoryID, now: Date) throws {
        guard let size = try read.blobSize(digest) else { throw CatalogError.missing(.blob) }
        let wasThere = try read.blobLease(digest, in: repository) != nil
        try insert(
            .blob, under: .repository,
            """
            INSERT INTO repository_blobs (repository_id, digest, leased_at) VALUES (?, ?, ?)
            ON CONFLICT (repository_id, digest) DO UPDATE SET leased_at = excluded.leased_at
            WHERE excluded.leased_at > repository_blobs.leased_at
            """, bind(repository, digest, now))
        if !wasThere { try countLateBlob(digest, size: size, in: repository) }
        try leaseBytes(of: digest, now: now)
    }

    /// Notes that somebody relies on a blob's being in a repository, so that a collection leaves it alone until the
    /// lease is older than its grace.
    ///
    /// - Returns: Whether it is in the repository.
    package func leaseBlob(_ digest: Digest, in repository: RepositoryID, now: Date) throws -> Bool {
        guard try read.blobSize(digest, in: repository) != nil else { return false }
        try database.execute(
            "UPDATE repository_blobs SET leased_at = ? WHERE repository_id = ? AND digest = ? AND leased_at < ?",
            bind(now, repository, digest, now))
        try leaseBytes(of: digest, now: now)
        return true
    }

    /// Takes a blob out of a repository; other repositories keep it. Ask ``CatalogReader/manifests(usingBlob:in:)``
    /// first.
    package func removeBlobLink(_ digest: Digest, from repository: RepositoryID) throws -> Bool {
        try delete("DELETE FROM repository_blobs WHERE repository_id = ? AND digest = ?", bind(repository, digest))
    }

    private func leaseBytes(of digest: Digest, now: Date) throws {
        try database.execute(
            "UPDATE blobs SET leased_at = ? WHERE digest = ? AND leased_at < ?", bind(now, digest, now))
    }

    private func requireNoRemoval(of digest: Digest) throws {
        guard try !read.isBeingRemoved(digest) else { throw CatalogError.conflict(.blob) }
    }
}
