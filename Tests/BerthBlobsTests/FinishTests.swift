import BerthBlobs
import BerthOCI
import Foundation
import NIOCore
import Testing

@testable import BerthBlobs

@Suite("The last chunk and the publishing of a short upload in one step")
struct FinishTests {
    private let directory: TestDirectory
    private let faulty: FaultyCalls
    private let store: FileBlobStore

    init() throws {
        directory = try TestDirectory()
        faulty = FaultyCalls(root: directory.root)
        store = try directory.store(maximumBlobSize: 1000, calls: faulty.calls)
    }

    private func begin(_ algorithm: Digest.Algorithm = .sha256, with bytes: [UInt8] = []) async throws -> UploadID {
        let id = UploadID()
        try await store.beginUpload(id, algorithm: algorithm)
        if !bytes.isEmpty { _ = try await store.append(bytes, to: id) }
        return id
    }

    @Test("R-12 the bytes are durable before they have a name, the name before it returns", arguments: [[], [1, 2]])
    func published(before: [UInt8]) async throws {
        let digest = sha256([1, 2, 3])
        let id = try await begin(with: before)
        let rest = [UInt8]([1, 2, 3]).dropFirst(before.count)
        faulty.startRecording()
        #expect(try await store.finish(id, with: ByteBuffer(bytes: rest), at: Int64(before.count), as: digest) == 3)
        let shard = "blobs/sha256/\(digest.hex.prefix(2))"
        #expect(
            faulty.recorded == [
                .write("uploads/\(id)"), .synchronize("uploads/\(id)"), .synchronize("blobs/sha256"),
                .rename("uploads/\(id)", "\(shard)/\(digest.hex)"), .synchronize(shard),
            ])
        #expect(try await store.contents(of: digest, size: 3) == [1, 2, 3])
        #expect(directory.names(in: "uploads").isEmpty)
        await #expect(throws: BlobStoreError.uploadUnknown) { try await store.receivedBytes(of: id) }
    }

    @Test("a file of that digest stays as it is until the upload is published by itself")
    func known() async throws {
        let digest = sha256([1, 2, 3])
        try await store.upload([1, 2, 3], as: digest)
        let id = try await begin()
        faulty.startRecording()
        #expect(try await store.finish(id, with: ByteBuffer(bytes: [1, 2, 3]), at: nil, as: digest) == nil)
        #expect(faulty.recorded == [.write("uploads/\(id)")])
        #expect(try await store.publish(id, as: digest) == 3)
        #expect(directory.names(in: "uploads").isEmpty)
    }

    @Test("bytes of another digest, and digests of another algorithm, are left to publishing")
    func other() async throws {
        let wrong = try await begin()
        #expect(try await store.finish(wrong, with: ByteBuffer(bytes: [1]), at: nil, as: sha256([2])) == nil)
        await #expect(throws: BlobStoreError.digestMismatch(expected: sha256([2]), found: sha256([1]))) {
            try await store.publish(wrong, as: sha256([2]))
        }
        let digest = Digest(hashing: [1], algorithm: .sha512)
        let hinted = try await begin(.sha512)
        #expect(try await store.finish(hinted, with: ByteBuffer(bytes: [1]), at: nil, as: digest) == 1)
        let unhinted = try await begin()
        #expect(try await store.finish(unhinted, with: ByteBuffer(bytes: [1]), at: nil, as: digest) == nil)
        #expect(try await store.publish(unhinted, as: digest) == 1)
        #expect(directory.names(in: "uploads").isEmpty)
    }

    @Test("a chunk out of order or too large changes nothing")
    func refused() async throws {
        let id = try await begin(with: [1, 2])
        await #expect(throws: BlobStoreError.outOfOrder(expected: 2)) {
            try await store.finish(id, with: ByteBuffer(bytes: [3]), at: 1, as: sha256([1, 2, 3]))
        }
        await #expect(throws: BlobStoreError.tooLarge(limit: 1000)) {
            try await store.finish(id, with: ByteBuffer(repeating: 0, count: 999), at: 2, as: sha256([1, 2, 3]))
        }
        #expect(try await store.receivedBytes(of: id) == 2)
        #expect(try await store.finish(id, with: ByteBuffer(bytes: [3]), at: 2, as: sha256([1, 2, 3])) == 3)
    }

    @Test("an upload that is removed or was never there is unknown")
    func unknown() async throws {
        let id = try await begin(with: [1])
        try await store.removeUpload(id)
        for id in [id, UploadID()] {
            await #expect(throws: BlobStoreError.uploadUnknown) {
                try await store.finish(id, with: ByteBuffer(bytes: [1]), at: nil, as: sha256([1]))
            }
        }
    }

    @Test("R-18 a failed fsync leaves neither blob nor upload")
    func synchronizeFails() async throws {
        let id = try await begin()
        faulty.set { $0.synchronize = ("uploads/", EIO) }
        await #expect(throws: BlobStoreError.self) {
            try await store.finish(id, with: ByteBuffer(bytes: [1]), at: nil, as: sha256([1]))
        }
        #expect(try await store.size(of: sha256([1])) == nil)
        #expect(directory.names(in: "uploads").isEmpty)
        await #expect(throws: BlobStoreError.uploadUnknown) { try await store.receivedBytes(of: id) }
    }

    @Test("R-15 a disk that is full keeps what was there, and the chunk can be sent again")
    func fullDisk() async throws {
        let id = try await begin(with: [1, 2])
        faulty.set { $0.write = ENOSPC }
        await #expect(throws: BlobStoreError.outOfSpace) {
            try await store.finish(id, with: ByteBuffer(bytes: [3]), at: 2, as: sha256([1, 2, 3]))
        }
        #expect(try await store.receivedBytes(of: id) == 2)
        faulty.set { $0.write = nil }
        #expect(try await store.finish(id, with: ByteBuffer(bytes: [3]), at: 2, as: sha256([1, 2, 3])) == 3)
    }

    @Test("R-18 a failed rename publishes nothing, and publishing can be tried again")
    func renameFails() async throws {
        let id = try await begin()
        faulty.set { $0.rename = EIO }
        await #expect(throws: BlobStoreError.self) {
            try await store.finish(id, with: ByteBuffer(bytes: [1]), at: nil, as: sha256([1]))
        }
        #expect(try await store.size(of: sha256([1])) == nil)
        faulty.set { $0.rename = nil }
        #expect(try await store.publish(id, as: sha256([1])) == 1)
    }
}
