import BerthAccess
import BerthDatabase
import BerthOCI

extension CatalogReader {
    package func organization(named name: OrganizationName) throws -> OrganizationRecord? {
        try database.first(OrganizationRecord.selection + "WHERE o.name = ?", bind(name)).map(OrganizationRecord.init)
    }

    /// The organizations of an account, or all, by name.
    package func organizations(of account: AccountID? = nil) throws -> [OrganizationRecord] {
        guard let account else {
            return try database.rows(OrganizationRecord.selection + "ORDER BY o.name").map(OrganizationRecord.init)
        }
        return try database.rows(
            OrganizationRecord.selection + "WHERE o.account_id = ? ORDER BY o.name", bind(account)
        ).map(OrganizationRecord.init)
    }

    /// The repository of that name, published or not.
    package func repository(named name: RepositoryName) throws -> RepositoryRecord? {
        try database.first(RepositoryRecord.selection + "WHERE r.name = ?", bind(name))
            .map { try RepositoryRecord($0) }
    }

    /// The repository with that id, published or not.
    package func repository(id: RepositoryID) throws -> RepositoryRecord? {
        try database.first(RepositoryRecord.selection + "WHERE r.id = ?", bind(id)).map { try RepositoryRecord($0) }
    }

    /// The published repositories of an account, or all, by name, beginning after `after`.
    package func repositories(
        of account: AccountID? = nil, after: String? = nil, limit: Int = .max
    ) throws -> [RepositoryRecord] {
        let page: SQL = "r.is_published = 1 AND r.name > ? ORDER BY r.name LIMIT ?"
        let rows =
            if let account {
                try database.rows(
                    RepositoryRecord.selection + "WHERE o.account_id = ? AND" + page,
                    bind(account, after ?? "", Limit(limit)))
            } else {
                try database.rows(
                    RepositoryRecord.selection + "WHERE" + page, bind(after ?? "", Limit(limit)))
            }
        return try rows.map { try RepositoryRecord($0) }
    }

    /// How much there is in all.
    package func counts() throws -> CatalogCounts {
        let row = try database.first(
            """
            SELECT (SELECT COUNT(*) FROM accounts) AS accounts,
                (SELECT COUNT(*) FROM users) AS users,
                (SELECT COUNT(*) FROM organizations) AS organizations,
                (SELECT COUNT(*) FROM repositories WHERE is_published = 1) AS repositories,
                (SELECT COUNT(*) FROM manifests) AS manifests,
                (SELECT COUNT(*) FROM tags) AS tags,
                (SELECT COUNT(*) FROM shares) AS shares,
                (SELECT COUNT(*) FROM uploads) AS uploads,
                (SELECT COUNT(*) FROM blobs) AS blobs,
                (SELECT CAST(COALESCE(SUM(size), 0) AS BIGINT) FROM blobs) AS blob_bytes
            """)
        func count(_ table: String) throws -> Int { Int(try row?.integer(table, table) ?? 0) }
        return CatalogCounts(
            accounts: try count("accounts"), users: try count("users"), organizations: try count("organizations"),
            repositories: try count("repositories"), manifests: try count("manifests"), tags: try count("tags"),
            shares: try count("shares"), uploads: try count("uploads"), blobs: try count("blobs"),
            blobBytes: try row?.integer("blobs", "size", as: "blob_bytes") ?? 0)
    }
}

extension OrganizationRecord {
    /// The columns of an organization `o` and the account `a` that owns it.
    static let columns: SQL = """
        o.id, o.name, o.account_id, a.name AS account_name, o.creator_id, o.created_by, o.created_at
        """

    fileprivate static let selection: SQL =
        "SELECT" + columns + "FROM organizations o JOIN accounts a ON a.id = o.account_id"

    init(_ row: SQLRow) throws {
        self.init(
            id: OrganizationID(rawValue: try row.integer("organizations", "id")),
            name: try row.organizationName(),
            account: try row.accountID("organizations", "account_id"),
            accountName: try row.accountName(as: "account_name"),
            creator: try row.creator("organizations"),
            createdAt: try row.date("organizations", "created_at"))
    }
}

extension RepositoryRecord {
    /// The columns of a repository `r`, its organization `o` and the account `a` that owns it.
    static let columns: SQL = """
        r.id AS repository_id, r.name AS repository_name, o.id AS organization_id, o.account_id AS owner,
        a.name AS owner_name, a.home_region AS owner_home_region, r.is_public, r.is_published, r.description,
        r.category, r.creator_id AS repository_creator_id, r.created_by AS repository_created_by, r.tag_count,
        r.size AS repository_size, r.pull_count, r.created_at, r.updated_at
        """

    static let selection: SQL =
        "SELECT" + columns
            + """
            FROM repositories r JOIN organizations o ON o.id = r.organization_id JOIN accounts a ON a.id = o.account_id
            """

    init(_ row: SQLRow) throws {
        self.init(
            id: RepositoryID(rawValue: try row.integer("repositories", "id", as: "repository_id")),
            name: try row.repositoryName(as: "repository_name"),
            organization: OrganizationID(rawValue: try row.integer("organizations", "id", as: "organization_id")),
            owner: try row.accountID("organizations", "account_id", as: "owner"),
            ownerName: try row.accountName(as: "owner_name"),
            ownerHomeRegion: try row.region("accounts", "home_region", as: "owner_home_region"),
            isPublic: try row.flag("repositories", "is_public"),
            isPublished: try row.flag("repositories", "is_published"),
            description: try row.text("repositories", "description"),
            category: try row.text("repositories", "category"),
            creator: try row.creator(
                "repositories", id: "repository_creator_id", name: "repository_created_by"),
            tagCount: Int(try row.integer("repositories", "tag_count")),
            size: try row.integer("repositories", "size", as: "repository_size"),
            pullCount: try row.integer("repositories", "pull_count"),
            createdAt: try row.date("repositories", "created_at"),
            updatedAt: try row.date("repositories", "updated_at"))
    }
}
