import Synchronization

/// The memory that all streams into one store share for gathering their bytes.
///
/// Few streams get large batches, which cost least; many get small ones, so that all together stay within ``total``.
final class BatchMemory: Sendable {
    /// Bytes that the batches of all streams may have together, as long as no stream gets less than ``smallestBatch``.
    static let total = 32 * 1024 * 1024
    static let smallestBatch = 32 * 1024
    /// Large enough that the way to another thread costs little.
    static let largestBatch = 512 * 1024
    /// What a stream holds: one batch that is gathered and one that is written.
    private static let batchesPerStream = 2

    private let streams = Atomic<Int>(0)

    func streamBegan() { streams.add(1, ordering: .relaxed) }

    func streamEnded() { streams.subtract(1, ordering: .relaxed) }

    /// How many bytes a stream should gather before it writes them: a power of two.
    var batchSize: Int {
        let share = Self.total / (max(streams.load(ordering: .relaxed), 1) * Self.batchesPerStream)
        var size = Self.largestBatch
        while size > share, size > Self.smallestBatch { size /= 2 }
        return size
    }
}
