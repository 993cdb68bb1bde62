import BerthAccess
import BerthDatabase
import BerthOCI

/// Keeping the counters of repositories and accounts, in the transaction of the change that they count.
///
/// Always so, and what ``CatalogReader/recount(of:)`` compares with:
/// - `manifest_blobs.size` is the size of the blob where the repository holds it, otherwise 0: a layer that is
///   elsewhere takes no room here.
/// - `manifests.image_size` is the sum over the manifest's blobs and over the image sizes of those of its children
///   that are in the repository, at most ``ImageSize/maximum``.
/// - `repositories.tag_count` and `repositories.size` count its tags, and the bytes of its manifests and of every blob
///   that they refer to, once.
/// - `account_usage` has the sums over the repositories of an account, and how many of them are published.
/// - `organizations.repository_count` counts the published repositories of an organization.
///
/// Every change costs what the changed manifest refers to, whatever the repository holds besides.
extension CatalogWriter {
    /// Adds to the counters of a repository and of the account that owns it.
    func count(tags: Int = 0, bytes: Int64 = 0, in repository: RepositoryID) throws {
        guard tags != 0 || bytes != 0 else { return }
        try database.execute(
            "UPDATE repositories SET tag_count = tag_count + ?, size = size + ? WHERE id = ?",
            bind(tags, bytes, repository))
        try countInAccount(tags: tags, bytes: bytes, of: repository)
    }

    /// Adds to the counters of the account that owns a repository, whose own ones are the caller's to write.
    func countInAccount(repositories: Int = 0, tags: Int = 0, bytes: Int64 = 0, of repository: RepositoryID) throws {
        guard repositories != 0 || tags != 0 || bytes != 0 else { return }
        try database.execute(
            """
            UPDATE account_usage SET repositories = repositories + ?, tags = tags + ?, bytes = bytes + ?
            WHERE account_id = (SELECT r.account_id FROM repositories r WHERE r.id = ?)
            """, bind(repositories, tags, bytes, repository))
    }

    /// Counts a repository that has just been published among those of its organization.
    func countInOrganization(_ repository: RepositoryID) throws {
        try database.execute(
            """
            UPDATE organizations SET repository_count = repository_count + 1
            WHERE id = (SELECT r.organization_id FROM repositories r WHERE r.id = ?)
            """, bind(repository))
    }

    /// Takes a repository that is about to be removed, with all in it, from what its account uses and from those of its
    /// organization.
    func discount(_ repository: RepositoryID) throws {
        let row = try database.first(
            "SELECT account_id, organization_id, is_published, tag_count, size FROM repositories WHERE id = ?",
            bind(repository))
        guard let row else { return }
        if try row.flag("repositories", "is_published") {
            try database.execute(
                "UPDATE organizations SET repository_count = repository_count - 1 WHERE id = ?",
                bind(OrganizationID(rawValue: try row.integer("repositories", "organization_id"))))
        }
        try database.execute(
            """
            UPDATE account_usage SET repositories = repositories - ?, tags = tags - ?, bytes = bytes - ?
            WHERE account_id = ?
            """,
            bind(
                try row.flag("repositories", "is_published"), try row.integer("repositories", "tag_count"),
                try row.integer("repositories", "size"), try row.accountID("repositories", "account_id")))
    }

    /// Stores the edge from a manifest to a blob.
    func insertEdge(from manifest: Digest, to blob: Digest, in repository: RepositoryID) throws {
        try database.execute(
            """
            INSERT INTO manifest_blobs (repository_id, manifest, blob, size)
            VALUES (?, ?, ?, COALESCE((SELECT b.size FROM repository_blobs rb JOIN blobs b ON b.digest = rb.digest
                WHERE rb.repository_id = ? AND rb.digest = ?), 0))
            """, bind(repository, manifest, blob, repository, blob))
    }

