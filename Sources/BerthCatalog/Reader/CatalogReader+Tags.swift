import BerthDatabase
import BerthOCI
import Foundation

extension CatalogReader {
    /// The tags of a repository that a list has, in its order.
    ///
    /// - Parameter after: Only what follows this place of the list.
    package func taggedImages(
        in repository: RepositoryID, _ selection: TagSelection, after: TagPosition? = nil, offset: Int = 0,
        limit: Int = .max
    ) throws -> [TaggedImageRecord] {
        var condition: SQL = "WHERE t.repository_id = ?"
        var values = bind(repository)
        if let contained = selection.contained {
            condition = condition + Self.containing
            values += bind(contained)
        }
        if let after {
            condition = condition + Self.following(selection)
            values += selection.column == .name ? bind(after.name) : bind(after.updatedAt, after.updatedAt, after.name)
        }
        // Manifests are looked up for the tags of the page alone.
        let page = "(SELECT t.id FROM tags t" + condition + Self.order(selection) + "LIMIT ? OFFSET ?) page"
        return try database.rows(
            TaggedImageRecord.columns + "FROM" + page + "JOIN tags t ON t.id = page.id" + TaggedImageRecord.manifest
                + Self.order(selection),
            values + bind(Limit(limit), offset)
        ).map(TaggedImageRecord.init)
    }

    /// How many tags of a repository have a text in their name.
    package func tagCount(in repository: RepositoryID, containing text: String) throws -> Int {
        let row = try database.first(
            "SELECT COUNT(*) AS found FROM tags t WHERE t.repository_id = ?" + Self.containing, bind(repository, text))
        return Int(try row?.integer("tags", "id", as: "found") ?? 0)
    }

    package func taggedImage(_ name: TagName, in repository: RepositoryID) throws -> TaggedImageRecord? {
        try database.first(
            TaggedImageRecord.selection + "WHERE t.repository_id = ? AND t.name = ?", bind(repository, name)
        ).map(TaggedImageRecord.init)
    }

    /// The tags of a manifest by name, beginning after `after`, which need not be a tag.
    package func tags(
        of digest: Digest, in repository: RepositoryID, after: String, limit: Int
    ) throws -> [TagName] {
        try database.rows(
            "SELECT name FROM tags WHERE repository_id = ? AND digest = ? AND name > ? ORDER BY name LIMIT ?",
            bind(repository, digest, after, Limit(limit))
        ).map { try $0.tag("tags", "name") }
    }

    /// The bytes of a manifest, wherever it is. Says nothing about who may have them.
    package func manifestBytes(of digest: Digest) throws -> [UInt8]? {
        try database.first("SELECT bytes FROM manifest_bodies WHERE digest = ?", bind(digest))?
            .bytes("manifest_bodies", "bytes")
    }

    /// The size of an image that is in the repository: bytes of config and layers, of an index those of all its images.
    package func imageSize(of digest: Digest, in repository: RepositoryID) throws -> Int64? {
        try database.first(
            "SELECT image_size FROM manifests WHERE repository_id = ? AND digest = ?", bind(repository, digest)
        )?.integer("manifests", "image_size")
    }

    /// The manifests of a repository whose subject is `subject` by digest, without those that one of `tags` names.
    package func referrers(
        of subject: Digest, in repository: RepositoryID, notTagged tags: [TagName], offset: Int, limit: Int
    ) throws -> [ReferrerRecord] {
        let (condition, values) = Self.untagged(subject, in: repository, tags)
        return try database.rows(
            "SELECT m.digest, m.artifact_type, m.image_size, m.pushed_at FROM manifests m" + condition
                + "ORDER BY m.digest LIMIT ? OFFSET ?", values + bind(Limit(limit), offset)
        ).map(ReferrerRecord.init)
    }

    /// The number of ``referrers(of:in:notTagged:offset:limit:)`` in all.
    package func referrerCount(
        of subject: Digest, in repository: RepositoryID, notTagged tags: [TagName]
    ) throws -> Int {
        let (condition, values) = Self.untagged(subject, in: repository, tags)
        let row = try database.first("SELECT COUNT(*) AS found FROM manifests m" + condition, values)
        return Int(try row?.integer("manifests", "digest", as: "found") ?? 0)
    }

    private static func untagged(
        _ subject: Digest, in repository: RepositoryID, _ tags: [TagName]
    ) -> (condition: SQL, values: [SQLValue]) {
        let tagged: SQL = """
            AND NOT EXISTS (SELECT 1 FROM tags t
                WHERE t.repository_id = m.repository_id AND t.digest = m.digest AND t.name = ?)
            """
        return tags.reduce(("WHERE m.repository_id = ? AND m.subject = ?", bind(repository, subject))) { so, tag in
            (so.0 + tagged, so.1 + bind(tag))
        }
    }

    /// That a name has a text in it, case and all. One value.
    private static let containing: SQL = "AND REPLACE(t.name, ?, '') <> t.name"

    private static func following(_ selection: TagSelection) -> SQL {
        switch (selection.column, selection.isDescending) {
        case (.name, false): "AND t.name > ?"
        case (.name, true): "AND t.name < ?"
        case (.updatedAt, false): "AND t.updated_at >= ? AND (t.updated_at > ? OR t.name > ?)"
        case (.updatedAt, true): "AND t.updated_at <= ? AND (t.updated_at < ? OR t.name < ?)"
        }
    }

    private static func order(_ selection: TagSelection) -> SQL {
        switch (selection.column, selection.isDescending) {
        case (.name, false): "ORDER BY t.name"
        case (.name, true): "ORDER BY t.name DESC"
        case (.updatedAt, false): "ORDER BY t.updated_at, t.name"
        case (.updatedAt, true): "ORDER BY t.updated_at DESC, t.name DESC"
        }
    }
}

extension TaggedImageRecord {
    fileprivate static let columns: SQL = """
        SELECT t.id, t.name, t.digest, m.media_type, m.config, m.size, m.image_size, t.created_at, t.updated_at,
            m.pulled_at
        """

    fileprivate static let manifest: SQL =
        "JOIN manifests m ON m.repository_id = t.repository_id AND m.digest = t.digest"

    fileprivate static let selection = columns + "FROM tags t" + manifest

    fileprivate init(_ row: SQLRow) throws {
        self.init(
            id: try row.integer("tags", "id"),
            name: try row.tag("tags", "name"),
            digest: try row.digest("tags", "digest"),
            mediaType: MediaType(rawValue: try row.text("manifests", "media_type")),
            config: row.isNull("config") ? nil : try row.digest("manifests", "config"),
            manifestSize: try row.integer("manifests", "size"),
            imageSize: try row.integer("manifests", "image_size"),
            createdAt: try row.date("tags", "created_at"),
            updatedAt: try row.date("tags", "updated_at"),
            pulledAt: row.isNull("pulled_at") ? nil : try row.date("manifests", "pulled_at"))
    }
}

extension ReferrerRecord {
    fileprivate init(_ row: SQLRow) throws {
        self.init(
            digest: try row.digest("manifests", "digest"),
            artifactType: row.isNull("artifact_type")
                ? nil : MediaType(rawValue: try row.text("manifests", "artifact_type")),
            imageSize: try row.integer("manifests", "image_size"),
            pushedAt: try row.date("manifests", "pushed_at"))
    }
}
