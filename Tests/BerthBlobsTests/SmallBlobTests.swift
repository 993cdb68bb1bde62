import BerthOCI
import Foundation
import NIOCore
import Testing

@testable import BerthBlobs

/// Blobs that are read when they are opened.
@Suite struct SmallBlobTests {
    private let directory: TestDirectory
    private let store: FileBlobStore

    init() throws {
        directory = try TestDirectory()
        store = try directory.store()
    }

    /// What opening gives: the bytes of a small blob, or the size of a file.
    private func opened(_ digest: Digest, size: Int) async throws -> (bytes: [UInt8]?, file: Int64?)? {
        switch try await store.open(digest, size: Int64(size)) {
        case .bytes(let bytes): (Array(bytes.readableBytesView), nil)
        case .file(let file): (nil, file.size)
        case .stream, nil: nil
        }
    }

    @Test(
        "a blob of up to 16 KiB comes as its bytes, a larger one as its file",
        arguments: [0, 1, 4096, 16 * 1024 - 1, 16 * 1024, 16 * 1024 + 1, 100_000], [sha256, sha512])
    func sizes(size: Int, digest: @Sendable ([UInt8]) -> Digest) async throws {
        let bytes = sampleBytes(size)
        try await store.upload(bytes, as: digest(bytes))
        let found = try #require(try await opened(digest(bytes), size: size))
        if size <= 16 * 1024 {
            #expect(found.bytes == bytes)
        } else {
            #expect(found.file == Int64(size))
        }
    }

    @Test(
        "a small blob whose file was changed to other bytes of the same size is not opened, and a push heals it",
        arguments: [1, 100, 16 * 1024], [0, -1])
    func changed(size: Int, place: Int) async throws {
        let bytes = sampleBytes(size)
        let digest = sha256(bytes)
        try await store.upload(bytes, as: digest)
        var other = bytes
        other[place < 0 ? size - 1 : place] ^= 1
        try directory.write(other, to: directory.layout.path(of: digest))
        #expect(try await store.size(of: digest) == Int64(size))
        #expect(try await store.open(digest, size: Int64(size)) == nil)
        try await store.upload(bytes, as: digest)
        #expect(try await opened(digest, size: size)?.bytes == bytes)
    }

    @Test("a small blob of another size than it is said to have is not opened", arguments: [0, 99, 101, 20_000])
    func otherSize(size: Int) async throws {
        let bytes = sampleBytes(100)
        try await store.upload(bytes, as: sha256(bytes))
        #expect(try await store.open(sha256(bytes), size: Int64(size)) == nil)
    }

    @Test("opening a small blob leaves no file open")
    func descriptors() async throws {
        let bytes = sampleBytes(100)
        let digest = sha256(bytes)
        try await store.upload(bytes, as: digest)
        for _ in 0..<20 { #expect(try await opened(digest, size: 100)?.bytes == bytes) }
        let path = directory.layout.path(of: digest)
        let links = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
        let isOpen = links.contains {
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")) == path
        }
        #expect(!isOpen)
    }
}
