import BerthBlobs

extension Registry {
    /// Claims the data for the one process that receives uploads; held until released or until the process ends.
    ///
    /// - Throws: ``OpenError`` while another process serves the same data.
    package func lockForServing() async throws -> StoreLock {
        guard let lock = try await blobs.lock(for: .serving) else {
            throw OpenError(
                description: "another berth serve uses this storage: stop it first, or name another --storage")
        }
        return lock
    }
}
