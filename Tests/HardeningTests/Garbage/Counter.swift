import Synchronization

/// A number that several tasks read and one writes.
final class Counter: Sendable {
    private let number = Mutex(0)

    var value: Int { number.withLock(\.self) }

    func set(_ value: Int) { number.withLock { $0 = value } }
}
