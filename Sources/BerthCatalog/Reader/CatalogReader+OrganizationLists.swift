import BerthAccess
import BerthDatabase
import BerthOCI

/// An organization with what a list tells of it.
package struct OrganizationSummaryRecord: Sendable, Hashable {
    package let organization: OrganizationRecord
    /// What the user who asks holds on it.
    package let permission: Permission?
    package let userCount: Int
    /// Published ones; without a permission on the organization, those that the user has one on.
    package let repositoryCount: Int
}

extension CatalogReader {
    /// The organizations that a user has a permission on, by name; all of them for nobody in particular.
    ///
    /// - Parameters:
    ///   - name: Only the one of this name.
    ///   - includesVisible: Whether those count, too, that the user has a permission on a repository of only.
    package func organizationSummaries(
        for user: Principal.User?, named name: OrganizationName?, includesVisible: Bool
    ) throws -> [OrganizationSummaryRecord] {
        var condition: SQL = "WHERE 1 = 1"
        var values = bind(user?.isAdmin ?? true, user?.id, user?.id)
        if let name {
            condition = condition + "AND o.name = ?"
            values += bind(name)
        }
        if let user {
            condition = condition + "AND o.account_id = ?"
            values += bind(user.account)
            if !user.isAdmin {
                condition =
                    condition
                        + """
                        AND (op.permission IS NOT NULL OR ? = 1 AND EXISTS (SELECT 1 FROM repository_permissions rp
                            JOIN repositories r ON r.id = rp.repository_id
                            WHERE rp.user_id = ? AND r.organization_id = o.id AND r.is_published = 1))
                        """
                values += bind(includesVisible, user.id)
            }
        }
        return try database.rows(Self.organizationSummaries + condition + "ORDER BY o.name", values).map { row in
            let given = row.isNull("permission") ? nil : try row.permission("organization_permissions")
            return OrganizationSummaryRecord(
                organization: try OrganizationRecord(row),
                permission: user?.isAdmin == false ? given : .manage,
                userCount: Int(try row.integer("organization_permissions", "user_id", as: "user_count")),
                repositoryCount: Int(try row.integer("repositories", "id", as: "repository_count")))
        }
    }

    private static let organizationSummaries: SQL =
        "SELECT" + OrganizationRecord.columns
            + """
            , op.permission,
                (SELECT COUNT(*) FROM organization_permissions p WHERE p.organization_id = o.id) AS user_count,
                CASE WHEN ? = 1 OR op.permission IS NOT NULL
                    THEN o.repository_count
                    ELSE (SELECT COUNT(*) FROM repository_permissions rp JOIN repositories r ON r.id = rp.repository_id
                        WHERE rp.user_id = ? AND r.organization_id = o.id AND r.is_published = 1) END
                    AS repository_count
            FROM organizations o JOIN accounts a ON a.id = o.account_id
            LEFT JOIN organization_permissions op ON op.organization_id = o.id AND op.user_id = ?
            """
}
