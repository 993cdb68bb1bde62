import BerthBlobs

/// Why maintenance cannot run now.
package enum MaintenanceError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Another garbage collection or backup runs, in this process or another.
    case busy
    /// The directory for a backup is not empty.
    case notEmpty(String)
    /// There is no backup in a directory.
    case noBackup(String)

    package var description: String {
        switch self {
        case .busy: "another garbage collection or backup is running: wait for it to end"
        case .notEmpty(let directory): "\(directory) is not empty: name a directory that is new or empty"
        case .noBackup(let directory): "there is no backup in \(directory): name a directory that berth backup has made"
        }
    }
}

extension Registry {
    /// Takes the lock that garbage collection and backup share, so that no content goes while it is being copied.
    ///
    /// - Throws: ``MaintenanceError/busy``.
    func maintenanceLock() async throws -> StoreLock {
        guard let lock = try await blobs.lock(for: .maintenance) else { throw MaintenanceError.busy }
        return lock
    }
}
