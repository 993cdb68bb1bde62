import BerthOCI
import Foundation
import NIOCore

extension FileBlobStore {
    package func size(of digest: Digest) async throws -> Int64? {
        try await perform(on: digest) { [layout] in try Self.size(of: digest, in: layout) }
    }

    package func sizes(of digests: [Digest]) async throws -> [Digest: Int64] {
        guard let first = digests.first else { return [:] }
        return try await perform(on: first) { [layout] in
            var sizes: [Digest: Int64] = [:]
            for digest in digests { sizes[digest] = try Self.size(of: digest, in: layout) }
            return sizes
        }
    }

    private static func size(of digest: Digest, in layout: StorageLayout) throws -> Int64? {
        guard let status = try FileSystem.status(of: layout.path(of: digest)), status.isRegularFile else { return nil }
        return status.size
    }

    package func open(_ digest: Digest, size: Int64) async throws -> BlobContent? {
        try await perform(on: digest) { [layout] in
            guard let file = try OpenFile.open(layout.path(of: digest), O_RDONLY) else { return nil }
            let status = try file.status()
            guard status.isRegularFile, status.size == size else { return nil }
            if size <= BlobContent.maximumInMemory { return try Self.readWhole(file, size: size, as: digest) }
            return .file(BlobFile(file, size: size))
        }
    }

    /// - Returns: `nil` for bytes that are not the digest's.
    private static func readWhole(_ file: OpenFile, size: Int64, as digest: Digest) throws -> BlobContent? {
        var hash = RunningHash(digest.algorithm)
        var buffer = ByteBufferAllocator().buffer(capacity: Int(size))
        try buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: Int(size)) { bytes in
            let bytes = UnsafeMutableRawBufferPointer(rebasing: bytes.prefix(Int(size)))
            let count = try file.read(into: bytes, at: 0)
            hash.update(UnsafeRawBufferPointer(rebasing: bytes[..<count]))
            return count
        }
        return hash.digest == digest ? .bytes(buffer) : nil
    }

    /// Reads a file to its end and hashes it, a few MiB at a time so that others get their turn.
    ///
    /// - Parameter progress: Called with the bytes read so far.
    /// - Throws: `CancellationError`.
    func hash(
        _ file: OpenFile, _ algorithm: Digest.Algorithm, on subject: some CustomStringConvertible & Sendable,
        progress: @Sendable (Int64) async throws -> Void = { _ in }
    ) async throws -> Digest {
        var hash = RunningHash(algorithm)
        var offset: Int64 = 0
        var isComplete = false
        while !isComplete {
            try Task.checkCancellation()
            (hash, offset, isComplete) = try await perform(on: subject) { [hash, offset] in
                try Self.hashSlice(of: file, hash, from: offset)
            }
            try await progress(offset)
        }
        return hash.digest
    }

    private static func hashSlice(
        of file: OpenFile, _ hash: RunningHash, from start: Int64
    ) throws -> (RunningHash, Int64, isComplete: Bool) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 * 1024, alignment: 16)
        defer { buffer.deallocate() }
        var hash = hash
        var offset = start
        while offset - start < 4 * 1024 * 1024 {
            let count = try file.read(into: buffer, at: offset)
            hash.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            offset += Int64(count)
            if count < buffer.count { return (hash, offset, true) }
        }
        return (hash, offset, false)
    }
}
