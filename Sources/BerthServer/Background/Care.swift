import BerthRegistry
import Foundation
import Logging
import ServiceLifecycle

/// What is done for the data without being asked, and how often.
struct CarePlan: Sendable {
    /// `nil` for never.
    var garbageInterval: Duration?
    var scrubInterval: Duration?
    /// The most bytes that a scrub reads in a second.
    var scrubRate: Int64 = 10 * 1024 * 1024
}

extension BackgroundWork {
    /// How often it is asked whether a collection or a scrub is due; the first minute of a server belongs to its clients.
    private static let careInterval = Duration.seconds(60)
    private static let hour = Duration.seconds(60 * 60)

    /// Removes what has become too old.
    static func removals(for registry: Registry) -> [any Service] {
        [
            PeriodicWork("uploads", every: hour, logger: registry.logger) {
                let count = try await registry.removeExpiredUploads()
                guard count > 0 else { return }
                registry.logger.info("removed abandoned uploads", metadata: ["berth.uploads": "\(count)"])
            },
            PeriodicWork("audit", every: hour, logger: registry.logger) {
                let count = try await registry.pruneAudit()
                guard count > 0 else { return }
                registry.logger.info("removed old audit records", metadata: ["berth.records": "\(count)"])
            },
        ]
    }

    /// Collects garbage and reads blobs again, each when it is due.
    static func care(for registry: Registry, _ plan: CarePlan) -> [any Service] {
        var services: [any Service] = []
        if let interval = plan.garbageInterval {
            services.append(
                PeriodicWork("gc", every: careInterval, after: careInterval, logger: registry.logger) {
                    guard let report = try await registry.collectGarbageIfDue(interval: interval) else { return }
                    registry.logger.info(
                        "garbage collected",
                        metadata: ["berth.blobs": "\(report.deletedBlobs)", "berth.bytes": "\(report.freedBytes)"])
                })
        }
        if let interval = plan.scrubInterval {
            services.append(
                PeriodicWork("scrub", every: careInterval, after: careInterval, logger: registry.logger) {
                    guard let report = try await registry.scrubIfDue(interval: interval, rate: plan.scrubRate) else {
                        return
                    }
                    registry.logger.info(
                        "all blobs were read again",
                        metadata: ["berth.blobs": "\(report.checkedBlobs)", "berth.damaged": "\(report.damagedBlobs)"])
                })
        }
        return services
    }
}
