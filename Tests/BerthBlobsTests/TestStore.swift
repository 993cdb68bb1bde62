import BerthOCI
import BerthTestBasics
import Foundation
import NIOCore

@testable import BerthBlobs

/// A storage directory of one test, removed with it.
final class TestDirectory: Sendable {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    var path: String { directory.path }
    var root: String { directory.file("storage") }
    var layout: StorageLayout { StorageLayout(root: root) }

    /// A store on the directory; another one is what a restarted server has.
    func store(
        maximumBlobSize: Int64 = .max, idleHashes: Int = 16, calls: FileSystemCalls = .system
    ) throws -> FileBlobStore {
        try FileBlobStore(
            directory: root, maximumBlobSize: maximumBlobSize, threads: 2, idleHashes: idleHashes, calls: calls)
    }

    func contents(_ path: String) -> [UInt8]? {
        FileManager.default.contents(atPath: path).map(Array.init)
    }

    func write(_ bytes: [UInt8], to path: String) throws {
        let directory = (path as NSString).deletingLastPathComponent
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        try? FileManager.default.removeItem(atPath: path)
        try Data(bytes).write(to: URL(fileURLWithPath: path))
    }

    func names(in directory: String) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: root + "/" + directory)) ?? []
    }

    func mode(of path: String) throws -> mode_t {
        var info = stat()
        guard lstat(path, &info) == 0 else { throw CocoaError(.fileNoSuchFile) }
        return info.st_mode & 0o7777
    }
}

func sampleBytes(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
    var generator = SeededGenerator(seed: seed)
    return generator.bytes(count)
}

func sha256(_ bytes: [UInt8]) -> Digest { Digest(hashing: bytes, algorithm: .sha256) }
func sha512(_ bytes: [UInt8]) -> Digest { Digest(hashing: bytes, algorithm: .sha512) }

struct Disconnected: Error, Equatable {}

typealias PartStream = AsyncThrowingStream<ByteBuffer, any Error>

/// A request body that comes in parts of `size` bytes and may break off after the last.
func parts(of bytes: some Collection<UInt8>, size: Int = 10_000, failing error: (any Error)? = nil) -> PartStream {
    PartStream { continuation in
        var rest = bytes[...]
        while !rest.isEmpty {
            continuation.yield(ByteBuffer(bytes: rest.prefix(size)))
            rest = rest.dropFirst(size)
        }
        continuation.finish(throwing: error)
    }
}

extension FileBlobStore {
    func append(_ bytes: some Collection<UInt8>, to id: UploadID, at offset: Int64? = nil) async throws -> Int64 {
        try await append(parts(of: bytes), to: id, at: offset, length: nil)
    }

    /// A whole upload.
    @discardableResult
    func upload(_ bytes: [UInt8], as digest: Digest) async throws -> Int64 {
        let id = UploadID()
        try await beginUpload(id)
        _ = try await append(bytes, to: id)
        return try await publish(id, as: digest)
    }

    func contents(of digest: Digest, size: Int) async throws -> [UInt8]? {
        guard let content = try await open(digest, size: Int64(size)) else { return nil }
        if case .bytes(let bytes) = content { return Array(bytes.readableBytesView) }
        guard case .file(let blob) = content else { return nil }
        var bytes = [UInt8](repeating: 0, count: size + 1)
        let count = bytes.withUnsafeMutableBytes { pread(blob.descriptor, $0.baseAddress, $0.count, 0) }
        return Array(bytes.prefix(max(count, 0)))
    }
}
