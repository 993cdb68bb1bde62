import BerthOCI

/// Where things are below a storage directory.
///
/// Every path of the store comes from here, and only from a parsed digest or upload id, so none can lead outside.
struct StorageLayout: Sendable {
    let root: String

    var blobs: String { root + "/blobs" }
    var uploads: String { root + "/uploads" }
    /// What was found damaged and set aside, for a person to look at.
    var damaged: String { root + "/damaged" }

    func directory(of algorithm: Digest.Algorithm) -> String { "\(blobs)/\(algorithm.rawValue)" }

    /// The directory that a blob is in: one of 256, so that none grows too large.
    func shard(of digest: Digest) -> String { "\(directory(of: digest.algorithm))/\(digest.hex.prefix(2))" }

    func path(of digest: Digest) -> String { "\(shard(of: digest))/\(digest.hex)" }

    func path(of upload: UploadID) -> String { "\(uploads)/\(upload)" }

    func damagedPath(of digest: Digest) -> String { "\(damaged)/\(digest.algorithm.rawValue)-\(digest.hex)" }

    func path(of lock: StoreLock.Purpose) -> String { "\(root)/\(lock.rawValue)" }

    /// Makes the files that are locked, so that collecting can begin on a volume that has room for no new file.
    func makeLockFiles() throws {
        for lock in StoreLock.Purpose.allCases where try FileSystem.status(of: path(of: lock)) == nil {
            _ = try OpenFile.create(path(of: lock), 0)
        }
    }

    /// Makes the directories that every store has, parents first.
    func makeDirectories() throws {
        try FileSystem.makeDirectory(root)
        try FileSystem.makeDirectory(uploads)
        try FileSystem.makeDirectory(blobs)
        for algorithm in Digest.Algorithm.allCases {
            try FileSystem.makeDirectory(directory(of: algorithm))
        }
    }

    static let shardNames: [String] = {
        let digits = Array("0123456789abcdef")
        return digits.flatMap { first in digits.map { String([first, $0]) } }
    }()

    /// The digest that a file in a shard is named after, nil for any other name.
    static func digest(_ algorithm: Digest.Algorithm, shard: String, name: String) -> Digest? {
        guard name.hasPrefix(shard) else { return nil }
        return try? Digest(parsing: "\(algorithm.rawValue):\(name)")
    }
}
