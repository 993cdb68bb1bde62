import BerthOCI

/// What is known of a staged file beyond its bytes.
struct UploadProgress: Sendable {
    /// Bytes.
    var length: Int64
    /// The hash of exactly those bytes, or nil when it was lost and must be computed from the file.
    var hash: RunningHash?
    /// Whether the bytes would survive a power failure.
    var isDurable: Bool
    /// Whether the file's name would.
    var hasDurableName: Bool
}

/// Who is writing to which upload, and what is remembered of the others.
///
/// An upload that is not here is not unknown: the staged file decides. What is remembered is bounded; when there is
/// too much, what was not used for the longest time is forgotten, and costs one more read of its file at publish.
struct UploadSessions {
    private enum State {
        case idle(UploadProgress, lastUsed: UInt64)
        case busy(isRemoved: Bool)
    }

    private var states: [UploadID: State] = [:]
    private var idleCount = 0
    private var uses: UInt64 = 0
    private let idleLimit: Int

    init(idleLimit: Int) {
        self.idleLimit = idleLimit
    }

    /// Makes the caller the only writer until it calls ``release(_:keeping:)``.
    ///
    /// - Returns: What is remembered of the upload, if anything.
    mutating func claim(_ id: UploadID) throws(BlobStoreError) -> UploadProgress? {
        switch states.updateValue(.busy(isRemoved: false), forKey: id) {
        case nil: return nil
        case .idle(let progress, _):
            idleCount -= 1
            return progress
        case .busy(let isRemoved):
            states[id] = .busy(isRemoved: isRemoved)
            throw .uploadBusy
        }
    }

    /// Ends a claim.
    ///
    /// - Returns: False when the upload was removed meanwhile.
    mutating func release(_ id: UploadID, keeping progress: UploadProgress?) -> Bool {
        guard case .busy(let isRemoved) = states.removeValue(forKey: id) else { return false }
        if let progress, !isRemoved, idleLimit > 0 {
            if idleCount == idleLimit { forgetOldest() }
            uses += 1
            idleCount += 1
            states[id] = .idle(progress, lastUsed: uses)
        }
        return !isRemoved
    }

    /// Forgets an upload and tells its writer, if there is one.
    mutating func remove(_ id: UploadID) {
        switch states[id] {
        case nil: break
        case .idle:
            states[id] = nil
            idleCount -= 1
        case .busy: states[id] = .busy(isRemoved: true)
        }
    }

    /// Whether an upload was removed under the task that is writing to it.
    func isRemoved(_ id: UploadID) -> Bool {
        if case .busy(isRemoved: true) = states[id] { true } else { false }
    }

    private mutating func forgetOldest() {
        var oldest: (id: UploadID, lastUsed: UInt64)?
        for case (let id, .idle(_, let lastUsed)) in states where lastUsed < oldest?.lastUsed ?? .max {
            oldest = (id, lastUsed)
        }
        if let oldest { remove(oldest.id) }
    }
}
