import BerthOCI
import NIOPosix
import Synchronization

/// A content-addressed store in a directory.
///
/// ```
/// blobs/sha256/ab/abcd…   complete and immutable, 0444
/// blobs/sha512/ab/abcd…
/// uploads/<id>            bytes received so far, 0600
/// ```
/// Directories are 0700. A blob gets its name by `rename(2)` after its bytes were verified and synchronized, and its
/// directory is synchronized before ``publish(_:as:)`` returns, so a file of the right size under a digest is whole.
///
/// Other processes may read, remove and copy in the same directory; only one may receive uploads. All file access
/// is on threads of its own, so that a slow disk stops neither event loops nor tasks. What was begun there is finished
/// although the task that waits is cancelled.
package final class FileBlobStore: BlobStore {
    let layout: StorageLayout
    let calls: FileSystemCalls
    let maximumBlobSize: Int64
    let sessions: Mutex<UploadSessions>
    let batchMemory = BatchMemory()
    private let pool: NIOThreadPool
    /// Directories of blobs whose own names are known to survive a power failure.
    private let durableShards = Mutex<Set<String>>([])

    /// Opens a store and makes its directories where they are missing.
    ///
    /// - Parameters:
    ///   - directory: The storage directory; its parent must exist.
    ///   - maximumBlobSize: Bytes; an upload that would grow larger gets ``BlobStoreError/tooLarge(limit:)``.
    /// - Throws: ``BlobStoreError`` when the directory cannot be made or synchronized.
    package convenience init(directory: String, maximumBlobSize: Int64 = .max) throws {
        try self.init(
            directory: directory, maximumBlobSize: maximumBlobSize, threads: 12, idleHashes: 1024, calls: .system)
    }

    /// - Parameter idleHashes: How many running hashes of idle uploads are kept.
    init(
        directory: String, maximumBlobSize: Int64 = .max, threads: Int, idleHashes: Int, calls: FileSystemCalls
    ) throws {
        layout = StorageLayout(root: directory)
        self.calls = calls
        self.maximumBlobSize = maximumBlobSize
        sessions = Mutex(UploadSessions(idleLimit: idleHashes))
        pool = NIOThreadPool(numberOfThreads: threads)
        pool.start()
        do {
            try layout.makeDirectories()
            try layout.makeLockFiles()
            try calls.synchronize(directory: layout.blobs)
            try calls.synchronize(directory: layout.root)
        } catch let failure as SystemFailure {
            throw failure.blobStoreError(on: directory)
        }
    }

    deinit { pool.shutdownGracefully { _ in } }

    /// Runs a blocking piece of work on the store's threads, to its end whatever happens to the caller.
    ///
    /// - Parameter subject: The digest or upload that a failure is reported for.
    func perform<Value: Sendable>(
        on subject: some CustomStringConvertible & Sendable, _ body: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            pool.submit { state in
                let result = Result {
                    guard case .active = state else {
                        throw BlobStoreError.ioFailure("the blob store is shut down")
                    }
                    return try body()
                }
                continuation.resume(
                    with: result.mapError { ($0 as? SystemFailure)?.blobStoreError(on: subject) ?? $0 })
            }
        }
    }

    /// Makes the directory that a blob goes to, so that its name survives a power failure.
    func prepareShard(of digest: Digest) throws {
        let shard = layout.shard(of: digest)
        guard !durableShards.withLock({ $0.contains(shard) }) else { return }
        try FileSystem.makeDirectory(shard)
        try calls.synchronize(directory: layout.directory(of: digest.algorithm))
        durableShards.withLock { _ = $0.insert(shard) }
    }

    /// Forgets that the directory of a blob is there.
    func forgetShard(of digest: Digest) {
        durableShards.withLock { _ = $0.remove(layout.shard(of: digest)) }
    }
}
