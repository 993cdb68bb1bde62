import Logging
import ServiceLifecycle

/// Does one kind of work again and again, never twice at a time.
struct PeriodicWork: Service {
    private let name: String
    private let interval: Duration
    private let delay: Duration
    private let logger: Logger
    private let work: @Sendable () async throws -> Void

    /// - Parameters:
    ///   - delay: How long after the start of the server it is done first.
    ///   - work: What it throws is logged; it is called again after the interval.
    init(
        _ name: String, every interval: Duration, after delay: Duration = .zero, logger: Logger,
        work: @escaping @Sendable () async throws -> Void
    ) {
        self.name = name
        self.interval = interval
        self.delay = delay
        self.logger = logger
        self.work = work
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var pause = delay
            while (try? await Task.sleep(for: pause)) != nil {
                await attempt()
                pause = interval
            }
        }
    }

    private func attempt() async {
        do {
            try await work()
        } catch is CancellationError {
            // The server stops.
        } catch {
            logger.error("background work failed", metadata: ["berth.work": "\(name)", "error": "\(error)"])
        }
    }
}
