import BerthBlobs
import BerthOCI

/// An upload as its creator sees it: where it is and how many bytes have arrived.
package struct Upload: Sendable {
    package let id: UploadID
    package let repository: RepositoryName
    /// Bytes received so far; they survive a restart.
    package let received: Int64

    /// The path that continues it.
    ///
    /// Relative, since what clients call this server is not for the server to guess.
    package var location: String { Self.location(of: id, in: repository) }

    static func location(of id: UploadID, in repository: RepositoryName) -> String {
        "/v2/\(repository)/blobs/uploads/\(id)"
    }
}
