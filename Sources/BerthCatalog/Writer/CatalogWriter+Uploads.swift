import BerthDatabase
import BerthOCI

extension CatalogWriter {
    /// Records an upload that begins.
    ///
    /// - Throws: ``CatalogError/conflict(_:)`` of the upload, ``CatalogError/missing(_:)`` of the repository when it or
    ///   the user is not there.
    package func insertUpload(_ upload: UploadRecord) throws {
        try insert(
            .upload, under: .repository,
            "INSERT INTO uploads (id, repository_id, user_id, algorithm, started_at) VALUES (?, ?, ?, ?, ?)",
            bind(upload.id, upload.repository, upload.creator, upload.algorithm.rawValue, upload.startedAt))
    }

    package func removeUpload(_ id: String) throws -> Bool {
        try delete("DELETE FROM uploads WHERE id = ?", bind(id))
    }
}
