import BerthAccess
import BerthDatabase
import BerthOCI
import Foundation

extension CatalogWriter {
    /// - Throws: ``CatalogError/conflict(_:)`` of the organization, ``CatalogError/missing(_:)`` of the account.
    package func insertOrganization(
        _ name: OrganizationName, account: AccountID, by creator: Creator, now: Date
    ) throws -> OrganizationRecord {
        try insert(
            .organization, under: .account,
            """
            INSERT INTO organizations (name, account_id, creator_id, created_by, created_at) VALUES (?, ?, ?, ?, ?)
            """, bind(name, account, creator.id, creator.name, now))
        guard let organization = try read.organization(named: name) else { throw CatalogError.missing(.organization) }
        return organization
    }

    /// Removes an organization with its permissions, and what pushes that never came to a manifest have left in it.
    ///
    /// - Throws: ``CatalogError/inUse(_:)`` of the organization while it has published repositories.
    package func removeOrganization(_ organization: OrganizationID) throws -> Bool {
        let published = try database.first(
            "SELECT id FROM repositories WHERE organization_id = ? AND is_published = 1 LIMIT 1", bind(organization))
        guard published == nil else { throw CatalogError.inUse(.organization) }
        let left = try database.rows("SELECT id FROM repositories WHERE organization_id = ?", bind(organization))
        for row in left {
            _ = try removeRepository(RepositoryID(rawValue: try row.integer("repositories", "id")))
        }
        return try delete("DELETE FROM organizations WHERE id = ?", bind(organization))
    }

    /// - Throws: ``CatalogError/missing(_:)`` of the organization when it or the user is not there.
    package func setPermission(
        _ permission: Permission, of user: UserID, onOrganization organization: OrganizationID
    ) throws {
        try insert(
            .organization, under: .organization,
            """
            INSERT INTO organization_permissions (organization_id, user_id, permission) VALUES (?, ?, ?)
            ON CONFLICT (organization_id, user_id) DO UPDATE SET permission = excluded.permission
            """, bind(organization, user, permission))
    }

    /// - Throws: ``CatalogError/missing(_:)`` of the repository when it or the user is not there.
    package func setPermission(
        _ permission: Permission, of user: UserID, onRepository repository: RepositoryID
    ) throws {
        try insert(
            .repository, under: .repository,
            """
            INSERT INTO repository_permissions (repository_id, user_id, permission) VALUES (?, ?, ?)
            ON CONFLICT (repository_id, user_id) DO UPDATE SET permission = excluded.permission
            """, bind(repository, user, permission))
    }

    package func removePermission(of user: UserID, onOrganization organization: OrganizationID) throws -> Bool {
        try delete(
            "DELETE FROM organization_permissions WHERE organization_id = ? AND user_id = ?", bind(organization, user))
    }

    package func removePermission(of user: UserID, onRepository repository: RepositoryID) throws -> Bool {
        try delete(
            "DELETE FROM repository_permissions WHERE repository_id = ? AND user_id = ?", bind(repository, user))
    }

    /// Makes a repository, private, empty and not published.
    ///
    /// - Throws: ``CatalogError/conflict(_:)`` of the repository, ``CatalogError/missing(_:)`` of the organization when
    ///   there is none with that id and the name's first component.
    package func insertRepository(
        named name: RepositoryName, organization: OrganizationID, by creator: Creator, now: Date
    ) throws -> RepositoryID {
        let parent = try database.first(
            "SELECT account_id FROM organizations WHERE id = ? AND name = ?", bind(organization, name.organization))
        guard let parent else { throw CatalogError.missing(.organization) }
        try insert(
            .repository, under: .organization,
            """
            INSERT INTO repositories
                (name, local_name, organization_id, account_id, is_public, is_published, description, category,
                    creator_id, created_by, created_at, updated_at)
            VALUES (?, ?, ?, ?, 0, 0, '', 'other', ?, ?, ?, ?)
            """,
            bind(
                name, name.name, organization, try parent.accountID("organizations", "account_id"), creator.id,
                creator.name, now, now))
        guard let made = try read.repository(named: name) else { throw CatalogError.missing(.repository) }
        return made.id
    }

    /// Makes a repository that has got a manifest visible, notes that it has changed, and adds to its counters.
    package func publishRepository(
        _ repository: RepositoryID, addingTags tags: Int = 0, bytes: Int64 = 0, now: Date
    ) throws {
        let isNew =
            try database.execute(
                "UPDATE repositories SET is_published = 1 WHERE id = ? AND is_published = 0", bind(repository)) > 0
        try database.execute(
            "UPDATE repositories SET updated_at = ?, tag_count = tag_count + ?, size = size + ? WHERE id = ?",
            bind(now, tags, bytes, repository))
        if isNew { try countInOrganization(repository) }
        try countInAccount(repositories: isNew ? 1 : 0, tags: tags, bytes: bytes, of: repository)
    }

    /// Changes what is not `nil`.
    ///
    /// - Throws: ``CatalogError/missing(_:)`` of the repository.
    package func updateRepository(
        _ repository: RepositoryID, isPublic: Bool? = nil, description: String? = nil, category: String? = nil,
        now: Date
    ) throws {
        let changed = try database.execute(
            """
            UPDATE repositories SET is_public = COALESCE(?, is_public), description = COALESCE(?, description),
                category = COALESCE(?, category), updated_at = ?
            WHERE id = ?
            """, bind(isPublic, description, category, now, repository))
        guard changed > 0 else { throw CatalogError.missing(.repository) }
    }

    /// Removes a repository with all in it: manifests, tags, its hold on blobs, uploads, permissions and shares.
    package func removeRepository(_ repository: RepositoryID) throws -> Bool {
        try discount(repository)
        return try delete("DELETE FROM repositories WHERE id = ?", bind(repository))
    }
}
