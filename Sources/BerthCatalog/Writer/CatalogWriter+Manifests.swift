import BerthDatabase
import BerthOCI
import Foundation

extension CatalogWriter {
    /// Does all that a push does: stores a manifest as ``insertManifest(_:digest:bytes:in:by:now:)`` does, points tags
    /// to it and makes the repository visible, with one change of the repository's row.
    ///
    /// - Throws: ``CatalogError/missing(_:)`` of the repository.
    package func pushManifest(
        _ manifest: Manifest, digest: Digest, bytes: [UInt8], tags: [TagName], in repository: RepositoryID,
        by user: String, now: Date
    ) throws {
        let added = try insertRows(of: manifest, digest: digest, bytes: bytes, in: repository, by: user, now: now)
        let newTags = try tags.count { try pointTag($0, to: digest, in: repository, now: now) }
        try publishRepository(repository, addingTags: newTags, bytes: added, now: now)
    }

    /// Stores a manifest with its edges to blobs, children and subject.
    ///
    /// Storing it again changes only who pushed it last, and when. That all it names is in the repository is the
    /// caller's to check, in the same transaction; a subject need not be there.
    ///
    /// - Parameters:
    ///   - digest: The hash of `bytes`.
    ///   - bytes: The manifest exactly as it was sent.
    ///   - user: Who pushes it, in words.
    /// - Throws: ``CatalogError/missing(_:)`` of the repository.
    package func insertManifest(
        _ manifest: Manifest, digest: Digest, bytes: [UInt8], in repository: RepositoryID, by user: String, now: Date
    ) throws {
        let added = try insertRows(of: manifest, digest: digest, bytes: bytes, in: repository, by: user, now: now)
        try count(bytes: added, in: repository)
    }

    /// - Returns: The bytes that the repository now holds more.
    private func insertRows(
        of manifest: Manifest, digest: Digest, bytes: [UInt8], in repository: RepositoryID, by user: String, now: Date
    ) throws -> Int64 {
        try database.execute(
            """
            INSERT INTO manifest_bodies (digest, stored_at, bytes) VALUES (?, ?, ?)
            ON CONFLICT (digest) DO UPDATE SET stored_at = excluded.stored_at, bytes = excluded.bytes
            """, bind(digest, now, bytes))
        let wasThere = try read.hasManifest(digest, in: repository) != nil
        try insert(
            .manifest, under: .repository,
            """
            INSERT INTO manifests (repository_id, digest, media_type, artifact_type, config, size, subject,
                annotations, pushed_at, pushed_by)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (repository_id, digest) DO UPDATE SET media_type = excluded.media_type,
                artifact_type = excluded.artifact_type, config = excluded.config, pushed_at = excluded.pushed_at,
                pushed_by = excluded.pushed_by
            """,
            bind(
                repository, digest, manifest.mediaType, manifest.artifactType, manifest.config?.digest, bytes.count,
                manifest.subject?.digest, try text(of: manifest.annotations), now, user))
        guard !wasThere else { return 0 }
        for blob in manifest.blobs { try insertEdge(from: digest, to: blob.digest, in: repository) }
        for child in Set(manifest.children.map(\.digest)) {
            try database.execute(
                "INSERT INTO manifest_children (repository_id, parent, child) VALUES (?, ?, ?)",
                bind(repository, digest, child))
        }
        try updateImageSizes(of: [digest], in: repository)
        return try Int64(bytes.count) + read.bytes(heldOnlyBy: digest, in: repository)
    }

    /// Removes a manifest from a repository with its tags and its edges. Ask ``CatalogReader/parents(of:in:)`` first.
    package func removeManifest(_ digest: Digest, in repository: RepositoryID) throws -> Bool {
        guard let size = try read.hasManifest(digest, in: repository) else { return false }
        let tags = try read.tags(of: digest, in: repository).count
        let bytes = try size + read.bytes(heldOnlyBy: digest, in: repository)
        let parents = try read.parents(of: digest, in: repository)
        _ = try delete("DELETE FROM manifests WHERE repository_id = ? AND digest = ?", bind(repository, digest))
        try count(tags: -tags, bytes: -bytes, in: repository)
        try updateImageSizes(of: parents, in: repository)
        return true
    }

    /// Points a tag to a manifest of the repository, whatever it pointed to before.
    ///
    /// - Throws: ``CatalogError/missing(_:)`` of the manifest.
    package func setTag(_ name: TagName, to digest: Digest, in repository: RepositoryID, now: Date) throws {
        if try pointTag(name, to: digest, in: repository, now: now) { try count(tags: 1, in: repository) }
    }

    /// - Returns: Whether the tag is new.
    private func pointTag(
        _ name: TagName, to digest: Digest, in repository: RepositoryID, now: Date
    ) throws -> Bool {
        let wasThere = try read.hasTag(name, in: repository)
        try insert(
            .tag, under: .manifest,
            """
            INSERT INTO tags (repository_id, name, digest, created_at, updated_at) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (repository_id, name) DO UPDATE SET digest = excluded.digest, updated_at = excluded.updated_at
            """, bind(repository, name, digest, now, now))
        return !wasThere
    }

    /// Removes a tag; its manifest stays.
    package func removeTag(_ name: TagName, in repository: RepositoryID) throws -> Bool {
        guard try delete("DELETE FROM tags WHERE repository_id = ? AND name = ?", bind(repository, name)) else {
            return false
        }
        try count(tags: -1, in: repository)
        return true
    }

    private func text(of annotations: [String: String]) throws -> String {
        guard !annotations.isEmpty else { return "{}" }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(annotations), as: UTF8.self)
    }
}
