import BerthOCI
import Foundation

extension TestServer {
    /// Where the bytes of a blob are.
    package func path(of digest: Digest) -> String {
        "\(storage)/blobs/\(digest.algorithm.rawValue)/\(digest.hex.prefix(2))/\(digest.hex)"
    }

    /// Where the bytes that an upload has received are.
    ///
    /// - Parameter session: The upload's `Location`.
    package func path(ofUpload session: String) -> String {
        "\(storage)/uploads/\(session.split(separator: "/").last ?? "")"
    }

    /// The names of all uploads that have bytes on the disk, and of whatever else lies there.
    package func uploadFiles() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: storage + "/uploads")
    }

    /// How many descriptors of this process are open on a file, which may be removed already.
    package static func openDescriptors(of path: String) -> Int {
        let links = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        return links.count { link in
            let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(link)")
            return target?.hasPrefix(path) == true
        }
    }
}
