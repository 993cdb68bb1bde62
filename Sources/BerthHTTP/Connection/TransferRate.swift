/// Whether a transfer moves, judged over windows of time in which it could have.
struct TransferRate {
    private let minimumRate: Int
    private let window: Duration
    private var bytes: UInt64 = 0
    private var time: Duration = .zero

    /// - Parameter minimumRate: Bytes a second; 0 lets everything pass.
    init(minimumRate: Int, window: Duration) {
        self.minimumRate = minimumRate
        self.window = window
    }

    /// Counts what has moved and the time that it was given.
    ///
    /// - Returns: `false` when a window is over in which too little has moved.
    mutating func add(_ bytes: UInt64, in time: Duration) -> Bool {
        guard minimumRate > 0, window > .zero else { return true }
        self.bytes += bytes
        self.time += time
        guard self.time >= window else { return true }
        let isEnough = Double(self.bytes) >= Double(minimumRate) * (self.time / .seconds(1))
        reset()
        return isEnough
    }

    mutating func reset() {
        bytes = 0
        time = .zero
    }
}
