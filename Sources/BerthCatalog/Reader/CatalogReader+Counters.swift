import BerthAccess
import BerthDatabase
import BerthOCI

extension CatalogReader {
    /// What an account uses; `nil` when there is no such account.
    package func usage(of account: AccountID) throws -> AccountUsage? {
        try database.first("SELECT repositories, tags, bytes FROM account_usage WHERE account_id = ?", bind(account))
            .map(AccountUsage.init)
    }

    /// What an account uses, added up from the counters of its repositories.
    package func recountedUsage(of account: AccountID) throws -> AccountUsage {
        try database.first(
            """
            SELECT CAST(COALESCE(SUM(r.is_published), 0) AS BIGINT) AS repositories,
                CAST(COALESCE(SUM(r.tag_count), 0) AS BIGINT) AS tags, CAST(COALESCE(SUM(r.size), 0) AS BIGINT) AS bytes
            FROM organizations o JOIN repositories r ON r.organization_id = o.id WHERE o.account_id = ?
            """, bind(account)
        ).map(AccountUsage.init) ?? .none
    }

    /// The organizations that do not have as many published repositories as is recorded of them, by name.
    package func wrongRepositoryCounts() throws -> [OrganizationRecount] {
        try database.rows(
            """
            SELECT c.id, c.name, c.repository_count, c.counted FROM (
                SELECT o.id, o.name, o.repository_count, (SELECT COUNT(*) FROM repositories r
                    WHERE r.organization_id = o.id AND r.is_published = 1) AS counted
                FROM organizations o) c
            WHERE c.repository_count <> c.counted ORDER BY c.name
            """
        ).map {
            OrganizationRecount(
                organization: OrganizationID(rawValue: try $0.integer("organizations", "id")),
                name: try $0.organizationName(),
                recorded: Int(try $0.integer("organizations", "repository_count")),
                counted: Int(try $0.integer("repositories", "id", as: "counted")))
        }
    }

    /// The repositories with an id greater than `after`, published or not, in the order of their ids.
    package func repositoryIDs(after: RepositoryID, limit: Int) throws -> [RepositoryID] {
        try database.rows(
            "SELECT id FROM repositories WHERE id > ? ORDER BY id LIMIT ?", bind(after, Limit(limit))
        ).map { RepositoryID(rawValue: try $0.integer("repositories", "id")) }
    }

    /// Counts all that a repository holds and compares the counters with it; `nil` when it is not there.
    ///
    /// Costs as much as the repository holds.
    package func recount(of repository: RepositoryID) throws -> RepositoryRecount? {
        let row = try database.first(
            "SELECT name, tag_count, size FROM repositories WHERE id = ?", bind(repository))
        guard let row else { return nil }
        return RepositoryRecount(
            name: try row.repositoryName(),
            recorded: RepositoryContents(
                tags: Int(try row.integer("repositories", "tag_count")), size: try row.integer("repositories", "size")),
            counted: try contents(of: repository),
            wrongEdges: try wrongEdges(in: repository),
            wrongImageSizes: try wrongImageSizes(in: repository))
    }

    /// Counts what a repository holds; all zero when it is not there.
    package func contents(of repository: RepositoryID) throws -> RepositoryContents {
        let row = try database.first(
            """
            SELECT (SELECT COUNT(*) FROM tags t WHERE t.repository_id = r.id) AS tag_count,
                (SELECT CAST(COALESCE(SUM(m.size), 0) AS BIGINT) FROM manifests m WHERE m.repository_id = r.id)
                    AS manifest_bytes,
                (SELECT CAST(COALESCE(SUM(b.size), 0) AS BIGINT)
                    FROM repository_blobs rb JOIN blobs b ON b.digest = rb.digest
                    WHERE rb.repository_id = r.id AND EXISTS (SELECT 1 FROM manifest_blobs mb
                        WHERE mb.repository_id = rb.repository_id AND mb.blob = rb.digest)) AS blob_bytes
            FROM (SELECT CAST(? AS BIGINT) AS id) r
            """, bind(repository))
        guard let row else { return RepositoryContents(tags: 0, size: 0) }
        return RepositoryContents(
            tags: Int(try row.integer("tags", "name", as: "tag_count")),
            size: try row.integer("manifests", "size", as: "manifest_bytes")
                + row.integer("blobs", "size", as: "blob_bytes"))
    }

    /// Whether a repository has a tag of that name.
    package func hasTag(_ name: TagName, in repository: RepositoryID) throws -> Bool {
        try database.first("SELECT id FROM tags WHERE repository_id = ? AND name = ?", bind(repository, name)) != nil
    }

