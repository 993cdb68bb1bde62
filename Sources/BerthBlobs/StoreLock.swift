import Glibc
import Synchronization

/// An advisory lock on a storage directory that ends with its release or with the process, whatever becomes of it.
package final class StoreLock: Sendable {
    /// What a lock is held for; the raw values are file names in the storage directory.
    package enum Purpose: String, Sendable, CaseIterable {
        /// Removing or copying many blobs: garbage collection and backup.
        case maintenance = "maintenance.lock"
        /// Receiving uploads, which one process does at a time.
        case serving = "serving.lock"
    }

    private let descriptor: Mutex<CInt?>

    /// - Parameter path: The file to lock; made, empty, when there is none.
    /// - Returns: `nil` while another holder has the lock.
    init?(path: String) throws(SystemFailure) {
        let descriptor = try SystemFailure.check("open") { open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600) }
        do {
            try SystemFailure.check("flock") { flock(descriptor, LOCK_EX | LOCK_NB) }
        } catch {
            close(descriptor)
            if error.code == EWOULDBLOCK { return nil }
            throw error
        }
        self.descriptor = Mutex(descriptor)
    }

    deinit { release() }

    /// Lets the next one in. Releasing twice does nothing.
    package func release() {
        descriptor.withLock { descriptor in
            if let open = descriptor {
                // A child that is being started has a copy of the descriptor for a moment, which would keep the lock.
                flock(open, LOCK_UN)
                close(open)
            }
            descriptor = nil
        }
    }
}

extension FileBlobStore {
    package func lock(for purpose: StoreLock.Purpose) async throws -> StoreLock? {
        let path = layout.path(of: purpose)
        return try await perform(on: path) { try StoreLock(path: path) }
    }
}
