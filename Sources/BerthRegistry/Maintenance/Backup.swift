import BerthBlobs
import BerthCatalog
import BerthOCI
import Foundation
import Glibc

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
        try Self.makeEmptyDirectory(directory)
        let lock = try await maintenanceLock()
        defer { lock.release() }
        let database = directory + "/berth.sqlite"
        try await catalog.backup(to: database)
        let copy = try Catalog(path: database)
        let report = try await Self.copyBlobs(of: copy, from: blobs, to: directory, progress: progress)
        try copy.close()
        // Copied blobs are on the disk, but their names need not be.
        sync()
        return report
    }
}
