import BerthCatalog
import BerthRegistry
import Logging
import ServiceLifecycle
import Synchronization

/// Copies images to other regions: begins jobs as they come and as others end, a few at a time.
struct Synchronizer: Service {
    let registry: Registry
    let remotes: OutboundRegistries

    /// How many jobs are under way at the same time; each holds a chunk of one blob, or one manifest.
    private static let concurrentJobs = 4
    /// How often jobs are looked for whose time has come.
    private static let interval: Duration = .seconds(10)

    func run() async throws {
        let signal = registry.work.synchronization
        await cancelWhenGracefulShutdown {
            var isResumed = false
            await withDiscardingTaskGroup { group in
                group.addTask {
                    while !Task.isCancelled {
                        signal.send()
                        try? await Task.sleep(for: Self.interval)
                    }
                }
                let places = Places(Self.concurrentJobs)
                for await _ in signal.signals {
                    if !isResumed {
                        isResumed = await attempt { try await registry.resumeSynchronizations() } != nil
                    }
                    while isResumed, places.take() {
                        guard let job = await attempt({ try await registry.takeSynchronizationJob() }) ?? nil else {
                            places.giveBack()
                            break
                        }
                        group.addTask {
                            await attempt { try await registry.perform(job, through: remotes) }
                            places.giveBack()
                            signal.send()
                        }
                    }
                }
                group.cancelAll()
            }
        }
    }

    @discardableResult
    private func attempt<Result: Sendable>(_ work: () async throws -> Result) async -> Result? {
        do {
            return try await work()
        } catch is CancellationError {
            // The server stops.
        } catch {
            registry.logger.error(
                "background work failed", metadata: ["berth.work": "synchronization", "error": "\(error)"])
        }
        return nil
    }
}

/// How many more may begin.
private final class Places: Sendable {
    private let free: Mutex<Int>

    init(_ count: Int) { free = Mutex(count) }

    /// - Returns: Whether there was one.
    func take() -> Bool {
        free.withLock { count in
            guard count > 0 else { return false }
            count -= 1
            return true
        }
    }

    func giveBack() { free.withLock { $0 += 1 } }
}
