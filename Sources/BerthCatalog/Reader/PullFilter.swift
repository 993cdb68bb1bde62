import BerthAccess
import BerthDatabase
import Foundation

/// What ``Access/decide(_:)`` says of the right to pull, as a condition of SQL.
struct PullFilter {
    /// The repository `r`, its organization `o` and the account `a` that owns it.
    static let tables: SQL = """
        FROM repositories r JOIN organizations o ON o.id = r.organization_id JOIN accounts a ON a.id = o.account_id
        """

    /// In parentheses.
    let condition: SQL
    /// The values of the condition's placeholders, in order.
    let values: [SQLValue]

    /// - Returns: `nil` when there is nothing that the principal may pull.
    init?(_ principal: Principal, region: Region?, now: Date?, allowsAnonymousPull: Bool) {
        guard case .user(let user) = principal else {
            guard allowsAnonymousPull else { return nil }
            self.condition = "(r.is_public = 1)"
            self.values = []
            return
        }
        var condition: SQL = "(r.is_public = 1"
        var values: [SQLValue] = []
        if user.isAdmin {
            condition = condition + "OR o.account_id = ?"
            values += bind(user.account)
        } else {
            condition =
                condition
                    + """
                    OR o.account_id = ? AND (
                        EXISTS (SELECT 1 FROM organization_permissions p
                            WHERE p.organization_id = o.id AND p.user_id = ?)
                        OR EXISTS (SELECT 1 FROM repository_permissions p
                            WHERE p.repository_id = r.id AND p.user_id = ?))
                    """
            values += bind(user.account, user.id, user.id)
        }
        if let region, let now, user.homeRegion == region {
            condition =
                condition
                    + """
                    OR r.is_public = 0 AND o.account_id <> ? AND a.home_region = ? AND EXISTS (
                        SELECT 1 FROM shares s WHERE s.repository_id = r.id AND s.account_id = ?
                            AND (s.deadline IS NULL OR s.deadline > ?))
                    """
            values += bind(user.account, region, user.account, Present(now))
        }
        self.condition = condition + ")"
        self.values = values
    }
}
