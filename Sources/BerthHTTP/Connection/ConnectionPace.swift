import NIOCore

/// What one connection is doing, and since when; told by its handlers, all on its event loop.
///
/// Time is measured where the client is the one to act: while a head is on its way, while a body is asked for and
/// does not come, while an answer lies ready and is not taken.
final class ConnectionPace {
    /// Why a connection is ended.
    enum Fault: String {
        case handshake = "the TLS handshake took too long"
        case head = "the request head took too long"
        case idle = "the connection stood idle"
        case body = "the request body came too slowly"
        case response = "the response was taken too slowly"
    }

    private enum Phase {
        case handshake(since: NIODeadline)
        case head(since: NIODeadline)
        case body
        /// A request has come whole; the next may begin.
        case between(since: NIODeadline)
    }

    private let limits: ConnectionLimits
    private var phase: Phase
    /// Requests whose responses are not complete.
    private var openRequests = 0
    /// Since when the server waits for bytes; `nil` while it has enough to do.
    private var waitingSince: NIODeadline?
    private var received: TransferRate
    private var sent: TransferRate
    /// What the client had acknowledged when it was looked at last, and when that was.
    private var lastSent: (bytes: UInt64, at: NIODeadline)?

    init(limits: ConnectionLimits, hasTLS: Bool, now: NIODeadline) {
        self.limits = limits
        phase = hasTLS ? .handshake(since: now) : .head(since: now)
        received = TransferRate(minimumRate: limits.minimumRate, window: limits.window)
        sent = TransferRate(minimumRate: limits.minimumRate, window: limits.window)
    }

    func handshakeEnded(at now: NIODeadline) { phase = .head(since: now) }

    /// The handlers behind ask for more.
    func readRequested(at now: NIODeadline) {
        if waitingSince == nil { waitingSince = now }
    }

    func bytesArrived(_ count: Int, at now: NIODeadline) -> Fault? {
        let waited = waitingSince.map { now - $0 } ?? .zero
        waitingSince = nil
        switch phase {
        case .between:
            phase = .head(since: now)
            return nil
        case .body: return received.add(UInt64(count), in: Duration(waited)) ? nil : .body
        case .handshake, .head: return nil
        }
    }

    func headReceived() {
        openRequests += 1
        phase = .body
        received.reset()
    }

    func requestEnded(at now: NIODeadline) { phase = .between(since: now) }

    func responseEnded(at now: NIODeadline) {
        openRequests = max(openRequests - 1, 0)
        if case .between = phase { phase = .between(since: now) }
    }

    /// Looks at the connection.
    ///
    /// - Parameter acknowledged: What the client has acknowledged in all, if bytes are waiting to be sent.
    func check(at now: NIODeadline, acknowledged: UInt64?) -> Fault? {
        if let acknowledged, let last = lastSent {
            if !sent.add(acknowledged &- last.bytes, in: Duration(now - last.at)) { return .response }
        } else {
            sent.reset()
        }
        lastSent = acknowledged.map { ($0, now) }

        switch phase {
        case .handshake(let since): return isOver(limits.handshake, since: since, at: now) ? .handshake : nil
        case .head(let since): return isOver(limits.head, since: since, at: now) ? .head : nil
        case .between(let since):
            return openRequests == 0 && isOver(limits.idle, since: since, at: now) ? .idle : nil
        case .body:
            guard let since = waitingSince else { return nil }
            waitingSince = now
            return received.add(0, in: Duration(now - since)) ? nil : .body
        }
    }

    private func isOver(_ limit: Duration, since: NIODeadline, at now: NIODeadline) -> Bool {
        limit > .zero && Duration(now - since) >= limit
    }
}

@available(*, unavailable)
extension ConnectionPace: Sendable {}
