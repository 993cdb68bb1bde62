import BerthAccess
import BerthCatalog
import BerthOCI
import Foundation
import Synchronization

/// What was pulled since it was last recorded, so that no pull waits for a write.
///
/// Bounded: what is pulled from more repositories or sent for more accounts than ``maximumEntries`` between two
/// recordings is not counted. A crash loses what has not been recorded yet.
final class TrafficMeter: Sendable {
    static let maximumEntries = 10_000

    private let counted = Mutex(Traffic())

    func countPull(from repository: RepositoryID) {
        counted.withLock { $0.pulls.add(1, to: repository) }
    }

    func countBytes(_ bytes: Int64, of account: AccountID, at date: Date) {
        guard bytes > 0 else { return }
        let key = Traffic.AccountDay(account: account, day: date.dayNumber)
        counted.withLock { $0.bytes.add(bytes, to: key) }
    }

    /// Gives what has been counted and begins anew.
    func take() -> Traffic {
        counted.withLock { counted in
            defer { counted = Traffic() }
            return counted
        }
    }

    /// Counts what was taken and could not be recorded.
    func putBack(_ traffic: Traffic) {
        counted.withLock { counted in
            for (repository, pulls) in traffic.pulls { counted.pulls.add(pulls, to: repository) }
            for (key, bytes) in traffic.bytes { counted.bytes.add(bytes, to: key) }
        }
    }
}

extension Dictionary where Value == Int64 {
    /// Adds to a sum, or begins one where there is room for it.
    fileprivate mutating func add(_ amount: Int64, to key: Key) {
        guard count < TrafficMeter.maximumEntries || self[key] != nil else { return }
        self[key, default: 0] &+= amount
    }
}

extension Date {
    /// Whole days since 1970, in UTC.
    package var dayNumber: Int { Int((timeIntervalSince1970 / 86_400).rounded(.down)) }
}

extension Registry {
    /// Records the pulls and the bytes that were counted since the last time, in one transaction.
    ///
    /// When that fails they are kept for the next time.
    ///
    /// - Throws: Errors of the catalog.
    package func recordTraffic() async throws {
        let batch = traffic.take()
        guard !batch.isEmpty else { return }
        do {
            try await catalog.record { try $0.record(batch) }
        } catch {
            traffic.putBack(batch)
            throw error
        }
    }

    /// Records what every account stores, as the last word on this day so far.
    ///
    /// - Throws: Errors of the catalog.
    package func recordStorage() async throws {
        let today = now().dayNumber
        guard try await catalog.read({ try $0.hasUnrecordedStorage(on: today) }) else { return }
        try await catalog.record { try $0.recordStorage(on: today) }
    }
}
