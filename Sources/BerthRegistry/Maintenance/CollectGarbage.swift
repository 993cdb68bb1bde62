import BerthBlobs
import BerthCatalog
import BerthOCI
import Foundation

/// What a garbage collection removed, or would remove.
package struct GarbageReport: Sendable, Equatable {
    package var deletedBlobs = 0
    /// Bytes of the files of those blobs.
    package var freedBytes: Int64 = 0
    /// Uploads that had received nothing for as long as the setting `uploads.expire` says.
    package var expiredUploads = 0

    package init() {}
}

extension Registry {
    /// Removes content that nothing refers to and that nobody has asked for within `grace`.
    ///
    /// It runs while the registry serves: whether something is garbage is decided in the transaction that removes its
    /// row, and the row goes before the file. A crash leaves a note that the next collection finishes. One collection
    /// runs at a time, over all processes.
    ///
    /// - Parameters:
    ///   - grace: The age below which content is left alone; `nil` takes the setting.
    ///   - dryRun: Only tells what a collection would remove now.
    ///   - progress: Told after every blob.
    /// - Throws: ``MaintenanceError/busy`` while another collection or a backup runs.
    package func collectGarbage(
        grace: Duration? = nil, dryRun: Bool = false, progress: @Sendable (GarbageReport) -> Void = { _ in }
    ) async throws -> GarbageReport {
        let cutoff = now().addingTimeInterval(-(grace ?? settings.garbageGrace).seconds)
        var report = GarbageReport()
        if dryRun {
            report.expiredUploads = try await expiredUploads().count
            try await eachUnreferencedBlob(before: cutoff) { blob in
                report.deletedBlobs += 1
                report.freedBytes += blob.size
            }
            return report
        }
        let lock = try await maintenanceLock()
        defer { lock.release() }
        for digest in try await catalog.read({ try $0.pendingBlobRemovals() }) {
            try await removeFile(of: digest)
        }
        report.expiredUploads = try await removeExpiredUploads()
        try await collectMemberships(before: cutoff)
        try await eachUnreferencedBlob(before: cutoff) { blob in
            guard try await catalog.write({ try $0.deleteUnreferencedBlob(blob.digest, before: cutoff) }) else {
                return
            }
            try await removeFile(of: blob.digest)
            report.deletedBlobs += 1
            report.freedBytes += blob.size
            progress(report)
        }
        try await collectManifestBodies(before: cutoff)
        try await collectRepositories(before: cutoff)
        let now = now()
        try await catalog.record { try $0.recordMaintenance(.garbageCollection, now: now) }
        return report
    }

    /// Removes garbage unless that was done within `interval`, here or by a command.
    ///
    /// - Returns: `nil` when no collection is due, or another one or a backup runs.
    package func collectGarbageIfDue(interval: Duration) async throws -> GarbageReport? {
        let last = try await catalog.read { try $0.maintenance(.garbageCollection)?.updatedAt }
        // A collection of the future, before the clock was stepped back, says nothing.
        if let last, (0..<interval.seconds).contains(now().timeIntervalSince(last)) { return nil }
        do {
            return try await collectGarbage()
        } catch MaintenanceError.busy {
            return nil
        }
    }

    /// Candidates are looked for in reads, which nobody waits for, and removed a page at a time, so that pushes wait for
    /// milliseconds however much there is.
    private static let page = 500

    private func eachUnreferencedBlob(before cutoff: Date, _ body: (StoredBlob) async throws -> Void) async throws {
        var last: Digest?
        while true {
            let page = try await catalog.read { [last] in
                try $0.unreferencedBlobs(before: cutoff, after: last, limit: Self.page)
            }
            for blob in page { try await body(blob) }
            guard let end = page.last else { return }
            last = end.digest
        }
    }

    private func collectMemberships(before cutoff: Date) async throws {
        var last: BlobMembership?
        while true {
            let page = try await catalog.read { [last] in
                try $0.unreferencedMemberships(before: cutoff, after: last, limit: Self.page)
            }
            guard let end = page.last else { return }
            try await catalog.write { catalog in
                for membership in page { _ = try catalog.deleteUnreferencedMembership(membership, before: cutoff) }
            }
            last = end
        }
    }

    private func collectManifestBodies(before cutoff: Date) async throws {
        var last: Digest?
        while true {
            let page = try await catalog.read { [last] in
                try $0.unreferencedManifestBodies(before: cutoff, after: last, limit: Self.page)
            }
            guard let end = page.last else { return }
            try await catalog.write { catalog in
                for digest in page { _ = try catalog.deleteUnreferencedManifestBody(digest, before: cutoff) }
            }
            last = end
        }
    }

    private func collectRepositories(before cutoff: Date) async throws {
        var last = RepositoryID(rawValue: 0)
        while true {
            let page = try await catalog.read { [last] in
                try $0.emptyRepositories(before: cutoff, after: last, limit: Self.page)
            }
            guard let end = page.last else { return }
            try await catalog.write { catalog in
                for id in page { _ = try catalog.deleteEmptyRepository(id, before: cutoff) }
            }
            last = end
        }
    }

    private func removeFile(of digest: Digest) async throws {
        _ = try await blobs.remove(digest)
        try await catalog.write { try $0.finishBlobRemoval(digest) }
    }

    /// Removes uploads that have received nothing for as long as the setting `uploads.expire` says.
    ///
    /// Age is counted from the last byte, so that a slow upload that moves is kept.
    /// - Returns: How many there were.
    package func removeExpiredUploads() async throws -> Int {
        let expired = try await expiredUploads()
        for id in expired {
            _ = try await catalog.write { try $0.removeUpload(id.description) }
            try await blobs.removeUpload(id)
        }
        return expired.count
    }

    private func expiredUploads() async throws -> [UploadID] {
        let oldest = now().addingTimeInterval(-settings.uploadExpiry.seconds)
        let staged = try await blobs.allUploads()
        let withFile = Set(staged.map(\.0))
        let rowsWithoutFile = try await catalog.read { try $0.uploads(startedBefore: oldest) }
            .compactMap { try? UploadID(parsing: $0.id) }
            .filter { !withFile.contains($0) }
        return staged.filter { $0.lastWritten < oldest }.map(\.0) + rowsWithoutFile
    }
}
