import Foundation
import Synchronization

/// A wall clock that moves only when a test moves it.
package final class ManualClock: Sendable {
    private let instant: Mutex<Date>

    /// - Parameter now: Where it stands first; by default the real time in whole seconds, so that what compares with
    ///   the real clock, such as a file's age, agrees.
    package init(now: Date = Date(timeIntervalSince1970: Date().timeIntervalSince1970.rounded(.down))) {
        instant = Mutex(now)
    }

    package var now: Date { instant.withLock(\.self) }

    /// Moves the clock; negative seconds step it back.
    package func advance(by seconds: TimeInterval) {
        instant.withLock { $0.addTimeInterval(seconds) }
    }

    package func set(_ now: Date) {
        instant.withLock { $0 = now }
    }
}
