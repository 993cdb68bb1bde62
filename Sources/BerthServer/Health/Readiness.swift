import NIOConcurrencyHelpers
import ServiceLifecycle

/// Knows whether the server has been told to stop, so that `/readyz` fails before connections are refused.
final class Readiness: Service {
    private let stopping = NIOLockedValueBox(false)

    var isStopping: Bool { stopping.withLockedValue(\.self) }

    func run() async throws {
        try await gracefulShutdown()
        stopping.withLockedValue { $0 = true }
    }
}
