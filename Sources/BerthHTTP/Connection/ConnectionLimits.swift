/// What connections may take: time, and each other's place.
///
/// A limit of zero, of time or of anything else, is no limit.
package struct ConnectionLimits: Sendable, Equatable {
    /// How long a TLS handshake may take.
    package var handshake: Duration
    /// How long a request head may take: from the connection's beginning, or from the first byte of a further request.
    package var head: Duration
    /// How long a connection may stand idle between two requests.
    package var idle: Duration
    /// The least that a body must bring, or an answer must be taken with, in bytes a second averaged over ``window``. Time
    /// in which the server itself is not ready does not count.
    package var minimumRate: Int
    package var window: Duration
    /// Connections at once; a further one is told to come back.
    package var maximum: Int

    package init(
        handshake: Duration = .seconds(10), head: Duration = .seconds(15), idle: Duration = .seconds(75),
        minimumRate: Int = 1024, window: Duration = .seconds(30), maximum: Int = 4096
    ) {
        self.handshake = handshake
        self.head = head
        self.idle = idle
        self.minimumRate = minimumRate
        self.window = window
        self.maximum = maximum
    }

    /// How often a connection is looked at: often enough for its shortest limit.
    var interval: Duration {
        let shortest = [handshake, head, idle, window].filter { $0 > .zero }.min() ?? .seconds(60)
        return max(shortest / 5, .milliseconds(20))
    }
}
