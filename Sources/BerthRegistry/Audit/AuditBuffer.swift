import BerthAccess
import BerthCatalog
import Foundation
import Synchronization

/// What has happened and is yet to be written to the audit log, so that no pull and no sign-in waits for a write.
///
/// Bounded. Of what was refused to one address, what comes after ``maximumRefusals`` different notes is told apart no
/// further than whoever is refused cannot help; what comes after ``maximumEntries`` different notes of any kind is lost,
/// and how much that was is told. A crash loses what has not been written yet.
final class AuditBuffer: Sendable {
    static let maximumEntries = 20_000
    static let maximumRefusals = 100

    /// A note with how many times it was made.
    struct Entry: Sendable {
        let note: AuditNote
        var count: Int64
        /// When it was made last.
        var last: Date
    }

    /// What is being written.
    struct Batch: Sendable {
        var entries: [Entry] = []
        var lost: Int64 = 0

        var isEmpty: Bool { entries.isEmpty && lost == 0 }
    }

    private struct State {
        var entries: [Entry] = []
        var places: [AuditNote: Int] = [:]
        var refusals: [String: Int] = [:]
        var lost: Int64 = 0
        /// How many batches were taken of which it is not known whether they are written.
        var writing = 0

        mutating func add(_ entry: Entry) {
            if let place = places[entry.note] {
                entries[place].count &+= entry.count
                entries[place].last = max(entries[place].last, entry.last)
            } else if entries.count < maximumEntries {
                places[entry.note] = entries.count
                entries.append(entry)
            } else {
                lost &+= entry.count
            }
        }

        mutating func isTellingApart(_ note: AuditNote) -> Bool {
            guard note.result == .refused, places[note] == nil else { return true }
            let count = refusals[note.origin.network, default: 0]
            guard count < maximumRefusals else { return false }
            refusals[note.origin.network] = count + 1
            return true
        }
    }

    private let isOn: Bool
    private let state = Mutex(State())

    /// - Parameter isOn: Whether anything is to be kept.
    init(isOn: Bool) { self.isOn = isOn }

    /// Keeps a note until it is written.
    func add(_ note: AuditNote, at now: Date) {
        guard isOn else { return }
        state.withLock { state in
            let kept = state.isTellingApart(note) ? note : note.coarse
            state.add(Entry(note: kept, count: 1, last: now))
        }
    }

    /// Whether all that was kept is written.
    var isWritten: Bool { state.withLock { $0.entries.isEmpty && $0.lost == 0 && $0.writing == 0 } }

    /// Takes the oldest notes and the number of those that were lost. ``confirm()`` or ``putBack(_:)`` must follow.
    func take(atMost limit: Int) -> Batch {
        state.withLock { state in
            let batch = Batch(entries: Array(state.entries.prefix(limit)), lost: state.lost)
            let rest = state.entries.dropFirst(limit)
            var places: [AuditNote: Int] = [:]
            for (place, entry) in rest.enumerated() { places[entry.note] = place }
            (state.entries, state.places, state.lost) = (Array(rest), places, 0)
            state.refusals = [:]
            state.writing += 1
            return batch
        }
    }

    /// What was taken is written.
    func confirm() { state.withLock { $0.writing -= 1 } }

    /// What was taken is not written and is kept for the next time.
    func putBack(_ batch: Batch) {
        state.withLock { state in
            let newer = state.entries
            (state.entries, state.places) = ([], [:])
            for entry in batch.entries + newer { state.add(entry) }
            state.lost &+= batch.lost
            state.writing -= 1
        }
    }
}
