import BerthBlobs
import BerthCatalog
import BerthOCI

extension Registry {
    /// Finishes the removal of a blob that a collection began and did not live to end, so that the blob can be pushed
    /// without waiting for the next collection.
    ///
    /// A removal is interrupted when its note stands and nobody collects. While somebody does, nothing is done here, and
    /// the push is told to come again.
    func finishInterruptedRemoval(of digest: Digest) async throws {
        guard try await isBeingRemoved(digest), let lock = try await blobs.lock(for: .maintenance) else { return }
        defer { lock.release() }
        // Whoever had the lock until now may have finished it, and somebody may have pushed the blob since.
        guard try await isBeingRemoved(digest) else { return }
        _ = try await storing { try await blobs.remove(digest) }
        try await catalog.write { try $0.finishBlobRemoval(digest) }
    }

    private func isBeingRemoved(_ digest: Digest) async throws -> Bool {
        try await catalog.read { try $0.isBeingRemoved(digest) }
    }
}
