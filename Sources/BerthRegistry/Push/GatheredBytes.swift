import BerthBlobs
import NIOCore

/// A short body that was taken into memory as far as it came; as a stream it ends as the body itself did.
struct GatheredBytes: AsyncSequence, Sendable {
    typealias Element = ByteBuffer
    typealias Failure = any Error

    /// What came.
    let bytes: ByteBuffer
    /// What ended the body before its time.
    private let failure: (any Error)?

    /// Takes a body to its end, or to the first part that brings more than `length` bytes.
    init(_ body: some AsyncSequence<ByteBuffer, any Error> & Sendable, announced length: Int64) async {
        var bytes = ByteBuffer()
        do {
            for try await var part in body {
                guard Int64(bytes.readableBytes + part.readableBytes) <= length else {
                    throw BlobStoreError.sizeMismatch(
                        expected: length, found: Int64(bytes.readableBytes + part.readableBytes))
                }
                bytes.writeBuffer(&part)
            }
            // Some sequences just end when their task is cancelled; that is not the end of the body.
            try Task.checkCancellation()
            guard Int64(bytes.readableBytes) == length else {
                throw BlobStoreError.sizeMismatch(expected: length, found: Int64(bytes.readableBytes))
            }
            failure = nil
        } catch {
            failure = error
        }
        self.bytes = bytes
    }

    /// Whether all came that was announced.
    var isComplete: Bool { failure == nil }

    func makeAsyncIterator() -> Iterator { Iterator(bytes: bytes, failure: failure) }

    struct Iterator: AsyncIteratorProtocol {
        fileprivate var bytes: ByteBuffer?
        fileprivate let failure: (any Error)?

        mutating func next() async throws -> ByteBuffer? {
            if let bytes, bytes.readableBytes > 0 {
                self.bytes = nil
                return bytes
            }
            if let failure { throw failure }
            return nil
        }
    }
}
