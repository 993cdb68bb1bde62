import BerthAccess
import BerthDatabase
import BerthOCI
import Foundation

extension CatalogReader {
    /// What a user was given on an organization and on a repository of it: none, one or two permissions.
    package func permissions(
        of user: UserID, organization: OrganizationID, repository: RepositoryID?
    ) throws -> [Permission] {
        [
            try permission(of: user, onOrganization: organization),
            try repository.flatMap { try permission(of: user, onRepository: $0) },
        ].compactMap(\.self)
    }

    /// What a user was given on an organization itself.
    package func permission(of user: UserID, onOrganization organization: OrganizationID) throws -> Permission? {
        try database.first(
            "SELECT permission FROM organization_permissions WHERE organization_id = ? AND user_id = ?",
            bind(organization, user)
        )?.permission("organization_permissions")
    }

    /// What a user was given on a repository itself.
    package func permission(of user: UserID, onRepository repository: RepositoryID) throws -> Permission? {
        try database.first(
            "SELECT permission FROM repository_permissions WHERE repository_id = ? AND user_id = ?",
            bind(repository, user)
        )?.permission("repository_permissions")
    }

    /// Who was given what on an organization, by account and user name.
    package func organizationPermissions(of organization: OrganizationID) throws -> [PermissionRecord] {
        try database.rows(
            """
            SELECT u.id, u.name, a.name AS account_name, p.permission
            FROM organization_permissions p JOIN users u ON u.id = p.user_id JOIN accounts a ON a.id = u.account_id
            WHERE p.organization_id = ? ORDER BY a.name, u.name
            """, bind(organization)
        ).map { try PermissionRecord($0, table: "organization_permissions") }
    }

    /// Who was given what on a repository itself, by account and user name.
    package func repositoryPermissions(of repository: RepositoryID) throws -> [PermissionRecord] {
        try database.rows(
            """
            SELECT u.id, u.name, a.name AS account_name, p.permission
            FROM repository_permissions p JOIN users u ON u.id = p.user_id JOIN accounts a ON a.id = u.account_id
            WHERE p.repository_id = ? ORDER BY a.name, u.name
            """, bind(repository)
        ).map { try PermissionRecord($0, table: "repository_permissions") }
    }

    /// All that a decision about a name rests on, in one statement: every request asks this.
    ///
    /// - Parameters:
    ///   - user: Whose permissions to read; `nil` for none.
    ///   - account: Whose share to read; `nil` for none.
    /// - Returns: `nil` when there is no such organization.
    package func accessFacts(
        on name: RepositoryName, for user: UserID?, of account: AccountID?
    ) throws -> AccessFacts? {
        try database.first(
            Self.accessFacts, bind(name, account, user, user, name.organization)
        ).map(AccessFacts.init)
    }

    private static let accessFacts: SQL =
        "SELECT" + RepositoryRecord.columns
            + """
                , s.account_id AS share_receiver, s.deadline AS share_deadline,
                op.permission AS organization_permission, rp.permission AS repository_permission
            FROM organizations o
            JOIN accounts a ON a.id = o.account_id
            LEFT JOIN repositories r ON r.name = ? AND r.organization_id = o.id
            LEFT JOIN shares s ON s.repository_id = r.id AND s.account_id = ?
            LEFT JOIN organization_permissions op ON op.organization_id = o.id AND op.user_id = ?
            LEFT JOIN repository_permissions rp ON rp.repository_id = r.id AND rp.user_id = ?
            WHERE o.name = ?
            """

    /// The published repositories that a principal may pull, by name, beginning after `after`.
    ///
    /// Filtered by the database so that a page costs what it shows; grants exactly what ``Access/decide(_:)`` grants.
    package func pullableRepositories(
        for principal: Principal, region: Region?, now: Date?, allowsAnonymousPull: Bool, after: String? = nil,
        limit: Int = .max
    ) throws -> [RepositoryName] {
        let filter = PullFilter(principal, region: region, now: now, allowsAnonymousPull: allowsAnonymousPull)
        guard let filter else { return [] }
        return try database.rows(
            "SELECT r.name" + PullFilter.tables + "WHERE r.is_published = 1 AND r.name > ? AND" + filter.condition
                + "ORDER BY r.name LIMIT ?",
            bind(after ?? "") + filter.values + bind(Limit(limit))
        ).map { try $0.repositoryName() }
    }

    /// The first repository that holds a blob and that a principal may pull, also one that has no manifest yet.
    package func pullableRepository(
        holdingBlob digest: Digest, for principal: Principal, region: Region?, now: Date?, allowsAnonymousPull: Bool
    ) throws -> RepositoryName? {
        let filter = PullFilter(principal, region: region, now: now, allowsAnonymousPull: allowsAnonymousPull)
        guard let filter else { return nil }
        return try database.first(
            "SELECT r.name" + PullFilter.tables
                + "JOIN repository_blobs rb ON rb.repository_id = r.id AND rb.digest = ?"
                + "WHERE" + filter.condition + "ORDER BY r.name LIMIT 1",
            bind(digest) + filter.values
        )?.repositoryName()
    }
}

extension PermissionRecord {
    fileprivate init(_ row: SQLRow, table: String) throws {
        self.init(
            userID: try row.userID("users", "id"),
            user: QualifiedUserName(account: try row.accountName(as: "account_name"), user: try row.userName()),
            permission: try row.permission(table))
    }
}

extension AccessFacts {
    fileprivate init(_ row: SQLRow) throws {
        let repository = row.isNull("repository_id") ? nil : try RepositoryRecord(row)
        let privateOne = Access.Repository(
            owner: try row.accountID("organizations", "account_id", as: "owner"),
            ownerHomeRegion: try row.region("accounts", "home_region", as: "owner_home_region"), isPublic: false)
        func permission(_ table: String, _ label: String) throws -> Permission? {
            row.isNull(label) ? nil : try row.permission(table, as: label)
        }
        let share =
            row.isNull("share_receiver")
            ? nil
            : Access.Share(
                receiver: try row.accountID("shares", "account_id", as: "share_receiver"),
                deadline: try row.deadline(as: "share_deadline"))
        self.init(
            organization: OrganizationID(rawValue: try row.integer("organizations", "id", as: "organization_id")),
            repository: repository,
            access: repository?.access ?? privateOne,
            permissions: [
                try permission("organization_permissions", "organization_permission"),
                try permission("repository_permissions", "repository_permission"),
            ].compactMap(\.self),
            share: share)
    }
}
