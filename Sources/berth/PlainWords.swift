import BerthAccess
import BerthRegistry
import BerthServer
import Foundation

/// Sizes and times in the words of people.
enum PlainWords {
    /// `97.5 MB`, in powers of 1,000 as docker counts.
    static func size(_ bytes: Int64) -> String { SizeText.text(of: bytes) }

    static func size(_ bytes: Int64?) -> String { bytes.map { size($0) } ?? "-" }

    /// `2026-12-31 23:59 UTC`
    static func instant(_ date: Date) -> String { CivilTime(date).text }

    /// `2026-12-31 23:59 UTC (in 29 days)`, or `forever`.
    static func deadline(_ deadline: Deadline, now: Date) -> String {
        switch deadline {
        case .forever: "forever"
        case .until(let end): "\(instant(end)) (\(distance(to: end, from: now)))"
        }
    }

    /// `in 29 days` or `3 hours ago`.
    static func distance(to date: Date, from now: Date) -> String {
        let seconds = Int(date.timeIntervalSince(now).rounded(.up))
        guard date >= now else { return "\(length(-seconds)) ago" }
        // A little more than is left, so that what was just given 30 days has 30 days.
        return "in \(length(seconds < 60 ? seconds : (seconds + 59) / 60 * 60))"
    }

    private static func length(_ seconds: Int) -> String {
        for (name, unit) in [("day", 86_400), ("hour", 3600), ("minute", 60)] where seconds >= unit {
            return count(seconds / unit, name)
        }
        return count(seconds, "second")
    }

    /// `1 blob`, `2 blobs`
    static func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }
}