    /// Bytes of the blobs that no other manifest of the repository refers to.
    func bytes(heldOnlyBy manifest: Digest, in repository: RepositoryID) throws -> Int64 {
        try database.first(
            """
            SELECT CAST(COALESCE(SUM(mb.size), 0) AS BIGINT) AS held_size FROM manifest_blobs mb
            WHERE mb.repository_id = ? AND mb.manifest = ? AND NOT EXISTS (SELECT 1 FROM manifest_blobs other
                WHERE other.repository_id = mb.repository_id AND other.blob = mb.blob AND other.manifest <> mb.manifest)
            """, bind(repository, manifest)
        )?.integer("manifest_blobs", "size", as: "held_size") ?? 0
    }

    /// What the image size of a manifest should be, from its edges and the image sizes of its children.
    func imageSize(ofContentOf manifest: Digest, in repository: RepositoryID) throws -> Int64 {
        let blobs = try database.rows(
            "SELECT size FROM manifest_blobs WHERE repository_id = ? AND manifest = ?", bind(repository, manifest)
        ).map { try $0.integer("manifest_blobs", "size") }
        let children = try database.rows(
            """
            SELECT c.image_size FROM manifest_children mc
            JOIN manifests c ON c.repository_id = mc.repository_id AND c.digest = mc.child
            WHERE mc.repository_id = ? AND mc.parent = ?
            """, bind(repository, manifest)
        ).map { try $0.integer("manifests", "image_size") }
        return (blobs + children).reduce(0, ImageSize.sum)
    }

    private func wrongEdges(in repository: RepositoryID) throws -> [RepositoryRecount.Edge] {
        try database.rows(
            """
            SELECT mb.manifest, mb.blob, COALESCE(b.size, 0) AS held_size
            """ + Self.edges + "AND mb.size <> COALESCE(b.size, 0) ORDER BY mb.manifest, mb.blob", bind(repository)
        ).map {
            RepositoryRecount.Edge(
                manifest: try $0.digest("manifest_blobs", "manifest"), blob: try $0.digest("manifest_blobs", "blob"),
                size: try $0.integer("blobs", "size", as: "held_size"))
        }
    }

    /// Adds up image sizes from the manifests without children upwards.
    private func wrongImageSizes(in repository: RepositoryID) throws -> [Digest: Int64] {
        var recorded: [Digest: Int64] = [:]
        let manifests = try database.rows(
            "SELECT digest, image_size FROM manifests WHERE repository_id = ?", bind(repository))
        for row in manifests {
            recorded[try row.digest("manifests", "digest")] = try row.integer("manifests", "image_size")
        }
        var counted = recorded.mapValues { _ in Int64(0) }
        let edges = try database.rows(
            "SELECT mb.manifest, COALESCE(b.size, 0) AS held_size" + Self.edges, bind(repository))
        for row in edges {
            let size = try row.integer("blobs", "size", as: "held_size")
            counted[try row.digest("manifest_blobs", "manifest"), default: 0].add(size)
        }
        var parents: [Digest: [Digest]] = [:]
        var uncounted: [Digest: Int] = [:]
        let children = try database.rows(
            "SELECT parent, child FROM manifest_children WHERE repository_id = ?", bind(repository))
        for row in children {
            let child = try row.digest("manifest_children", "child")
            guard recorded[child] != nil else { continue }
            let parent = try row.digest("manifest_children", "parent")
            parents[child, default: []].append(parent)
            uncounted[parent, default: 0] += 1
        }
        var complete = recorded.keys.filter { uncounted[$0] == nil }
        while let manifest = complete.popLast() {
            for parent in parents[manifest] ?? [] {
                counted[parent, default: 0].add(counted[manifest] ?? 0)
                uncounted[parent, default: 0] -= 1
                if uncounted[parent] == 0 { complete.append(parent) }
            }
        }
        return counted.filter { recorded[$0.key] != $0.value }
    }

    /// The edges `mb` of a repository with the blobs `b` that it holds.
    private static let edges: SQL = """
        FROM manifest_blobs mb
        LEFT JOIN repository_blobs rb ON rb.repository_id = mb.repository_id AND rb.digest = mb.blob
        LEFT JOIN blobs b ON b.digest = rb.digest
        WHERE mb.repository_id = ?
        """
}

extension AccountUsage {
    init(_ row: SQLRow) throws {
        self.init(
            repositories: Int(try row.integer("account_usage", "repositories")),
            tags: Int(try row.integer("account_usage", "tags")),
            bytes: try row.integer("account_usage", "bytes"))
    }
}

extension Int64 {
    /// Adds a size to a sum of sizes.
    fileprivate mutating func add(_ size: Int64) { self = ImageSize.sum(self, size) }
}
