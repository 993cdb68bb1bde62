import Testing

@testable import BerthBlobs

@Suite struct BatchMemoryTests {
    @Test("few streams get large batches, many share what there is", arguments: [1, 2, 32, 33, 100, 200, 512])
    func sharing(streams: Int) {
        let memory = BatchMemory()
        for _ in 0..<streams { memory.streamBegan() }
        #expect(streams > 32 || memory.batchSize == BatchMemory.largestBatch)
        #expect(2 * streams * memory.batchSize <= BatchMemory.total)
    }

    @Test("what ended streams held goes to the others, and nobody gets less than the smallest batch")
    func ending() {
        let memory = BatchMemory()
        for _ in 0..<5000 { memory.streamBegan() }
        #expect(memory.batchSize == BatchMemory.smallestBatch)
        for _ in 1..<5000 { memory.streamEnded() }
        #expect(memory.batchSize == BatchMemory.largestBatch)
    }

    @Test("a stream counts for as long as its writer lives")
    func counting() async throws {
        let memory = BatchMemory()
        for _ in 0..<64 {
            var writer = BatchWriter(memory: memory) { _ in }
            try await writer.finish()
        }
        #expect(memory.batchSize == BatchMemory.largestBatch)
        var writers: [BatchWriterBox] = []
        for _ in 0..<64 { writers.append(BatchWriterBox(memory: memory)) }
        #expect(memory.batchSize == BatchMemory.largestBatch / 2)
        writers.removeAll()
        #expect(memory.batchSize == BatchMemory.largestBatch)
    }
}

private final class BatchWriterBox {
    let writer: BatchWriter

    init(memory: BatchMemory) { writer = BatchWriter(memory: memory) { _ in } }
}
