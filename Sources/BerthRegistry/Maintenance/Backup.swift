import BerthBlobs
import BerthCatalog
import BerthOCI
import Foundation

/// What a backup has copied.
package struct BackupReport: Sendable, Equatable {
    package var copiedBlobs = 0
    package var copiedBytes: Int64 = 0
    /// Blobs that the catalog speaks of but whose files are missing or damaged; `berth verify` tells more.
    package var missing: [Digest] = []

    package init() {}
}

extension Registry {
    /// Copies the catalog and every blob that it speaks of into a directory that can be served as it is.
    ///
    /// The catalog comes first, as one snapshot; garbage collection waits until the files that it names are copied. So
    /// everything in the copy was acknowledged before the backup began, and nothing in it dangles.
    ///
    /// - Throws: ``MaintenanceError``.
    package func backup(
        to directory: String, progress: @Sendable (BackupReport) -> Void = { _ in }
    ) async throws -> BackupReport {
        let files = FileManager.default
        try files.createDirectory(
            atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        guard try files.contentsOfDirectory(atPath: directory).isEmpty else {
            throw MaintenanceError.notEmpty(directory)
        }
        let lock = try await maintenanceLock()
        defer { lock.release() }
        let database = directory + "/berth.sqlite"
        try await catalog.backup(to: database)
        let copy = try Catalog(path: database)
        var report = BackupReport()
        var last: Digest?
        while true {
            let page = try await copy.read { [last] in try $0.storedBlobs(after: last, limit: 1000) }
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
            guard let end = page.last else { break }
            last = end.digest
        }
        try copy.close()
        return report
    }
}
