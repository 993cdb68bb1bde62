import Foundation
import Synchronization

/// A clock that moves when it is told to.
final class ManualClock: Sendable {
    /// 2025-06-15T15:06:40Z, and a half second, so that whole seconds are not met by chance.
    static let start = Date(timeIntervalSince1970: 1_750_000_000.5)

    private let instant = Mutex(ManualClock.start)

    var now: Date { instant.withLock { $0 } }

    func advance(by seconds: TimeInterval) { instant.withLock { $0 = $0.addingTimeInterval(seconds) } }
}
