import BerthBlobs
import BerthCatalog
import BerthOCI
import Foundation
import Logging

/// What a scrub found.
package struct ScrubReport: Sendable, Equatable {
    package var checkedBlobs = 0
    package var damagedBlobs = 0

    package init(checkedBlobs: Int = 0, damagedBlobs: Int = 0) {
        self.checkedBlobs = checkedBlobs
        self.damagedBlobs = damagedBlobs
    }
}

extension Registry {
    /// How many blobs a scrub checks before it notes how far it is.
    private static let scrubPage = 100

    /// Reads every blob again, slowly, unless that was done within `interval`; what is damaged is logged and set aside,
    /// so that the next push of the same content heals it.
    ///
    /// How far it is, is in the catalog: after a stop or a crash the next scrub goes on there. Several may run at once, which
    /// is only more work. What cannot be read is logged and left alone.
    ///
    /// - Parameter rate: The most bytes to read in a second.
    /// - Returns: `nil` when none is due.
    package func scrubIfDue(interval: Duration, rate: Int64) async throws -> ScrubReport? {
        let state = try await catalog.read { try $0.maintenance(.scrub) }
        var last = state.flatMap { try? Digest(parsing: $0.position) }
        if let state, last == nil, now() < state.updatedAt.addingTimeInterval(interval.seconds),
            now() >= state.updatedAt
        {
            return nil
        }
        let pace = ReadingPace(rate)
        var report = ScrubReport()
        while true {
            let page = try await catalog.read { [last] in try $0.storedBlobs(after: last, limit: Self.scrubPage) }
            for blob in page where blob.isLinked { try await scrub(blob.digest, pace: pace, into: &report) }
            last = page.last?.digest
            let position = last?.description ?? ""
            let now = now()
            try await catalog.record { try $0.recordMaintenance(.scrub, position: position, now: now) }
            if page.isEmpty { return report }
        }
    }

    private func scrub(_ digest: Digest, pace: ReadingPace, into report: inout ScrubReport) async throws {
        do {
            let check = try await pace.check(digest, in: blobs)
            report.checkedBlobs += 1
            guard case .damaged(let blob) = check else { return }
            guard try await blobs.setAside(blob) else { return }
            report.damagedBlobs += 1
            logger.error(
                "blob is damaged and was set aside; a push of the same content heals it",
                metadata: ["berth.digest": "\(digest)"])
        } catch let error as BlobStoreError {
            logger.error("blob cannot be read", metadata: ["berth.digest": "\(digest)", "error": "\(error)"])
        }
    }
}
