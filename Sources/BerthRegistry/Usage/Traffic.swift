import BerthAccess
import BerthCatalog
import BerthOCI
import Foundation
import Synchronization

/// What was pulled since it was last recorded, so that no pull waits for a write.
///
/// Bounded: when more manifests than ``maximumEntries`` are pulled between two recordings, or bytes are sent for more
/// accounts, the rest is not counted. A crash loses what has not been recorded yet.
final class TrafficMeter: Sendable {
    static let maximumEntries = 10_000

    private let counted = Mutex(Traffic())

    func countPull(of manifest: Digest, from repository: RepositoryID, at date: Date) {
        let key = Traffic.ManifestDay(repository: repository, manifest: manifest, day: date.dayNumber)
        counted.withLock { $0.pulls.add(Traffic.Pulls(count: 1, last: date), to: key) }
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
            for (key, pulls) in traffic.pulls { counted.pulls.add(pulls, to: key) }
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

extension [Traffic.ManifestDay: Traffic.Pulls] {
    /// Adds to pulls, or begins to count them where there is room for it.
    fileprivate mutating func add(_ pulls: Traffic.Pulls, to key: Key) {
        guard count < TrafficMeter.maximumEntries || self[key] != nil else { return }
        var sum = self[key] ?? Traffic.Pulls(count: 0, last: pulls.last)
        sum.count &+= pulls.count
        if pulls.last > sum.last { sum.last = pulls.last }
        self[key] = sum
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
