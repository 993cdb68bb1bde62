import Glibc
import NIOCore
import NIOPosix
import SystemPackage

/// A file that ended before the bytes that it was said to have.
struct TruncatedFile: Error, CustomStringConvertible {
    let missingAt: Int64

    var description: String { "the file ends before byte \(missingAt)" }
}

/// Reading of files on threads of its own, so that a slow disk holds up neither an event loop nor a task.
///
/// The threads serve the whole process, as those of NIO's own singletons do, and are never stopped.
enum FileReading {
    private static let pool: NIOThreadPool = {
        let pool = NIOThreadPool(numberOfThreads: 8)
        pool.start()
        return pool
    }()

    /// The kernel reads ahead at most about this much for one request to do so.
    private static let readAheadStep: Int64 = 512 * 1024

    static func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await pool.runIfActive(body)
    }

    static func run<Value: Sendable>(
        completing promise: EventLoopPromise<Value>, _ body: @escaping @Sendable () throws -> Value
    ) {
        pool.runIfActive(eventLoop: promise.futureResult.eventLoop, body).cascade(to: promise)
    }

    /// Brings a piece into the page cache, so that `sendfile` on an event loop does not wait for the disk.
    ///
    /// The last byte is read in earnest: it comes last, so that all have arrived then, and it shows that the file is
    /// long enough. `sendfile` itself would wait for ever at the end of a file that is not.
    ///
    /// - Throws: ``TruncatedFile``, and `Errno` when the disk fails.
    static func warm(_ piece: FileSlice) async throws {
        guard piece.length > 0 else { return }
        try await run {
            for start in stride(from: piece.offset, to: piece.offset + piece.length, by: Int(readAheadStep)) {
                posix_fadvise(piece.descriptor, off_t(start), off_t(readAheadStep), POSIX_FADV_WILLNEED)
            }
            var byte: UInt8 = 0
            let last = piece.offset + piece.length - 1
            let count = try withUnsafeMutableBytes(of: &byte) { buffer in
                try FileDescriptor(rawValue: piece.descriptor).read(fromAbsoluteOffset: last, into: buffer)
            }
            guard count == 1 else { throw TruncatedFile(missingAt: last) }
        }
    }

    /// Reads a piece into memory.
    ///
    /// - Throws: ``TruncatedFile``, and `Errno` when the disk fails.
    static func read(_ piece: FileSlice) async throws -> ByteBuffer {
        try await run {
            let file = FileDescriptor(rawValue: piece.descriptor)
            let end = piece.offset + piece.length
            var buffer = ByteBufferAllocator().buffer(capacity: Int(piece.length))
            var position = piece.offset
            while position < end {
                let count = try buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: Int(end - position)) { bytes in
                    try file.read(
                        fromAbsoluteOffset: position,
                        into: UnsafeMutableRawBufferPointer(rebasing: bytes.prefix(Int(end - position))))
                }
                guard count > 0 else { throw TruncatedFile(missingAt: position) }
                position += Int64(count)
            }
            return buffer
        }
    }
}
