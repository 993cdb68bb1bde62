import BerthOCI

/// Why a blob store could not do what it was asked.
package enum BlobStoreError: Error, Sendable, Equatable {
    /// No such upload: never begun, finished, cancelled or swept.
    case uploadUnknown
    /// Another task is appending to the upload or publishing it.
    case uploadBusy
    /// The chunk does not start at the end of the upload, which is `expected` bytes long.
    case outOfOrder(expected: Int64)
    /// The chunk was announced with `expected` bytes; `found` had come when that proved wrong. It was cut off again.
    case sizeMismatch(expected: Int64, found: Int64)
    /// The bytes hash to `found`.
    case digestMismatch(expected: Digest, found: Digest)
    /// There is no blob of this digest.
    case blobUnknown(Digest)
    /// The volume, or the quota on it, is full.
    case outOfSpace
    /// The volume has become read-only.
    case readOnly
    /// The blob would have more than `limit` bytes.
    case tooLarge(limit: Int64)
    /// A call to the file system failed for another reason; the text says which, for the log and not for clients.
    case ioFailure(String)
}

extension BlobStoreError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .uploadUnknown: "the upload is not known"
        case .uploadBusy: "another request is writing to this upload"
        case .outOfOrder(let expected): "the chunk must start at byte \(expected), the end of the upload"
        case .sizeMismatch(let expected, let found): "\(expected) bytes were announced, \(found) came"
        case .digestMismatch(let expected, let found): "the bytes hash to \(found), not to \(expected)"
        case .blobUnknown(let digest): "there is no blob \(digest)"
        case .outOfSpace: "the storage volume is full"
        case .readOnly: "the storage volume is read-only"
        case .tooLarge(let limit): "a blob may have at most \(limit) bytes"
        case .ioFailure(let what): what
        }
    }
}
