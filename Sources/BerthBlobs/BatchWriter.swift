import NIOCore

/// Gathers the parts of a stream to batches and writes one while the next is being gathered.
///
/// It holds at most two batches, and ``add(_:)`` waits when both are full: that is the back-pressure on the sender.
/// After a failed write nothing more is written.
struct BatchWriter {
    /// Bytes per write: large enough that the way to another thread costs little, small enough for many uploads.
    static let batchSize = 512 * 1024

    private let write: @Sendable (ByteBuffer) async throws -> Void
    private var batch = ByteBuffer()
    /// Not a child task: bytes that came are written although the task that received them is cancelled.
    private var writing: Task<Void, any Error>?
    private var hasFailed = false

    init(write: @escaping @Sendable (ByteBuffer) async throws -> Void) {
        self.write = write
    }

    /// Takes a part of any size.
    ///
    /// - Throws: What writing an earlier part threw.
    mutating func add(_ part: ByteBuffer) async throws {
        var part = part
        while let slice = part.readSlice(length: min(part.readableBytes, Self.batchSize - batch.readableBytes)),
            slice.readableBytes > 0
        {
            batch.writeImmutableBuffer(slice)
            if batch.readableBytes == Self.batchSize { try await writeBatch() }
        }
    }

    /// Writes what is left and waits until everything is written.
    mutating func finish() async throws {
        if batch.readableBytes > 0, !hasFailed { try await writeBatch() }
        try await settle()
    }

    private mutating func writeBatch() async throws {
        try await settle()
        let full = batch
        batch = ByteBufferAllocator().buffer(capacity: full.readableBytes)
        writing = Task { [write] in try await write(full) }
    }

    private mutating func settle() async throws {
        guard let last = writing else { return }
        writing = nil
        do {
            try await last.value
        } catch {
            hasFailed = true
            throw error
        }
    }
}
