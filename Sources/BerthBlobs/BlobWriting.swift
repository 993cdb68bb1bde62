import BerthOCI
import NIOCore

/// Uploads: bytes arrive in one or more chunks in a staged place and become a blob when their digest is confirmed.
///
/// One task at a time may write to an upload; a second gets ``BlobStoreError/uploadBusy``. Nothing is visible to
/// readers before ``publish(_:as:)``, and a crash at any point leaves at most a staged upload.
package protocol BlobWriting: Sendable {
    /// Begins an empty upload.
    ///
    /// - Parameter algorithm: The hash to compute while bytes arrive. The digest given to ``publish(_:as:)`` may be of
    ///   another algorithm; the bytes are then read again.
    func beginUpload(_ id: UploadID, algorithm: Digest.Algorithm) async throws

    /// The number of bytes received so far.
    ///
    /// - Throws: ``BlobStoreError/uploadUnknown``.
    func receivedBytes(of id: UploadID) async throws -> Int64

    /// Appends a chunk; when this returns, its bytes survive a power failure.
    ///
    /// Bytes that came before the stream, the disk or the task failed stay and count: the error is thrown, and the
    /// upload can be continued at its new length. A chunk that breaks `length` or the size limit is cut off again.
    ///
    /// - Parameters:
    ///   - offset: Where the client says that the chunk starts, nil for the end.
    ///   - length: The bytes the client announced, nil when it did not.
    ///   - isLast: Whether ``publish(_:as:)`` follows at once, which makes durable what this need not then.
    /// - Returns: The length of the upload.
    /// - Throws: ``BlobStoreError``: `outOfOrder` if `offset` is not the end, `sizeMismatch` if the stream ended well
    ///   but not with `length` bytes, `tooLarge`, `outOfSpace`, `uploadBusy`, `uploadUnknown` (also when the upload is
    ///   removed meanwhile), `ioFailure`; and whatever the stream throws.
    func append(
        _ bytes: some AsyncSequence<ByteBuffer, any Error> & Sendable, to id: UploadID, at offset: Int64?,
        length: Int64?, isLast: Bool
    ) async throws -> Int64

    /// Makes an upload the blob of a digest; when this returns, the blob survives a power failure.
    ///
    /// The staged bytes always replace what the store has under the digest: they were just verified, so a damaged
    /// blob is healed, whatever its size. Readers of the old bytes are not disturbed.
    ///
    /// - Returns: The size of the blob in bytes.
    /// - Throws: `digestMismatch`, after which the upload is gone; `outOfSpace` and `ioFailure`, after which it is
    ///   still there unless its bytes could not be made durable; `uploadBusy`; `uploadUnknown`.
    func publish(_ id: UploadID, as digest: Digest) async throws -> Int64

    /// Appends a short last chunk and publishes, in one step, when nothing stands in the way.
    ///
    /// - Returns: The size of the blob in bytes; `nil` when there is a file of that digest, which may be about to be
    ///   removed, or the bytes are not those of the digest as far as is known. They are appended then, and
    ///   ``publish(_:as:)`` ends the upload.
    /// - Throws: `outOfOrder` if `offset` is not the end, `tooLarge`, and as ``publish(_:as:)``.
    func finish(_ id: UploadID, with bytes: ByteBuffer, at offset: Int64?, as digest: Digest) async throws -> Int64?

    /// Whether uploads can be written, as far as can be told without writing.
    func isWritable() async throws -> Bool

    /// Removes an upload and its bytes. Idempotent; a task that is appending gets ``BlobStoreError/uploadUnknown``.
    func removeUpload(_ id: UploadID) async throws
}

extension BlobWriting {
    /// Begins an empty upload whose algorithm the client did not name.
    package func beginUpload(_ id: UploadID) async throws {
        try await beginUpload(id, algorithm: .sha256)
    }

    /// Appends a chunk that others may follow.
    package func append(
        _ bytes: some AsyncSequence<ByteBuffer, any Error> & Sendable, to id: UploadID, at offset: Int64?,
        length: Int64?
    ) async throws -> Int64 {
        try await append(bytes, to: id, at: offset, length: length, isLast: false)
    }
}
