import BerthOCI
import Foundation
import Synchronization
import Testing

@testable import BerthBlobs

@Suite struct MaintenanceTests {
    private let directory: TestDirectory
    private let store: FileBlobStore

    init() throws {
        directory = try TestDirectory()
        store = try directory.store()
    }

    @Test("every blob is listed with its size, and odd names are reported apart")
    func listing() async throws {
        #expect(try await store.allBlobs().reduce(0) { count, _ in count + 1 } == 0)
        var expected: [Digest: Int64] = [:]
        for number in 0..<40 {
            let bytes = sampleBytes(number, seed: UInt64(number))
            let digest = number % 2 == 0 ? sha256(bytes) : sha512(bytes)
            expected[digest] = try await store.upload(bytes, as: digest)
        }
        let id = UploadID()
        try await store.beginUpload(id)
        #expect(try await store.unexpectedFiles() == [])

        let hex = sha256([99]).hex
        let odd = [
            "blobs/stray", "blobs/md5", "blobs/sha256/zz", "blobs/sha256/00/short", "blobs/sha512/ab/\(hex)",
            "blobs/sha256/\(hex.hasPrefix("ff") ? "00" : "ff")/\(hex)", "uploads/notes.txt",
        ]
        for path in odd { try directory.write([1], to: directory.root + "/" + path) }
        var found: [Digest: Int64] = [:]
        for try await (digest, size) in store.allBlobs() {
            #expect(found.updateValue(size, forKey: digest) == nil)
        }
        #expect(found == expected)
        #expect(try await store.unexpectedFiles() == odd.sorted())
    }

    @Test("uploads in progress are listed with the time of their last bytes")
    func uploads() async throws {
        let ids = [UploadID(), UploadID()]
        for id in ids { try await store.beginUpload(id) }
        let date = Date(timeIntervalSince1970: 1_000_000)
        try FileManager.default.setAttributes(
            [.modificationDate: date], ofItemAtPath: directory.layout.path(of: ids[0]))
        let found = try await store.allUploads()
        #expect(Set(found.map(\.0)) == Set(ids))
        #expect(found.first { $0.0 == ids[0] }?.lastWritten == date)
    }

    @Test("removing tells what it freed, once")
    func remove() async throws {
        try await store.upload([1, 2, 3], as: sha256([1, 2, 3]))
        #expect(try await store.remove(sha256([1, 2, 3])) == 3)
        #expect(try await store.remove(sha256([1, 2, 3])) == nil)
        #expect(try await store.size(of: sha256([1, 2, 3])) == nil)
    }

    @Test("rehashing finds a changed byte and reports how far it is", arguments: Digest.Algorithm.allCases)
    func rehash(algorithm: Digest.Algorithm) async throws {
        var bytes = sampleBytes(9_000_000)
        let digest = Digest(hashing: bytes, algorithm: algorithm)
        try await store.upload(bytes, as: digest)
        let steps = Steps()
        #expect(try await store.check(digest) { steps.add($0) } == .intact)
        #expect(steps.all.last == 9_000_000)
        #expect(steps.all.count > 1)
        #expect(steps.all == steps.all.sorted())

        bytes[8_999_999] ^= 1
        try directory.write(bytes, to: directory.layout.path(of: digest))
        guard case .damaged(let damaged) = try await store.check(digest, progress: { _ in }) else {
            Issue.record("the changed byte was not found")
            return
        }
        #expect(damaged.digest == digest)
        #expect(try await store.check(sha256([42])) { _ in } == .missing)
    }

    @Test("a blob is copied into the same layout; a whole copy is kept and a damaged one replaced")
    func copy() async throws {
        let digest = sha256([1, 2, 3])
        try await store.upload([1, 2, 3], as: digest)
        let target = directory.path + "/backup"
        let copy = StorageLayout(root: target)
        for debris: [UInt8]? in [nil, [1, 2, 3], [1]] {
            if let debris { try directory.write(debris, to: copy.path(of: digest)) }
            try await store.copy(digest, to: target)
            #expect(directory.contents(copy.path(of: digest)) == [1, 2, 3])
        }
        await #expect(throws: BlobStoreError.blobUnknown(sha256([4]))) {
            try await store.copy(sha256([4]), to: target)
        }
        let restored = try FileBlobStore(directory: target, threads: 1, idleHashes: 1, calls: .system)
        #expect(try await restored.contents(of: digest, size: 3) == [1, 2, 3])
    }

    @Test(
        "a blob is copied to another file system byte by byte",
        .enabled(if: FileManager.default.isWritableFile(atPath: "/dev/shm")))
    func copyAcross() async throws {
        let bytes = sampleBytes(1_000_001)
        try await store.upload(bytes, as: sha256(bytes))
        let target = "/dev/shm/berth-blobs-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: target) }
        try await store.copy(sha256(bytes), to: target)
        let copy = StorageLayout(root: target).path(of: sha256(bytes))
        #expect(directory.contents(copy) == bytes)
        #expect(try directory.mode(of: copy) == 0o444)
    }

    @Test("one holder has the maintenance lock, also over two stores, until it is released")
    func lock() async throws {
        let other = try directory.store()
        let lock = try #require(try await store.lock(for: .maintenance))
        #expect(try await other.lock(for: .maintenance) == nil)
        lock.release()
        lock.release()
        let next = try #require(try await other.lock(for: .maintenance))
        #expect(try await store.lock(for: .maintenance) == nil)
        next.release()
        #expect(try await store.unexpectedFiles() == [])
    }

    @Test("a store whose directory cannot be made does not open")
    func noDirectory() throws {
        #expect(throws: BlobStoreError.self) { try FileBlobStore(directory: directory.path + "/a/b/c") }
        try directory.write([1], to: directory.path + "/file")
        #expect(throws: BlobStoreError.self) { try FileBlobStore(directory: directory.path + "/file") }
    }
}

/// The progress that was reported.
private final class Steps: Sendable {
    private let steps = Mutex<[Int64]>([])
    var all: [Int64] { steps.withLock { $0 } }
    func add(_ step: Int64) { steps.withLock { $0.append(step) } }
}
