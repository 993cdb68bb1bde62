import BerthOCI
import NIOCore
import Testing

@testable import BerthBlobs

@Suite struct ConcurrencyTests {
    private let directory: TestDirectory

    init() throws { directory = try TestDirectory() }

    /// A store, and a stream that says when an append has written something.
    private func watchedStore() throws -> (FileBlobStore, AsyncStream<Void>) {
        let (writes, continuation) = AsyncStream<Void>.makeStream()
        var calls = FileSystemCalls.system
        calls.write = { descriptor, bytes, offset in
            continuation.yield()
            return try FileSystemCalls.system.write(descriptor, bytes, offset)
        }
        return (try directory.store(calls: calls), writes)
    }

    @Test("R-28 one writer per upload: others are told that it is busy, and bytes never mix")
    func twoAppends() async throws {
        let (store, writes) = try watchedStore()
        let bytes = sampleBytes(600_000)
        let id = UploadID()
        try await store.beginUpload(id)
        let (stream, body) = PartStream.makeStream()
        let first = Task { try await store.append(stream, to: id, at: 0, length: nil) }
        body.yield(ByteBuffer(bytes: bytes))
        _ = await writes.first { _ in true }

        for offset: Int64? in [0, 600_000, nil] {
            await #expect(throws: BlobStoreError.uploadBusy) { try await store.append([1], to: id, at: offset) }
        }
        await #expect(throws: BlobStoreError.uploadBusy) { try await store.publish(id, as: sha256(bytes)) }
        body.finish()
        #expect(try await first.value == 600_000)
        #expect(try await store.publish(id, as: sha256(bytes)) == 600_000)
    }

    @Test("an upload that is removed ends the append that is writing to it")
    func removedWhileAppending() async throws {
        let (store, writes) = try watchedStore()
        let id = UploadID()
        try await store.beginUpload(id)
        let (stream, body) = PartStream.makeStream()
        let append = Task { try await store.append(stream, to: id, at: nil, length: nil) }
        body.yield(ByteBuffer(bytes: sampleBytes(600_000)))
        _ = await writes.first { _ in true }
        try await store.removeUpload(id)
        body.yield(ByteBuffer(bytes: sampleBytes(2_000_000)))
        body.finish()
        await #expect(throws: BlobStoreError.uploadUnknown) { try await append.value }
        #expect(directory.names(in: "uploads").isEmpty)
    }

    @Test("R-30 many clients push one digest, some break off, some send wrong bytes")
    func sameDigest() async throws {
        let store = try directory.store()
        let bytes = sampleBytes(200_000)
        let wrong = sampleBytes(200_000, seed: 2)
        let digest = sha256(bytes)
        try await withThrowingTaskGroup { group in
            for client in 0..<60 {
                group.addTask {
                    let id = UploadID()
                    try await store.beginUpload(id)
                    switch client % 3 {
                    case 0:
                        _ = try await store.append(bytes, to: id)
                        #expect(try await store.publish(id, as: digest) == 200_000)
                        #expect(try await store.contents(of: digest, size: bytes.count) == bytes)
                    case 1:
                        await #expect(throws: Disconnected()) {
                            try await store.append(
                                parts(of: bytes[..<90_000], failing: Disconnected()), to: id, at: nil, length: nil)
                        }
                        try await store.removeUpload(id)
                    default:
                        _ = try await store.append(wrong, to: id)
                        await #expect(
                            throws: BlobStoreError.digestMismatch(expected: digest, found: sha256(wrong))
                        ) { try await store.publish(id, as: digest) }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await store.contents(of: digest, size: bytes.count) == bytes)
        #expect(directory.names(in: "uploads").isEmpty)
        #expect(try await store.unexpectedFiles() == [])
    }
}
