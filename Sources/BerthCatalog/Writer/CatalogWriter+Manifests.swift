import BerthDatabase
import BerthOCI
import Foundation

extension CatalogWriter {
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
        try database.execute(
            """
            INSERT INTO manifest_bodies (digest, stored_at, bytes) VALUES (?, ?, ?)
            ON CONFLICT (digest) DO UPDATE SET stored_at = excluded.stored_at, bytes = excluded.bytes
            """, bind(digest, now, bytes))
        let wasThere = try read.hasManifest(digest, in: repository) != nil
        try insert(
            .manifest, under: .repository,
            """
            INSERT INTO manifests (repository_id, digest, media_type, artifact_type, size, subject, annotations,
                pushed_at, pushed_by)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (repository_id, digest) DO UPDATE SET media_type = excluded.media_type,
                artifact_type = excluded.artifact_type, pushed_at = excluded.pushed_at, pushed_by = excluded.pushed_by
            """,
            bind(
                repository, digest, manifest.mediaType, manifest.artifactType, bytes.count, manifest.subject?.digest,
                try text(of: manifest.annotations), now, user))
        guard !wasThere else { return }
        for blob in manifest.blobs {
            try database.execute(
                "INSERT INTO manifest_blobs (repository_id, manifest, blob) VALUES (?, ?, ?)",
                bind(repository, digest, blob.digest))
        }
        for child in Set(manifest.children.map(\.digest)) {
            try database.execute(
                "INSERT INTO manifest_children (repository_id, parent, child) VALUES (?, ?, ?)",
                bind(repository, digest, child))
        }
    }

    /// Removes a manifest from a repository with its tags and its edges. Ask ``CatalogReader/parents(of:in:)`` first.
    package func removeManifest(_ digest: Digest, in repository: RepositoryID) throws -> Bool {
        try delete("DELETE FROM manifests WHERE repository_id = ? AND digest = ?", bind(repository, digest))
    }

    /// Points a tag to a manifest of the repository, whatever it pointed to before.
    ///
    /// - Throws: ``CatalogError/missing(_:)`` of the manifest.
    package func setTag(_ name: TagName, to digest: Digest, in repository: RepositoryID, now: Date) throws {
        try insert(
            .tag, under: .manifest,
            """
            INSERT INTO tags (repository_id, name, digest, created_at, updated_at) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (repository_id, name) DO UPDATE SET digest = excluded.digest, updated_at = excluded.updated_at
            """, bind(repository, name, digest, now, now))
    }

    /// Removes a tag; its manifest stays.
    package func removeTag(_ name: TagName, in repository: RepositoryID) throws -> Bool {
        try delete("DELETE FROM tags WHERE repository_id = ? AND name = ?", bind(repository, name))
    }

    private func text(of annotations: [String: String]) throws -> String {
        guard !annotations.isEmpty else { return "{}" }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(annotations), as: UTF8.self)
    }
}
