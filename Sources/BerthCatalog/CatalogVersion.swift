import BerthDatabase
import Foundation
import Synchronization

/// Finds out the version of a catalog in microseconds, for several event loops at once.
final class CatalogVersion: Sendable {
    /// How many can ask at once without waiting for each other: event loops are as many as processors.
    private static let watcherCount = min(max(ProcessInfo.processInfo.activeProcessorCount, 1), 4)

    private let watches: [Watch]

    init(of database: Database) throws {
        watches = try (0..<Self.watcherCount).map { _ in Watch(try database.watch()) }
    }

    var current: Int64 {
        get throws {
            for watch in watches { if let version = try watch.currentIfFree { return version } }
            return try watches[0].current
        }
    }

    func close() throws {
        for watch in watches { try watch.close() }
    }
}

/// One connection with what was last seen through it.
private final class Watch: Sendable {
    private let watcher: DatabaseWatcher
    /// The version as it was when the watcher's change counter stood where it says.
    private let last = Mutex<(changeCounter: Int64, version: Int64)?>(nil)

    init(_ watcher: DatabaseWatcher) { self.watcher = watcher }

    var current: Int64 { get throws { try last.withLock { try look(&$0) } } }

    /// `nil` while somebody else looks.
    var currentIfFree: Int64? { get throws { try last.withLockIfAvailable { try look(&$0) } } }

    func close() throws { try watcher.close() }

    private func look(_ last: inout (changeCounter: Int64, version: Int64)?) throws -> Int64 {
        try watcher.look { changeCounter, connection in
            if let last, last.changeCounter == changeCounter { return last.version }
            let row = try connection.first("SELECT number FROM catalog_version")
            let version = try row?.integer("catalog_version", "number") ?? 0
            last = (changeCounter, version)
            return version
        }
    }
}
