import BerthBlobs
import BerthOCI

/// Reads blobs again no faster than it may.
struct ReadingPace: Sendable {
    private let rate: Int64?

    /// - Parameter rate: Bytes a second; `nil` is no limit.
    init(_ rate: Int64?) { self.rate = rate }

    /// Compares a blob's bytes with its name.
    func check(_ digest: Digest, in blobs: any BlobStore) async throws -> BlobCheck {
        guard let rate, rate > 0 else { return try await blobs.check(digest) { _ in } }
        let clock = ContinuousClock()
        let start = clock.now
        return try await blobs.check(digest) { bytes in
            let due = start.advanced(by: .seconds(Double(bytes) / Double(rate)))
            if due > clock.now { try await clock.sleep(until: due) }
        }
    }
}
