import BerthOCI
import Foundation

extension BerthInstallation {
    /// Where the bytes of a blob are.
    package func path(of digest: Digest) -> String {
        let hex = digest.description.drop { $0 != ":" }.dropFirst()
        return "\(storage)/blobs/\(digest.algorithm.rawValue)/\(hex.prefix(2))/\(hex)"
    }

    package func hasFile(of digest: Digest) -> Bool { FileManager.default.fileExists(atPath: path(of: digest)) }

    /// What a disk may do to a file.
    package enum Damage: Sendable, CaseIterable {
        case flippedBit, lostEnd
    }

    /// Flips a bit in the middle of a blob's file, or cuts its end off.
    package func damage(_ digest: Digest, _ damage: Damage = .flippedBit) throws {
        try rewrite(digest) { bytes in
            switch damage {
            case .flippedBit: bytes[bytes.count / 2] ^= 1
            case .lostEnd: bytes.removeLast(bytes.count / 2)
            }
        }
    }

    /// Changes the bytes of a blob's file in place, as nobody but a disk does.
    package func rewrite(_ digest: Digest, _ change: (inout Data) -> Void) throws {
        let path = path(of: digest)
        guard var bytes = FileManager.default.contents(atPath: path) else { throw ToolFailure("there is no \(path)") }
        change(&bytes)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        guard let handle = FileHandle(forWritingAtPath: path) else { throw ToolFailure("cannot write \(path)") }
        try handle.truncate(atOffset: 0)
        try handle.write(contentsOf: bytes)
        try handle.close()
        try FileManager.default.setAttributes([.posixPermissions: 0o444], ofItemAtPath: path)
    }
}
