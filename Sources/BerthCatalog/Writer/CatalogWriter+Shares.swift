import BerthAccess
import BerthDatabase
import Foundation

extension CatalogWriter {
    /// Shares a repository with an account, or changes the deadline and the description of their share.
    ///
    /// Who made a share, and when, stays what it was. The rules of sharing are the caller's to check, in the same
    /// transaction.
    ///
    /// - Throws: ``CatalogError/missing(_:)`` of the repository when it or the account is not there.
    package func upsertShare(
        of repository: RepositoryID, with receiver: AccountID, deadline: Deadline, description: String,
        by creator: Creator, now: Date
    ) throws {
        let row = try database.first("SELECT account_id FROM repositories WHERE id = ?", bind(repository))
        guard let row else { throw CatalogError.missing(.repository) }
        try insert(
            .share, under: .repository,
            """
            INSERT INTO shares
                (repository_id, account_id, owner_id, deadline, description, creator_id, created_by, created_at,
                    updated_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (repository_id, account_id) DO UPDATE SET deadline = excluded.deadline,
                description = excluded.description, updated_at = excluded.updated_at
            """,
            bind(
                repository, receiver, try row.accountID("repositories", "account_id"), deadline, description,
                creator.id, creator.name, now, now))
    }

    package func removeShare(of repository: RepositoryID, with receiver: AccountID) throws -> Bool {
        try delete("DELETE FROM shares WHERE repository_id = ? AND account_id = ?", bind(repository, receiver))
    }
}
