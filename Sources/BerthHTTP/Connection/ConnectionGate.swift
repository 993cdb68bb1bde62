import Synchronization

/// Counts the connections of a listener and lets in as many as may be.
///
/// A few more than that get as far as being told to come back; what comes beyond those is closed at once.
final class ConnectionGate: Sendable {
    enum Decision {
        case welcome
        /// To be answered 503 and closed.
        case overloaded
        case refused
    }

    /// The most connections that are told to come back, at once.
    private static let maximumWaitingRoom = 256

    private struct Count {
        var welcome = 0
        var overloaded = 0
    }

    private let maximum: Int
    private let waitingRoom: Int
    private let count = Mutex(Count())

    /// - Parameter maximum: 0 is no limit.
    init(maximum: Int) {
        self.maximum = maximum
        waitingRoom = Self.waitingRoom(besides: maximum)
    }

    /// A quarter more than there may be connections, so that descriptors last.
    static func waitingRoom(besides maximum: Int) -> Int { min(max(maximum / 4, 1), maximumWaitingRoom) }

    /// Decides about a connection and counts it; ``leave(_:)`` must follow when it has ended.
    func enter() -> Decision {
        count.withLock { count in
            if maximum == 0 || count.welcome < maximum {
                count.welcome += 1
                return .welcome
            }
            guard count.overloaded < waitingRoom else { return .refused }
            count.overloaded += 1
            return .overloaded
        }
    }

    func leave(_ decision: Decision) {
        count.withLock { count in
            switch decision {
            case .welcome: count.welcome -= 1
            case .overloaded: count.overloaded -= 1
            case .refused: break
            }
        }
    }
}
