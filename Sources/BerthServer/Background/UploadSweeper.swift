import BerthRegistry
import Logging
import ServiceLifecycle

/// Removes abandoned uploads, at the start and once an hour.
struct UploadSweeper: Service {
    let registry: Registry
    private let interval: Duration = .seconds(60 * 60)

    init(registry: Registry) { self.registry = registry }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await sweep()
                try? await Task.sleep(for: interval)
            }
        }
    }

    private func sweep() async {
        do {
            let count = try await registry.removeExpiredUploads()
            if count > 0 { registry.logger.info("removed abandoned uploads", metadata: ["berth.uploads": "\(count)"]) }
        } catch is CancellationError {
            // The server stops.
        } catch {
            registry.logger.error("abandoned uploads could not be removed", metadata: ["error": "\(error)"])
        }
    }
}
