import Foundation

/// The calls on paths that need no injection.
enum FileSystem {
    /// What is known of a file without opening it.
    struct Status {
        let isRegularFile: Bool
        let isDirectory: Bool
        /// Bytes.
        let size: Int64
        let lastWritten: Date
        let identity: Identity

        init(_ info: stat) {
            isRegularFile = info.st_mode & S_IFMT == S_IFREG
            isDirectory = info.st_mode & S_IFMT == S_IFDIR
            size = Int64(info.st_size)
            lastWritten = Date(
                timeIntervalSince1970: Double(info.st_mtim.tv_sec) + Double(info.st_mtim.tv_nsec) / 1_000_000_000)
            identity = Identity(device: UInt64(info.st_dev), inode: UInt64(info.st_ino))
        }
    }

    /// Which file a name stands for; another one once the name has been given to other bytes.
    struct Identity: Sendable, Hashable {
        let device: UInt64
        let inode: UInt64
    }

    /// Nil when there is nothing of this name. A symbolic link is not followed.
    static func status(of path: String) throws -> Status? {
        var info = stat()
        return try SystemFailure.checkExisting("lstat") { lstat(path, &info) }.map { _ in Status(info) }
    }

    /// Makes a directory, 0700, unless it is there.
    static func makeDirectory(_ path: String) throws {
        do {
            try SystemFailure.check("mkdir") { mkdir(path, 0o700) }
        } catch {
            guard error.code == EEXIST, try status(of: path + "/")?.isDirectory == true else { throw error }
        }
    }

    /// Whether there was such a file.
    @discardableResult
    static func remove(_ path: String) throws -> Bool {
        try SystemFailure.checkExisting("unlink") { unlink(path) } != nil
    }

    /// The sorted names in a directory; none when it is not there.
    static func names(in path: String) throws -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: path).sorted()
        } catch {
            if try status(of: path) == nil { return [] }
            throw BlobStoreError.ioFailure("cannot list \(path): \(error)")
        }
    }
}
