/// Wakes background work when there is some, so that it begins at once and need not ask often.
///
/// A signal that nobody waits for is kept for the next who waits; several are one.
package final class WorkSignal: Sendable {
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    package init() { (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1)) }

    /// Says that there may be work; several before it is looked for are one.
    package func send() { continuation.yield() }

    /// Every signal; for one listener.
    package var signals: AsyncStream<Void> { stream }
}
