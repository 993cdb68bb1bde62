import BerthOCI
import Foundation
import NIOCore
import Synchronization
import Testing

@testable import BerthBlobs

@Suite struct UploadTests {
    private let directory: TestDirectory
    private let store: FileBlobStore

    init() throws {
        directory = try TestDirectory()
        store = try directory.store()
    }

    @Test("chunks add up, and the blob has their bytes")
    func chunks() async throws {
        let bytes = sampleBytes(1_700_000)
        let id = UploadID()
        try await store.beginUpload(id)
        #expect(try await store.receivedBytes(of: id) == 0)
        #expect(try await store.append(bytes[..<700_000], to: id, at: 0) == 700_000)
        #expect(try await store.receivedBytes(of: id) == 700_000)
        #expect(try await store.append(bytes[700_000...], to: id, at: 700_000) == 1_700_000)
        #expect(try await store.size(of: sha256(bytes)) == nil)
        #expect(try await store.publish(id, as: sha256(bytes)) == 1_700_000)
        #expect(try await store.contents(of: sha256(bytes), size: bytes.count) == bytes)
        #expect(directory.names(in: "uploads").isEmpty)
    }

    @Test("the empty blob can be stored", arguments: Digest.Algorithm.allCases)
    func empty(algorithm: Digest.Algorithm) async throws {
        let digest = Digest(hashing: [], algorithm: algorithm)
        let id = UploadID()
        try await store.beginUpload(id, algorithm: algorithm)
        #expect(try await store.publish(id, as: digest) == 0)
        #expect(try await store.size(of: digest) == 0)
        #expect(try await store.contents(of: digest, size: 0) == [])
    }

    @Test("the hash is the published one")
    func knownAnswer() async throws {
        let known = try Digest(
            parsing: "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(try await store.upload(Array("abc".utf8), as: known) == 3)
    }

    @Test("a chunk must start at the end; another offset changes nothing and names the right one")
    func offsets() async throws {
        let id = UploadID()
        try await store.beginUpload(id)
        _ = try await store.append([1, 2, 3], to: id)
        for offset: Int64 in [0, 2, 4, -1, .max] {
            await #expect(throws: BlobStoreError.outOfOrder(expected: 3)) {
                try await store.append([9], to: id, at: offset)
            }
        }
        #expect(try await store.append([4], to: id, at: 3) == 4)
        #expect(try await store.publish(id, as: sha256([1, 2, 3, 4])) == 4)
    }