    /// Counts a blob that has come into a repository after manifests that refer to it.
    func countLateBlob(_ blob: Digest, size: Int64, in repository: RepositoryID) throws {
        let manifests = try read.manifests(usingBlob: blob, in: repository)
        guard !manifests.isEmpty else { return }
        try database.execute(
            "UPDATE manifest_blobs SET size = ? WHERE repository_id = ? AND blob = ?", bind(size, repository, blob))
        try count(bytes: size, in: repository)
        try updateImageSizes(of: manifests, in: repository)
    }

    /// Computes the image sizes of manifests anew and, where one has changed, those of the indexes that list it.
    ///
    /// Each is computed once, after all of its children, however many ways lead to it. A manifest is named by its hash,
    /// so no index lists itself.
    func updateImageSizes(of manifests: [Digest], in repository: RepositoryID) throws {
        var parents: [Digest: [Digest]] = [:]
        var uncountedChildren: [Digest: Int] = [:]
        var unseen = manifests
        while let manifest = unseen.popLast() {
            guard parents[manifest] == nil else { continue }
            let above = try read.parents(of: manifest, in: repository)
            parents[manifest] = above
            for parent in above { uncountedChildren[parent, default: 0] += 1 }
            unseen += above
        }
        var outdated = Set(manifests)
        var ready = parents.keys.filter { uncountedChildren[$0] == nil }
        while let manifest = ready.popLast() {
            let hasChanged = try outdated.contains(manifest) && updateImageSize(of: manifest, in: repository)
            for parent in parents[manifest] ?? [] {
                if hasChanged { outdated.insert(parent) }
                uncountedChildren[parent, default: 0] -= 1
                if uncountedChildren[parent] == 0 { ready.append(parent) }
            }
        }
    }

    /// - Returns: Whether the image size was another one.
    private func updateImageSize(of manifest: Digest, in repository: RepositoryID) throws -> Bool {
        let size = try read.imageSize(ofContentOf: manifest, in: repository)
        return try database.execute(
            "UPDATE manifests SET image_size = ? WHERE repository_id = ? AND digest = ? AND image_size <> ?",
            bind(size, repository, manifest, size)) > 0
    }

    /// Writes the counters of a repository as ``CatalogReader/recount(of:)`` finds them; those of its account stay.
    ///
    /// - Returns: Whether any was wrong.
    package func mendCounters(of repository: RepositoryID) throws -> Bool {
        guard let recount = try read.recount(of: repository), !recount.isExact else { return false }
        for edge in recount.wrongEdges {
            try database.execute(
                "UPDATE manifest_blobs SET size = ? WHERE repository_id = ? AND manifest = ? AND blob = ?",
                bind(edge.size, repository, edge.manifest, edge.blob))
        }
        for (manifest, size) in recount.wrongImageSizes {
            try database.execute(
                "UPDATE manifests SET image_size = ? WHERE repository_id = ? AND digest = ?",
                bind(size, repository, manifest))
        }
        try database.execute(
            "UPDATE repositories SET tag_count = ?, size = ? WHERE id = ?",
            bind(recount.counted.tags, recount.counted.size, repository))
        return true
    }

    /// Writes what an account uses as ``CatalogReader/recountedUsage(of:)`` finds it.
    ///
    /// - Returns: Whether it was wrong.
    package func mendUsage(of account: AccountID) throws -> Bool {
        let counted = try read.recountedUsage(of: account)
        guard try read.usage(of: account) != counted else { return false }
        try database.execute(
            """
            INSERT INTO account_usage (account_id, repositories, tags, bytes) VALUES (?, ?, ?, ?)
            ON CONFLICT (account_id) DO UPDATE SET repositories = excluded.repositories, tags = excluded.tags,
                bytes = excluded.bytes
            """, bind(account, counted.repositories, counted.tags, counted.bytes))
        return true
    }

    /// Writes how many repositories each organization has as ``CatalogReader/wrongRepositoryCounts()`` finds it.
    ///
    /// - Returns: How many organizations had another number.
    package func mendRepositoryCounts() throws -> Int {
        let wrong = try read.wrongRepositoryCounts()
        for recount in wrong {
            try database.execute(
                "UPDATE organizations SET repository_count = ? WHERE id = ?",
                bind(recount.counted, recount.organization))
        }
        return wrong.count
    }
}
