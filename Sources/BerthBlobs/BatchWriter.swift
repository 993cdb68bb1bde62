import NIOCore

/// Gathers the parts of a stream to batches and writes one while the next is being gathered.
///
/// It holds at most two batches, and ``add(_:)`` waits when both are full: that is the back-pressure on the sender.
/// The bytes are copied, so that a part of a few bytes does not keep the large buffer that it was received in.
/// After a failed write nothing more is written.
struct BatchWriter: ~Copyable {
    private let memory: BatchMemory
    private let write: @Sendable (ByteBuffer) async throws -> Void
    private var batch = ByteBuffer()
    private var batchSize: Int
    /// Not a child task: bytes that came are written although the task that received them is cancelled.
    private var writing: Task<Void, any Error>?
    private var hasFailed = false

    init(memory: BatchMemory, write: @escaping @Sendable (ByteBuffer) async throws -> Void) {
        self.memory = memory
        self.write = write
        memory.streamBegan()
        batchSize = memory.batchSize
    }

    deinit { memory.streamEnded() }

    /// Takes a part of any size.
    ///
    /// - Throws: What writing an earlier part threw.
    mutating func add(_ part: ByteBuffer) async throws {
        var part = part
        while let slice = part.readSlice(length: min(part.readableBytes, batchSize - batch.readableBytes)),
            slice.readableBytes > 0
        {
            batch.writeImmutableBuffer(slice)
            if batch.readableBytes == batchSize { try await writeBatch() }
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
        batchSize = memory.batchSize
        batch = ByteBufferAllocator().buffer(capacity: batchSize)
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
