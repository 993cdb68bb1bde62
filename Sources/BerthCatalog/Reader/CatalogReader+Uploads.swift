import BerthAccess
import BerthDatabase
import BerthOCI
import Foundation

extension CatalogReader {
    package func upload(_ id: String) throws -> UploadRecord? {
        try database.first(UploadRecord.selection + "WHERE id = ?", bind(id)).map(UploadRecord.init)
    }

    /// How many uploads a user has begun and not ended.
    package func uploadCount(of user: UserID) throws -> Int {
        Int(
            try database.first("SELECT COUNT(*) AS upload_count FROM uploads WHERE user_id = ?", bind(user))?
                .integer("uploads", "id", as: "upload_count") ?? 0)
    }

    /// The uploads that began before an instant, oldest first, whether or not they are still moving.
    package func uploads(startedBefore cutoff: Date) throws -> [UploadRecord] {
        try database.rows(UploadRecord.selection + "WHERE started_at < ? ORDER BY started_at, id", bind(cutoff))
            .map(UploadRecord.init)
    }
}

extension UploadRecord {
    fileprivate static let selection: SQL = "SELECT id, repository_id, user_id, algorithm, started_at FROM uploads"

    fileprivate init(_ row: SQLRow) throws {
        guard let algorithm = Digest.Algorithm(rawValue: try row.text("uploads", "algorithm")) else {
            throw row.corrupt("uploads", "algorithm", nil, "no digest algorithm")
        }
        self.init(
            id: try row.text("uploads", "id"),
            repository: RepositoryID(rawValue: try row.integer("uploads", "repository_id")),
            creator: try row.userID("uploads", "user_id"),
            algorithm: algorithm,
            startedAt: try row.date("uploads", "started_at"))
    }
}
