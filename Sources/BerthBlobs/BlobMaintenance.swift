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

    /// Reads the stored bytes again and compares them with their name.
    ///
    /// - Parameter progress: Called with the bytes read so far, every 4 MiB and at the end; what it takes slows the
    ///   reading down.
    /// - Throws: `CancellationError` when the task is cancelled; ``BlobStoreError/ioFailure(_:)`` when the bytes cannot
    ///   be read; what `progress` throws.
    func check(_ digest: Digest, progress: @Sendable (Int64) async throws -> Void) async throws -> BlobCheck

    /// Moves a damaged blob to the directory `damaged`, so that it is missing and a push stores it again.
    ///
    /// - Returns: `false` when the file is no longer the one that was found damaged, which stays then.
    func setAside(_ damaged: DamagedBlob) async throws -> Bool

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

/// What a blob's bytes are found to be.
package enum BlobCheck: Sendable, Equatable {
    case intact
    case damaged(DamagedBlob)
    case missing
}

/// A file whose bytes are not its name's, as it was when they were read.
package struct DamagedBlob: Sendable, Hashable {
    package let digest: Digest
    let file: FileSystem.Identity
}

/// A content-addressed store.
package typealias BlobStore = BlobReading & BlobWriting & BlobMaintenance
