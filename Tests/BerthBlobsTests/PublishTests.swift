import BerthOCI
import Foundation
import NIOCore
import Testing

@testable import BerthBlobs

@Suite struct PublishTests {
    private let directory: TestDirectory
    private let store: FileBlobStore

    init() throws {
        directory = try TestDirectory()
        store = try directory.store()
    }

    @Test("a digest of the algorithm that was not announced is verified too")
    func otherAlgorithm() async throws {
        let bytes = sampleBytes(4_500_000)
        for (announced, digest) in [(Digest.Algorithm.sha256, sha512(bytes)), (.sha512, sha256(bytes))] {
            let id = UploadID()
            try await store.beginUpload(id, algorithm: announced)
            _ = try await store.append(bytes, to: id)
            #expect(try await store.publish(id, as: digest) == 4_500_000)
            #expect(try await store.contents(of: digest, size: bytes.count) == bytes)
        }
    }

    @Test("bytes of another digest are not published, and the upload is gone", arguments: Digest.Algorithm.allCases)
    func mismatch(algorithm: Digest.Algorithm) async throws {
        let wanted = Digest(hashing: [1, 2, 3], algorithm: algorithm)
        let found = Digest(hashing: [3, 2, 1], algorithm: algorithm)
        let id = UploadID()
        try await store.beginUpload(id)
        _ = try await store.append([3, 2, 1], to: id)
        await #expect(throws: BlobStoreError.digestMismatch(expected: wanted, found: found)) {
            try await store.publish(id, as: wanted)
        }
        #expect(try await store.size(of: wanted) == nil)
        #expect(try await store.size(of: found) == nil)
        #expect(directory.names(in: "uploads").isEmpty)
        await #expect(throws: BlobStoreError.uploadUnknown) { try await store.publish(id, as: found) }
    }

    @Test("R-29 publishing again does not know the upload and leaves the blob alone")
    func twice() async throws {
        let id = UploadID()
        try await store.beginUpload(id)
        _ = try await store.append([1, 2, 3], to: id)
        _ = try await store.publish(id, as: sha256([1, 2, 3]))
        await #expect(throws: BlobStoreError.uploadUnknown) { try await store.publish(id, as: sha256([1, 2, 3])) }
        await #expect(throws: BlobStoreError.uploadUnknown) { try await store.append([4], to: id) }
        #expect(try await store.contents(of: sha256([1, 2, 3]), size: 3) == [1, 2, 3])
    }

    @Test(
        "a damaged blob is not opened, and a push of its bytes heals it (R-13)",
        arguments: [[], [1, 2], [1, 2, 3, 4], [9, 9, 9]] as [[UInt8]])
    func damaged(debris: [UInt8]) async throws {
        let digest = sha256([1, 2, 3])
        try directory.write(debris, to: directory.layout.path(of: digest))
        #expect(try await store.open(digest, size: 3) == nil)
        #expect(try await store.check(digest) { _ in } != .intact)
        #expect(try await store.upload([1, 2, 3], as: digest) == 3)
        #expect(try await store.contents(of: digest, size: 3) == [1, 2, 3])
        #expect(try await store.check(digest) { _ in } == .intact)
    }

    @Test("who reads a blob is not disturbed when it is replaced or removed")
    func openWhileReplaced() async throws {
        let content = (0...Int(BlobContent.maximumInMemory)).map { UInt8(truncatingIfNeeded: $0) }
        let digest = sha256(content)
        try await store.upload(content, as: digest)
        guard case .file(let blob) = try await store.open(digest, size: Int64(content.count)) else {
            Issue.record("the blob must open")
            return
        }
        try await store.upload(content, as: digest)
        #expect(try await store.remove(digest) == Int64(content.count))
        var bytes: [UInt8] = [9, 9, 9]
        #expect(bytes.withUnsafeMutableBytes { pread(blob.descriptor, $0.baseAddress, 3, 0) } == 3)
        #expect(bytes == [0, 1, 2])
        blob.close()
        blob.close()
    }

    @Test("a directory or a symbolic link in the place of a blob is not opened")
    func wrongKind() async throws {
        let digest = sha256([1, 2, 3])
        let path = directory.layout.path(of: digest)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        #expect(try await store.open(digest, size: 3) == nil)
        #expect(try await store.size(of: digest) == nil)
        try FileManager.default.removeItem(atPath: path)
        try directory.write([1, 2, 3], to: directory.path + "/outside")
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: directory.path + "/outside")
        #expect(try await store.size(of: digest) == nil)
        await #expect(throws: BlobStoreError.self) { try await store.open(digest, size: 3) }
    }

    @Test("modes: blobs 0444, uploads 0600, directories 0700")
    func modes() async throws {
        let id = UploadID()
        try await store.beginUpload(id)
        let digest = sha256([7])
        try await store.upload([7], as: digest)
        let layout = directory.layout
        #expect(try directory.mode(of: layout.path(of: id)) == 0o600)
        #expect(try directory.mode(of: layout.path(of: digest)) == 0o444)
        for path in [
            layout.root, layout.uploads, layout.blobs, layout.directory(of: .sha256), layout.directory(of: .sha512),
            layout.shard(of: digest),
        ] {
            #expect(try directory.mode(of: path) == 0o700, "\(path)")
        }
    }

    @Test("a running hash that was forgotten is computed from the staged file")
    func forgottenHash() async throws {
        let forgetful = try directory.store(idleHashes: 0)
        let good = UploadID()
        try await forgetful.beginUpload(good)
        _ = try await forgetful.append([1, 2], to: good)
        _ = try await forgetful.append([3], to: good)
        #expect(try await forgetful.publish(good, as: sha256([1, 2, 3])) == 3)

        let tampered = UploadID()
        try await forgetful.beginUpload(tampered)
        _ = try await forgetful.append([1, 2, 3], to: tampered)
        try directory.write([1, 2, 4], to: directory.layout.path(of: tampered))
        await #expect(
            throws: BlobStoreError.digestMismatch(expected: sha256([1, 2, 3]), found: sha256([1, 2, 4]))
        ) { try await forgetful.publish(tampered, as: sha256([1, 2, 3])) }
    }

    @Test("a running hash does not count when the staged file has another length")
    func changedLength() async throws {
        let id = UploadID()
        try await store.beginUpload(id)
        _ = try await store.append([1, 2, 3], to: id)
        try directory.write([1, 2], to: directory.layout.path(of: id))
        await #expect(throws: BlobStoreError.digestMismatch(expected: sha256([1, 2, 3]), found: sha256([1, 2]))) {
            try await store.publish(id, as: sha256([1, 2, 3]))
        }
    }
}
