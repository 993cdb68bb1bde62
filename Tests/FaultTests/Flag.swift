import Synchronization

/// Says once that something has happened, to whoever asks.
final class Flag: Sendable {
    private let state = Mutex(false)

    var isSet: Bool { state.withLock(\.self) }

    /// - Returns: Whether this is the first time.
    @discardableResult
    func set() -> Bool {
        state.withLock { isSet in
            defer { isSet = true }
            return !isSet
        }
    }
}
