import BerthRegistry
import Logging
import ServiceLifecycle

/// Does one kind of work at the start, whenever there is a signal for it, and once in a while; never twice at a time.
struct WorkLoop: Service {
    private let name: String
    private let signal: WorkSignal
    private let interval: Duration
    private let logger: Logger
    private let work: @Sendable () async throws -> Void

    /// - Parameter work: Does all that is due. What it throws is logged; it is called again for the next signal.
    init(
        _ name: String, on signal: WorkSignal, atLeastEvery interval: Duration, logger: Logger,
        work: @escaping @Sendable () async throws -> Void
    ) {
        self.name = name
        self.signal = signal
        self.interval = interval
        self.logger = logger
        self.work = work
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                group.addTask {
                    while !Task.isCancelled {
                        signal.send()
                        try? await Task.sleep(for: interval)
                    }
                }
                for await _ in signal.signals { await attempt() }
                group.cancelAll()
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
