import BerthRegistry
import Foundation
import Logging
import ServiceLifecycle

/// Collects garbage and reads blobs again, each when it is due.
struct Caretaker: Service {
    /// What is done of itself, and how often.
    struct Plan: Sendable {
        /// `nil` for never.
        var garbageInterval: Duration?
        var scrubInterval: Duration?
        /// The most bytes that a scrub reads in a second.
        var scrubRate: Int64 = 10 * 1024 * 1024

        /// Whether there is nothing to do.
        var isIdle: Bool { garbageInterval == nil && scrubInterval == nil }
    }

    let registry: Registry
    let plan: Plan
    /// How often it is asked whether something is due.
    private let interval: Duration = .seconds(60)

    init(registry: Registry, plan: Plan) {
        self.registry = registry
        self.plan = plan
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                if let interval = plan.garbageInterval {
                    group.addTask { await again("gc") { try await collectGarbage(interval) } }
                }
                if let interval = plan.scrubInterval {
                    group.addTask { await again("scrub") { try await scrub(interval) } }
                }
            }
        }
    }

    private func again(_ name: String, _ work: @Sendable () async throws -> Void) async {
        // The first minute of a server belongs to its clients.
        while (try? await Task.sleep(for: interval)) != nil {
            do {
                try await work()
            } catch is CancellationError {
                return
            } catch {
                registry.logger.error(
                    "background work failed", metadata: ["berth.work": "\(name)", "error": "\(error)"])
            }
        }
    }

    private func collectGarbage(_ interval: Duration) async throws {
        guard let report = try await registry.collectGarbageIfDue(interval: interval) else { return }
        registry.logger.info(
            "garbage collected",
            metadata: ["berth.blobs": "\(report.deletedBlobs)", "berth.bytes": "\(report.freedBytes)"])
    }

    private func scrub(_ interval: Duration) async throws {
        guard let report = try await registry.scrubIfDue(interval: interval, rate: plan.scrubRate) else { return }
        registry.logger.info(
            "all blobs were read again",
            metadata: ["berth.blobs": "\(report.checkedBlobs)", "berth.damaged": "\(report.damagedBlobs)"])
    }
}