    @Test("a chunk that is not as long as announced is cut off again", arguments: [Int64(999), 1001, 2_000_000])
    func announcedLength(length: Int64) async throws {
        let id = UploadID()
        try await store.beginUpload(id)
        _ = try await store.append([1, 2, 3], to: id)
        await #expect(throws: BlobStoreError.sizeMismatch(expected: length, found: 1000)) {
            try await store.append(parts(of: sampleBytes(1000)), to: id, at: 3, length: length)
        }
        #expect(try await store.receivedBytes(of: id) == 3)
        #expect(try await store.append(parts(of: [4]), to: id, at: 3, length: 1) == 4)
        #expect(try await store.publish(id, as: sha256([1, 2, 3, 4])) == 4)
    }

    @Test("bytes that came before the stream failed stay and count")
    func failingStream() async throws {
        let bytes = sampleBytes(1_300_000)
        let id = UploadID()
        try await store.beginUpload(id)
        await #expect(throws: Disconnected()) {
            try await store.append(
                parts(of: bytes[..<900_001], failing: Disconnected()), to: id, at: nil, length: 1_300_000)
        }
        #expect(try await store.receivedBytes(of: id) == 900_001)
        _ = try await store.append(bytes[900_001...], to: id, at: 900_001)
        #expect(try await store.publish(id, as: sha256(bytes)) == 1_300_000)
    }

    @Test("bytes that came before the task was cancelled stay and count")
    func cancelled() async throws {
        let id = UploadID()
        try await store.beginUpload(id)
        let (stream, continuation) = PartStream.makeStream()
        continuation.yield(ByteBuffer(bytes: [1, 2, 3]))
        let task = Task { [store] in try await store.append(stream, to: id, at: nil, length: 10) }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        let received = try await store.receivedBytes(of: id)
        #expect(received == 0 || received == 3)
        _ = try await store.append([UInt8]([1, 2, 3]).dropFirst(Int(received)), to: id, at: received)
        #expect(try await store.publish(id, as: sha256([1, 2, 3])) == 3)
    }

    @Test("an upload that grows over the limit is refused and stays at its last length")
    func limit() async throws {
        let store = try directory.store(maximumBlobSize: 1000)
        let id = UploadID()
        try await store.beginUpload(id)
        _ = try await store.append(sampleBytes(600), to: id)
        await #expect(throws: BlobStoreError.tooLarge(limit: 1000)) {
            try await store.append(sampleBytes(401), to: id)
        }
        #expect(try await store.receivedBytes(of: id) == 600)
        #expect(try await store.append(sampleBytes(400), to: id) == 1000)
    }

    @Test("R-25 a new store on the same directory continues an upload", arguments: Digest.Algorithm.allCases)
    func restart(algorithm: Digest.Algorithm) async throws {
        let bytes = sampleBytes(5_000_000)
        let id = UploadID()
        try await store.beginUpload(id, algorithm: algorithm)
        _ = try await store.append(bytes[..<4_500_000], to: id)
        let restarted = try directory.store()
        #expect(try await restarted.receivedBytes(of: id) == 4_500_000)
        #expect(try await restarted.append(bytes[4_500_000...], to: id, at: 4_500_000) == 5_000_000)
        let digest = Digest(hashing: bytes, algorithm: algorithm)
        #expect(try await restarted.publish(id, as: digest) == 5_000_000)
        #expect(try await restarted.contents(of: digest, size: bytes.count) == bytes)
    }

    @Test("an upload that was never begun, or is removed, is unknown; removing twice is fine")
    func unknown() async throws {
        let id = UploadID()
        try await store.removeUpload(id)
        try await store.beginUpload(id)
        _ = try await store.append([1], to: id)
        try await store.removeUpload(id)
        try await store.removeUpload(id)
        await #expect(throws: BlobStoreError.uploadUnknown) { try await store.receivedBytes(of: id) }
        await #expect(throws: BlobStoreError.uploadUnknown) { try await store.append([2], to: id) }
        await #expect(throws: BlobStoreError.uploadUnknown) { try await store.publish(id, as: sha256([1])) }
        #expect(try await store.size(of: sha256([1])) == nil)
    }

    @Test("beginning an upload twice does not empty it")
    func beganTwice() async throws {
        let id = UploadID()
        try await store.beginUpload(id)
        _ = try await store.append([1, 2], to: id)
        await #expect(throws: BlobStoreError.self) { try await store.beginUpload(id) }
        #expect(try await store.publish(id, as: sha256([1, 2])) == 2)
    }

    @Test("64 MiB go through with at most 2 MiB between the stream and the disk")
    func constantMemory() async throws {
        let meter = FlowMeter()
        var calls = FileSystemCalls.system
        calls.write = { descriptor, bytes, offset in
            let count = try FileSystemCalls.system.write(descriptor, bytes, offset)
            meter.wrote(count)
            return count
        }
        let store = try directory.store(calls: calls)
        let part = ByteBuffer(bytes: sampleBytes(65_536))
        let stream = PartStream { meter.produce(65_536, of: 64 * 1024 * 1024) ? part : nil }
        let id = UploadID()
        try await store.beginUpload(id)
        #expect(try await store.append(stream, to: id, at: nil, length: nil) == 64 * 1024 * 1024)
        #expect(meter.written == 64 * 1024 * 1024)
        #expect(meter.farthest > 0)
        #expect(meter.farthest <= 2 * 1024 * 1024)
    }
}

/// How far a stream gets ahead of the disk.
private final class FlowMeter: Sendable {
    private let state = Mutex<(produced: Int64, written: Int64, farthest: Int64)>((0, 0, 0))

    var written: Int64 { state.withLock(\.written) }
    var farthest: Int64 { state.withLock(\.farthest) }

    /// False when all is produced.
    func produce(_ count: Int64, of total: Int64) -> Bool {
        state.withLock { state in
            guard state.produced < total else { return false }
            state.produced += count
            state.farthest = max(state.farthest, state.produced - state.written)
            return true
        }
    }

    func wrote(_ count: Int) { state.withLock { $0.written += Int64(count) } }
}
