import BerthOCI

/// Reads of content-addressed bytes.
///
/// A blob that can be read is complete: its bytes were hashed before it got its name.
package protocol BlobReading: Sendable {
    /// The number of bytes stored under a digest, or nil when there are none.
    func size(of digest: Digest) async throws -> Int64?

    /// The numbers of bytes stored under several digests, without those that have none.
    func sizes(of digests: [Digest]) async throws -> [Digest: Int64]

    /// Opens a blob for sending.
    ///
    /// - Parameter size: The bytes the blob has according to the database.
    /// - Returns: Nil when the blob is missing or not of that size, which is damage: it must not be served.
    /// - Throws: ``BlobStoreError/ioFailure(_:)`` when the store cannot tell, which is not the same as "missing".
    func open(_ digest: Digest, size: Int64) async throws -> BlobContent?
}
