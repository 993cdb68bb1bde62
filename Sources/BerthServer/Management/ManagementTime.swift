import BerthRegistry
import Foundation

/// An instant as the management API writes it: UTC, with microseconds.
struct ManagementTime: Encodable, Sendable {
    let date: Date

    init(_ date: Date) { self.date = date }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }

    /// `2026-01-01T00:00:00.000000Z`
    var text: String {
        let microseconds = Int64((date.timeIntervalSince1970 * 1_000_000).rounded())
        let seconds = microseconds.quotientAndRemainder(dividingBy: 1_000_000)
        let whole = CivilTime(Date(timeIntervalSince1970: Double(seconds.quotient))).rfc3339.dropLast()
        let fraction = String(seconds.remainder)
        return "\(whole).\(String(repeating: "0", count: 6 - fraction.count))\(fraction)Z"
    }
}
