import Foundation

/// Small files with keys: whoever can see one sees the whole of it, also after a crash and while others write.
enum SecretFile {
    /// Who may read a file.
    enum Mode: mode_t {
        case owner = 0o600
        case everyone = 0o644
    }

    /// The largest file that is read, in bytes.
    static let maximumSize = 64 * 1024

    /// Makes the directory, for its owner alone, if it is not there.
    static func makeDirectory(_ path: String) throws {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw IdentityError(.keyFile, "the directory \(path) cannot be made: \(error.localizedDescription)")
        }
    }

    /// Reads a file whole, with the stamp of exactly what was read; `nil` when it is not there.
    static func read(_ path: String) throws -> (bytes: [UInt8], stamp: FileStamp)? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        if descriptor < 0, errno == ENOENT { return nil }
        guard descriptor >= 0 else { throw failure("opened", path) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure("read", path) }
        guard status.st_mode & S_IFMT == S_IFREG, status.st_size <= maximumSize else {
            throw IdentityError(
                .keyFile, "\(path) is not a key file: expected a plain file of at most \(maximumSize) bytes")
        }
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 4096)
        while bytes.count <= maximumSize {
            let count = Glibc.read(descriptor, &part, part.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure("read", path) }
            if count == 0 { break }
            bytes.append(contentsOf: part[..<count])
        }
        return (bytes, FileStamp(status))
    }

    /// Makes a file that is not there yet; `false`, and nothing changed, when one is there.
    ///
    /// Of several processes that try at once one succeeds, and the others find its file complete.
    static func create(_ path: String, _ bytes: [UInt8], mode: Mode = .owner) throws -> Bool {
        let staged = try stage(bytes, for: path, mode: mode)
        defer { unlink(staged) }
        guard link(staged, path) == 0 else {
            if errno == EEXIST { return false }
            throw failure("made", path)
        }
        try synchronizeDirectory(of: path)
        return true
    }

    /// Makes a file or replaces it at once.
    static func replace(_ path: String, _ bytes: [UInt8], mode: Mode = .owner) throws {
        let staged = try stage(bytes, for: path, mode: mode)
        guard rename(staged, path) == 0 else {
            let error = failure("replaced", path)
            unlink(staged)
            throw error
        }
        try synchronizeDirectory(of: path)
    }

    /// Runs `body` while no other process or thread does so for the same directory.
    static func withLock<Result>(on directory: String, _ body: () throws -> Result) throws -> Result {
        let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("opened", directory) }
        defer { close(descriptor) }
        while flock(descriptor, LOCK_EX) != 0 {
            guard errno == EINTR else { throw failure("locked", directory) }
        }
        return try body()
    }

    /// Writes the bytes to a new file beside `path` and waits until they are on the disk.
    private static func stage(_ bytes: [UInt8], for path: String, mode: Mode) throws -> String {
        let staged = path + "." + UUID().uuidString.lowercased() + ".new"
        let descriptor = open(staged, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode.rawValue)
        guard descriptor >= 0 else { throw failure("made", path) }
        defer { close(descriptor) }
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw abandon(staged, for: path) }
            written += count
        }
        guard fchmod(descriptor, mode.rawValue) == 0, fsync(descriptor) == 0 else { throw abandon(staged, for: path) }
        return staged
    }

    private static func abandon(_ staged: String, for path: String) -> IdentityError {
        let error = failure("written", path)
        unlink(staged)
        return error
    }

    private static func synchronizeDirectory(of path: String) throws {
        let directory = (path as NSString).deletingLastPathComponent
        let descriptor = open(directory.isEmpty ? "." : directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("opened", directory) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure("written", directory) }
    }

    private static func failure(_ verb: String, _ path: String) -> IdentityError {
        IdentityError(.keyFile, "\(path) cannot be \(verb): \(String(cString: strerror(errno)))")
    }
}
