import BerthOCI
import BerthTestSupport
import Foundation
import Testing

extension BerthInstallation {
    /// Where the bytes of a blob are.
    func path(of digest: Digest) -> String {
        let hex = digest.description.drop { $0 != ":" }.dropFirst()
        return "\(storage)/blobs/\(digest.algorithm.rawValue)/\(hex.prefix(2))/\(hex)"
    }

    func hasFile(of digest: Digest) -> Bool { FileManager.default.fileExists(atPath: path(of: digest)) }

    /// What a disk may do to a file.
    enum Damage: Sendable, CaseIterable {
        case flippedBit, lostEnd
    }

    /// Flips a bit in the middle of a blob's file, or cuts its end off.
    func damage(_ digest: Digest, _ damage: Damage = .flippedBit) throws {
        let path = path(of: digest)
        var bytes = try #require(FileManager.default.contents(atPath: path))
        switch damage {
        case .flippedBit: bytes[bytes.count / 2] ^= 1
        case .lostEnd: bytes.removeLast(bytes.count / 2)
        }
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        let handle = try #require(FileHandle(forWritingAtPath: path))
        try handle.truncate(atOffset: 0)
        try handle.write(contentsOf: bytes)
        try handle.close()
        try FileManager.default.setAttributes([.posixPermissions: 0o444], ofItemAtPath: path)
    }
}
