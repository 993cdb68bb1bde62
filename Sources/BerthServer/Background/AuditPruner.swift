import BerthRegistry
import Logging
import ServiceLifecycle

/// Removes records of the audit log that have become too old, at the start and once an hour.
struct AuditPruner: Service {
    let registry: Registry
    private let interval: Duration = .seconds(60 * 60)

    init(registry: Registry) { self.registry = registry }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await prune()
                try? await Task.sleep(for: interval)
            }
        }
    }

    private func prune() async {
        do {
            let count = try await registry.pruneAudit()
            if count > 0 { registry.logger.info("removed old audit records", metadata: ["berth.records": "\(count)"]) }
        } catch is CancellationError {
            // The server stops.
        } catch {
            registry.logger.error("old audit records could not be removed", metadata: ["error": "\(error)"])
        }
    }
}
