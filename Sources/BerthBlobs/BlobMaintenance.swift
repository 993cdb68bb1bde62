import BerthOCI
import Foundation

/// What garbage collection, verification and backup need of a store.
package protocol BlobMaintenance: Sendable {
    /// Removes a blob. Downloads that have begun can finish.
    ///
    /// - Returns: The bytes freed, or nil when it was not there.
    func remove(_ digest: Digest) async throws -> Int64?

    /// Every blob and its size in bytes, damaged ones too, in order of digest within an algorithm.
    ///
    /// Blobs that come or go meanwhile may or may not be among them. Names that are no digest are left to
    /// ``unexpectedFiles()``.
    func allBlobs() -> AsyncThrowingStream<(Digest, Int64), any Error>

    /// Every upload in progress and when it last received bytes.
    func allUploads() async throws -> [(UploadID, lastWritten: Date)]

    /// Whether the stored bytes hash to their name. False also when there are none.
    ///
    /// - Parameter progress: Called with the bytes read so far, at least once.
    /// - Throws: `CancellationError` when the task is cancelled; ``BlobStoreError/ioFailure(_:)`` when the bytes cannot
    ///   be read.
    func rehash(_ digest: Digest, progress: @Sendable (Int64) -> Void) async throws -> Bool

    /// Names in the store that are neither a blob nor an upload, relative to the storage directory and sorted.
    func unexpectedFiles() async throws -> [String]

    /// Copies a blob into another directory of the same layout, without copying bytes where that is possible.
    ///
    /// A blob of the right size that is there already is kept. Bytes are durable when this returns; the names are only
    /// when the caller synchronizes the file system in the end.
    ///
    /// - Throws: ``BlobStoreError/blobUnknown(_:)`` when the blob is not there.
    func copy(_ digest: Digest, to directory: String) async throws

    /// Takes the lock of what one holder does at a time, over all processes.
    ///
    /// - Returns: The lock, or `nil` while somebody else holds it. It ends with its release or with the process.
    func lock(for purpose: StoreLock.Purpose) async throws -> StoreLock?
}

/// A content-addressed store.
package typealias BlobStore = BlobReading & BlobWriting & BlobMaintenance
