import BerthBlobs
import BerthCatalog
import BerthOCI
import Foundation
import Glibc

extension Registry {
    /// Makes a data directory out of a backup, which stays as it is.
    ///
    /// The catalog gets its name last, so that a restoration that was broken off is no registry and can be begun again
    /// in an empty directory.
    ///
    /// - Parameters:
    ///   - backup: A directory that a backup has made.
    ///   - storage: A directory that is new or empty.
    /// - Throws: ``MaintenanceError``, and the errors of the layers.
    package static func restore(
        from backup: String, to storage: String, progress: @Sendable (BackupReport) -> Void = { _ in }
    ) async throws -> BackupReport {
        guard holdsData(backup) else { throw MaintenanceError.noBackup(backup) }
        try makeEmptyDirectory(storage)
        let unnamed = storage + "/berth.sqlite.restoring"
        try await Catalog.copy(backup + "/berth.sqlite", to: unnamed)
        let catalog = try Catalog(path: unnamed)
        let report = try await copyBlobs(
            of: catalog, from: try FileBlobStore(directory: backup), to: storage, progress: progress)
        try catalog.close()
        try FileManager.default.moveItem(atPath: unnamed, toPath: storage + "/berth.sqlite")
        _ = try FileBlobStore(directory: storage)
        sync()
        return report
    }

    /// - Throws: ``MaintenanceError/notEmpty(_:)``.
    static func makeEmptyDirectory(_ directory: String) throws {
        let files = FileManager.default
        try files.createDirectory(
            atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        guard try files.contentsOfDirectory(atPath: directory).isEmpty else {
            throw MaintenanceError.notEmpty(directory)
        }
    }

    /// Copies every blob that a catalog speaks of into another directory of the same layout.
    static func copyBlobs(
        of catalog: Catalog, from blobs: any BlobStore, to directory: String,
        progress: @Sendable (BackupReport) -> Void
    ) async throws -> BackupReport {
        var report = BackupReport()
        var last: Digest?
        while true {
            let page = try await catalog.read { [last] in try $0.storedBlobs(after: last, limit: 1000) }
            for blob in page {
                if try await blobs.size(of: blob.digest) == blob.size {
                    try await blobs.copy(blob.digest, to: directory)
                    report.copiedBlobs += 1
                    report.copiedBytes += blob.size
                } else if blob.isLinked {
                    report.missing.append(blob.digest)
                }
                progress(report)
            }
            guard let end = page.last else { return report }
            last = end.digest
        }
    }
}
