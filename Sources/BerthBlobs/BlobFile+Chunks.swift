import NIOCore
import NIOPosix

extension BlobFile {
    /// All bytes of the blob in order, for a consumer that takes them through memory: one chunk is held at a time, and
    /// the next is read when it is asked for.
    package var chunks: Chunks { Chunks(file: self) }

    /// The bytes of a blob, chunk by chunk.
    package struct Chunks: AsyncSequence, Sendable {
        package typealias Element = ByteBuffer

        fileprivate let file: BlobFile
        /// Bytes: enough that the hops between threads do not count.
        private static let chunkSize: Int64 = 256 * 1024

        package func makeAsyncIterator() -> AsyncIterator { AsyncIterator(file: file) }

        package struct AsyncIterator: AsyncIteratorProtocol {
            fileprivate let file: BlobFile
            private var position: Int64 = 0

            fileprivate init(file: BlobFile) { self.file = file }

            /// - Throws: ``BlobStoreError/ioFailure(_:)`` when the bytes cannot be read to the end of the blob.
            package mutating func next() async throws -> ByteBuffer? {
                let count = Swift.min(Chunks.chunkSize, file.size - position)
                guard count > 0 else { return nil }
                let (file, offset) = (file, position)
                position += count
                return try await NIOThreadPool.singleton.runIfActive {
                    try Chunks.read(Int(count), of: file, at: offset)
                }
            }
        }

        private static func read(_ count: Int, of file: BlobFile, at offset: Int64) throws -> ByteBuffer {
            var buffer = ByteBufferAllocator().buffer(capacity: count)
            do {
                try buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { bytes in
                    try file.read(into: UnsafeMutableRawBufferPointer(rebasing: bytes.prefix(count)), at: offset)
                }
            } catch let failure as SystemFailure {
                throw failure.blobStoreError(on: "a blob that is sent")
            }
            guard buffer.readableBytes == count else {
                throw BlobStoreError.ioFailure("a blob that is sent ends before byte \(offset + Int64(count))")
            }
            return buffer
        }
    }
}
