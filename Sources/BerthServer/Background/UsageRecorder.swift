import BerthRegistry
import Logging
import ServiceLifecycle

/// Records what is pulled, and what the audit log is to tell of it, every second and at the end, and what is stored every
/// minute.
struct UsageRecorder: Service {
    let registry: Registry
    private let interval: Duration = .seconds(1)
    /// A full disk or the like is tried again after this, so that the log is not flooded.
    private let intervalAfterFailure: Duration = .seconds(30)
    private let intervalsBetweenStorage = 60
    private static let auditComplaint = "the audit log could not be written"

    init(registry: Registry) { self.registry = registry }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var count = 0
            while !Task.isCancelled {
                let isRecorded = await log("usage could not be recorded") {
                    if count.isMultiple(of: intervalsBetweenStorage) { try await registry.recordStorage() }
                    try await registry.recordTraffic()
                }
                let isTold = await log(Self.auditComplaint) { try await registry.writeAudit() }
                count += 1
                try? await Task.sleep(for: isRecorded && isTold ? interval : intervalAfterFailure)
            }
        }
        // The server has sent its last byte; being cancelled must not lose the count of it.
        await Task {
            _ = await log("the last pulls could not be recorded") { try await registry.recordTraffic() }
            _ = await log(Self.auditComplaint) { try await registry.writeAudit() }
        }.value
    }

    /// - Returns: Whether the work was done.
    private func log(_ complaint: String, of work: () async throws -> Void) async -> Bool {
        do {
            try await work()
            return true
        } catch is CancellationError {
            // The server stops.
        } catch {
            registry.logger.error("\(complaint)", metadata: ["error": "\(error)"])
        }
        return false
    }
}
