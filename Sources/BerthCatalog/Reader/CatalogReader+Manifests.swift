import BerthDatabase
import BerthOCI
import Foundation

extension CatalogReader {
    /// The manifest that a tag or digest names in a repository.
    package func manifest(_ reference: ManifestReference, in repository: RepositoryID) throws -> ManifestRecord? {
        switch reference {
        case .digest(let digest):
            try database.first(
                ManifestRecord.selection + "WHERE m.repository_id = ? AND m.digest = ?", bind(repository, digest)
            ).map(ManifestRecord.init)
        case .tag(let tag):
            try database.first(
                ManifestRecord.selection
                    + "JOIN tags t ON t.repository_id = m.repository_id AND t.digest = m.digest"
                    + "WHERE t.repository_id = ? AND t.name = ?", bind(repository, tag)
            ).map(ManifestRecord.init)
        }
    }

    /// The size in bytes of a manifest that is in the repository.
    package func hasManifest(_ digest: Digest, in repository: RepositoryID) throws -> Int64? {
        try database.first(
            "SELECT size FROM manifests WHERE repository_id = ? AND digest = ?", bind(repository, digest)
        )?.integer("manifests", "size")
    }

    /// The indexes of a repository that list a manifest; while there are any it must not be removed.
    package func parents(of digest: Digest, in repository: RepositoryID) throws -> [Digest] {
        try database.rows(
            "SELECT parent FROM manifest_children WHERE repository_id = ? AND child = ? ORDER BY parent",
            bind(repository, digest)
        ).map { try $0.digest("manifest_children", "parent") }
    }

    /// The bytes of all manifests by digest, beginning after `after`.
    package func storedManifests(after: Digest? = nil, limit: Int = .max) throws -> [StoredManifest] {
        try database.rows(
            "SELECT digest, bytes FROM manifest_bodies WHERE digest > ? ORDER BY digest LIMIT ?",
            bind(after?.description ?? "", Limit(limit))
        ).map {
            StoredManifest(
                digest: try $0.digest("manifest_bodies", "digest"), bytes: try $0.bytes("manifest_bodies", "bytes"))
        }
    }

    /// The tags of a repository by name.
    package func tags(in repository: RepositoryID) throws -> [TagRecord] {
        try database.rows(TagRecord.selection + "WHERE repository_id = ? ORDER BY name", bind(repository))
            .map(TagRecord.init)
    }

    /// The names of the tags of a repository, beginning after `after`, which need not be a tag.
    package func tagNames(
        in repository: RepositoryID, after: String? = nil, limit: Int = .max
    ) throws -> [TagName] {
        try database.rows(
            "SELECT name FROM tags WHERE repository_id = ? AND name > ? ORDER BY name LIMIT ?",
            bind(repository, after ?? "", Limit(limit))
        ).map { try $0.tag("tags", "name") }
    }

    /// The tags of a manifest by name.
    package func tags(
        of digest: Digest, in repository: RepositoryID, limit: Int = .max
    ) throws -> [TagRecord] {
        try database.rows(
            TagRecord.selection + "WHERE repository_id = ? AND digest = ? ORDER BY name LIMIT ?",
            bind(repository, digest, Limit(limit))
        ).map(TagRecord.init)
    }

    /// The digests of the manifests of a repository whose subject is `subject`, in their order, without what is
    /// written in them, which may be a lot.
    package func referrerDigests(of subject: Digest, in repository: RepositoryID, limit: Int) throws -> [Digest] {
        try database.rows(
            "SELECT digest FROM manifests WHERE repository_id = ? AND subject = ? ORDER BY digest LIMIT ?",
            bind(repository, subject, Limit(limit))
        ).map { try $0.digest("manifests", "digest") }
    }

    /// The manifests of a repository whose subject is `subject`, as descriptors by digest, beginning after `after`.
    ///
    /// - Parameter artifactType: Only those of this type.
    package func referrers(
        of subject: Digest, in repository: RepositoryID, artifactType: String? = nil, after: Digest? = nil,
        limit: Int = .max
    ) throws -> [Descriptor] {
        let selection: SQL = """
            SELECT digest, media_type, artifact_type, size, annotations FROM manifests
            WHERE repository_id = ? AND subject = ? AND digest > ?
            """
        let order: SQL = "ORDER BY digest LIMIT ?"
        let values = bind(repository, subject, after?.description ?? "")
        let rows =
            if let artifactType {
                try database.rows(
                    selection + "AND artifact_type = ?" + order, values + bind(artifactType, Limit(limit)))
            } else {
                try database.rows(selection + order, values + bind(Limit(limit)))
            }
        return try rows.map { row in
            let annotations = try row.annotations()
            return Descriptor(
                mediaType: MediaType(rawValue: try row.text("manifests", "media_type")),
                digest: try row.digest("manifests", "digest"),
                size: try row.integer("manifests", "size"),
                artifactType: try row.artifactType(),
                annotations: annotations.isEmpty ? nil : annotations)
        }
    }
}

extension ManifestRecord {
    fileprivate static let selection: SQL = """
        SELECT m.digest, m.media_type, m.artifact_type, m.size, m.subject, m.annotations, m.pushed_at, m.pushed_by,
            b.bytes
        FROM manifests m JOIN manifest_bodies b ON b.digest = m.digest
        """

    fileprivate init(_ row: SQLRow) throws {
        self.init(
            digest: try row.digest("manifests", "digest"),
            mediaType: MediaType(rawValue: try row.text("manifests", "media_type")),
            artifactType: try row.artifactType(),
            size: try row.integer("manifests", "size"),
            subject: row.isNull("subject") ? nil : try row.digest("manifests", "subject"),
            annotations: try row.annotations(),
            pushedAt: try row.date("manifests", "pushed_at"),
            pushedBy: try row.text("manifests", "pushed_by"),
            bytes: try row.bytes("manifest_bodies", "bytes"))
    }
}

extension TagRecord {
    fileprivate static let selection: SQL = "SELECT name, digest, updated_at FROM tags"

    init(_ row: SQLRow) throws {
        self.init(
            name: try row.tag("tags", "name"), digest: try row.digest("tags", "digest"),
            updatedAt: try row.date("tags", "updated_at"))
    }
}

extension SQLRow {
    fileprivate func artifactType() throws -> MediaType? {
        isNull("artifact_type") ? nil : MediaType(rawValue: try text("manifests", "artifact_type"))
    }

    fileprivate func annotations() throws -> [String: String] {
        let text = try text("manifests", "annotations")
        guard text != "{}" else { return [:] }
        do {
            return try JSONDecoder().decode([String: String].self, from: Data(text.utf8))
        } catch {
            throw corrupt("manifests", "annotations", nil, "no JSON object of texts")
        }
    }
}
