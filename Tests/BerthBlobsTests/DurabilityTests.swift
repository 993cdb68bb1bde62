import BerthOCI
import BerthTestBasics
import Foundation
import NIOCore
import Testing

@testable import BerthBlobs

@Suite struct DurabilityTests {
    private let directory: TestDirectory
    private let faulty: FaultyCalls
    private let store: FileBlobStore
    private let bytes = sampleBytes(2_000_000)

    init() throws {
        directory = try TestDirectory()
        faulty = FaultyCalls(root: directory.root)
        store = try directory.store(calls: faulty.calls)
    }

    @Test("R-12 fsync file, then rename, then fsync directory; a known directory is not synchronized again")
    func order() async throws {
        let digest = sha256([1, 2, 3])
        let shard = "blobs/sha256/\(digest.hex.prefix(2))"
        for isFirst in [true, false] {
            let id = UploadID()
            try await store.beginUpload(id)
            faulty.startRecording()
            _ = try await store.append([1, 2, 3], to: id)
            #expect(
                faulty.recorded == [
                    .write("uploads/\(id)"), .synchronize("uploads/\(id)"), .synchronize("uploads"),
                ])
            faulty.startRecording()
            _ = try await store.publish(id, as: digest)
            let last: [FaultyCalls.Call] = [
                .rename("uploads/\(id)", "\(shard)/\(digest.hex)"), .synchronize(shard),
            ]
            #expect(faulty.recorded == (isFirst ? [.synchronize("blobs/sha256")] : []) + last)
        }
    }

    @Test("R-12 bytes that another process left are synchronized before they are published")
    func orderAfterRestart() async throws {
        let digest = sha256([1, 2, 3])
        let id = UploadID()
        try await store.beginUpload(id)
        _ = try await store.append([1, 2, 3], to: id)
        let calls = FaultyCalls(root: directory.root)
        let restarted = try directory.store(calls: calls.calls)
        calls.startRecording()
        _ = try await restarted.publish(id, as: digest)
        #expect(calls.recorded.first == .synchronize("uploads/\(id)"))
        #expect(calls.recorded.suffix(2).first == .rename("uploads/\(id)", calls.blobPath(digest)))
    }

    @Test("R-15 a full disk leaves the true offset, no blob, and a session that goes on when there is space")
    func fullDisk() async throws {
        let other = sha256([5])
        try await store.upload([5], as: other)
        let id = UploadID()
        try await store.beginUpload(id)
        faulty.set { $0.space = 700_001 }
        await #expect(throws: BlobStoreError.outOfSpace) { try await store.append(bytes, to: id) }
        #expect(try await store.receivedBytes(of: id) == 700_001)
        #expect(try await store.size(of: sha256(bytes)) == nil)
        #expect(try await store.contents(of: other, size: 1) == [5])
        await #expect(throws: BlobStoreError.outOfSpace) { try await store.append([1], to: id) }
        #expect(try await store.remove(other) == 1)

        faulty.set { $0.space = .max }
        _ = try await store.append(bytes[700_001...], to: id, at: 700_001)
        #expect(try await store.publish(id, as: sha256(bytes)) == 2_000_000)
        #expect(try await store.contents(of: sha256(bytes), size: bytes.count) == bytes)
    }

    @Test("R-15 an upload stops before it takes what the database needs to delete, and goes on when there is room")
    func reserve() async throws {
        let id = UploadID()
        try await store.beginUpload(id)
        let reserve: Int64 = 64 * 1024 * 1024
        for (free, total, isTaken) in [
            (reserve + 2, reserve * 100, true), (reserve + 1, reserve * 100, false), (1_000, 16_000, false),
            (1_002, 16_000, true), (0, 0, true),
        ] {
            faulty.set { $0.volume = (free, total) }
            let before = try await store.receivedBytes(of: id)
            if isTaken {
                #expect(try await store.append([1, 2], to: id) == before + 2)
            } else {
                await #expect(throws: BlobStoreError.outOfSpace) { try await store.append([1, 2], to: id) }
                #expect(try await store.receivedBytes(of: id) == before)
            }
        }
        #expect(try await store.publish(id, as: sha256([1, 2, 1, 2, 1, 2])) == 6)
    }

    @Test(
        "R-17 R-18 no space and no quota are one answer, everything else another",
        arguments: [ENOSPC, EDQUOT, EIO, EROFS])
    func writeFails(code: CInt) async throws {
        let id = UploadID()
        try await store.beginUpload(id)
        _ = try await store.append([1, 2], to: id)
        faulty.set { $0.write = code }
        let error = await #expect(throws: BlobStoreError.self) { try await store.append([3], to: id) }
        switch error {
        case .outOfSpace: #expect(code == ENOSPC || code == EDQUOT)
        case .readOnly: #expect(code == EROFS)
        case .ioFailure(let text):
            #expect(code == EIO)
            #expect(text.contains("write") && text.contains(id.description))
        default: Issue.record("unexpected: \(String(describing: error))")
        }
        faulty.set { $0.write = nil }
        #expect(try await store.append([3], to: id, at: 2) == 3)
        #expect(try await store.publish(id, as: sha256([1, 2, 3])) == 3)
    }

    @Test("short writes are completed")
    func shortWrites() async throws {
        faulty.set { $0.writeLimit = 4_093 }
        #expect(try await store.upload(bytes, as: sha256(bytes)) == 2_000_000)
        #expect(try await store.contents(of: sha256(bytes), size: bytes.count) == bytes)
    }

    @Test("R-18 a chunk that cannot be cut off again takes its upload with it")
    func truncateFails() async throws {
        let id = UploadID()
        try await store.beginUpload(id)
        faulty.set { $0.truncate = EIO }
        await #expect(throws: BlobStoreError.self) {
            try await store.append(parts(of: [1, 2]), to: id, at: nil, length: 3)
        }
        await #expect(throws: BlobStoreError.uploadUnknown) { try await store.receivedBytes(of: id) }
    }

    @Test("R-18 after a failed fsync the staged file is dropped, not tried again", arguments: [EIO, ENOSPC])
    func synchronizeFails(code: CInt) async throws {
        let id = UploadID()
        try await store.beginUpload(id)
        _ = try await store.append([1, 2], to: id)
        faulty.startRecording()
        faulty.set { $0.synchronize = ("uploads/", code) }
        let error = await #expect(throws: BlobStoreError.self) { try await store.append([3], to: id) }
        #expect((error == .outOfSpace) == (code == ENOSPC))
        #expect(faulty.recorded.filter { $0 == .synchronize("uploads/\(id)") }.count == 1)
        #expect(directory.names(in: "uploads").isEmpty)
        faulty.set { $0.synchronize = nil }
        await #expect(throws: BlobStoreError.uploadUnknown) { try await store.publish(id, as: sha256([1, 2, 3])) }
    }

    @Test("R-18 a failed fsync at publish leaves neither blob nor upload")
    func synchronizeFailsAtPublish() async throws {
        let id = UploadID()
        try await store.beginUpload(id)
        _ = try await store.append([1], to: id)
        let calls = FaultyCalls(root: directory.root)
        let restarted = try directory.store(calls: calls.calls)
        calls.set { $0.synchronize = ("uploads/", EIO) }
        await #expect(throws: BlobStoreError.self) { try await restarted.publish(id, as: sha256([1])) }
        #expect(try await restarted.size(of: sha256([1])) == nil)
        #expect(directory.names(in: "uploads").isEmpty)
    }

    @Test("R-18 a failed rename publishes nothing, and publishing can be tried again")
    func renameFails() async throws {
        let id = UploadID()
        try await store.beginUpload(id)
        _ = try await store.append([1], to: id)
        for (code, isFull) in [(EIO, false), (ENOSPC, true)] {
            faulty.set { $0.rename = code }
            let error = await #expect(throws: BlobStoreError.self) { try await store.publish(id, as: sha256([1])) }
            #expect((error == .outOfSpace) == isFull)
            #expect(try await store.size(of: sha256([1])) == nil)
        }
        faulty.set { $0.rename = nil }
        #expect(try await store.publish(id, as: sha256([1])) == 1)
    }

    @Test("R-18 a publish whose directory cannot be synchronized is an error, and a new push succeeds")
    func directoryFails() async throws {
        faulty.set { $0.synchronize = ("blobs/sha256/", EIO) }
        await #expect(throws: BlobStoreError.self) { try await store.upload([1], as: sha256([1])) }
        #expect(directory.names(in: "uploads").isEmpty)
        faulty.set { $0.synchronize = nil }
        #expect(try await store.upload([1], as: sha256([1])) == 1)
    }

    @Test("a directory that somebody removed is made again")
    func removedShard() async throws {
        try await store.upload([1], as: sha256([1]))
        try FileManager.default.removeItem(atPath: directory.layout.shard(of: sha256([1])))
        let id = UploadID()
        try await store.beginUpload(id)
        _ = try await store.append([1], to: id)
        await #expect(throws: BlobStoreError.self) { try await store.publish(id, as: sha256([1])) }
        #expect(try await store.publish(id, as: sha256([1])) == 1)
    }

    @Test("chunks, breaks, restarts and a disk that fills up never lose track of a byte", arguments: 1...12)
    func randomHistory(seed: UInt64) async throws {
        var generator = SeededGenerator(seed: seed)
        let bytes = sampleBytes(3_000_000, seed: seed)
        var store = store
        let id = UploadID()
        try await store.beginUpload(id, algorithm: .allCases.randomElement(using: &generator) ?? .sha256)
        var offset = 0
        while offset < bytes.count {
            let chunk = bytes[offset..<min(bytes.count, offset + .random(in: 1...900_000, using: &generator))]
            let isBroken = Bool.random(using: &generator)
            let space = Bool.random(using: &generator) ? Int.max : .random(in: 1...900_000, using: &generator)
            faulty.set {
                $0.space = space
                $0.writeLimit = .random(in: 10_000...600_000, using: &generator)
            }
            let body = parts(
                of: chunk, size: .random(in: 1_000...700_000, using: &generator),
                failing: isBroken ? Disconnected() : nil)
            let result = await Result {
                try await store.append(body, to: id, at: Int64(offset), length: nil)
            }
            if space >= chunk.count, !isBroken { #expect(try result.get() == Int64(chunk.endIndex)) }
            let written = min(chunk.count, space)
            #expect(try await store.receivedBytes(of: id) == Int64(offset + written))
            offset += written
            if Int.random(in: 0..<4, using: &generator) == 0 { store = try directory.store(calls: faulty.calls) }
        }
        faulty.set { $0 = FaultyCalls.Faults() }
        #expect(try await store.publish(id, as: sha256(bytes)) == 3_000_000)
        #expect(try await store.contents(of: sha256(bytes), size: bytes.count) == bytes)
    }
}

extension FaultyCalls {
    fileprivate func blobPath(_ digest: Digest) -> String {
        "blobs/\(digest.algorithm)/\(digest.hex.prefix(2))/\(digest.hex)"
    }
}

extension Result where Failure == any Error {
    /// What an asynchronous piece of work returned or threw.
    fileprivate init(_ body: () async throws -> Success) async {
        do {
            self = .success(try await body())
        } catch {
            self = .failure(error)
        }
    }
}
