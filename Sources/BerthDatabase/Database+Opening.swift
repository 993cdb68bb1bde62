internal import Foundation
internal import GRDB

extension Database {
    /// How long a writer waits for another process, and how long opening goes on trying, in seconds.
    private static let busyTimeout: TimeInterval = 5

    static var configuration: Configuration {
        var configuration = Configuration()
        configuration.busyMode = .timeout(busyTimeout)
        configuration.foreignKeysEnabled = true
        configuration.maximumReaderCount = 8
        configuration.label = "berth"
        return configuration
    }

    /// Opens the file. Two processes that create it at the same time both end up with it open: SQLite refuses at once,
    /// without its busy timeout, while the other one switches the new file to WAL.
    static func open(_ path: String) throws -> DatabasePool {
        if FileManager.default.fileExists(atPath: path) {
            chmod(path, 0o600)
        } else {
            try? createFile(at: path)
        }
        let deadline = Date(timeIntervalSinceNow: busyTimeout)
        while true {
            do {
                return try DatabaseError.translating { try DatabasePool(path: path, configuration: configuration) }
            } catch let error as DatabaseError where error.code == .busy && Date() < deadline {
                usleep(10_000)
            } catch let error as DatabaseError where error.code == .cannotOpen {
                throw DatabaseError(.cannotOpen, "\(path) cannot be opened: check its directory and its rights")
            } catch let error as DatabaseError where error.code == .damaged {
                throw DatabaseError(.damaged, "\(path) is damaged or no database: restore it from a backup")
            }
        }
    }

    /// Makes an empty file of mode 0600.
    ///
    /// SQLite gives the files that it puts beside the database the same mode. An existing file is not opened here:
    /// closing any descriptor of a file drops the locks that this process holds on it.
    static func createFile(at path: String) throws {
        let descriptor = Foundation.open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw DatabaseError(.cannotOpen, "\(path) cannot be created: \(String(cString: strerror(errno)))")
        }
        Foundation.close(descriptor)
    }

    /// Brings a finished file, or the names in a directory, to the disk.
    static func synchronize(_ path: String) throws {
        let descriptor = Foundation.open(path.isEmpty ? "." : path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw DatabaseError(.cannotOpen, "\(path) cannot be opened: \(String(cString: strerror(errno)))")
        }
        defer { Foundation.close(descriptor) }
        guard fsync(descriptor) == 0 else {
            throw DatabaseError(.other, "\(path) cannot be synchronized: \(String(cString: strerror(errno)))")
        }
    }
}
