import Foundation

/// A date and time of day in UTC, in the proleptic Gregorian calendar, years 0 to 9999.
///
/// It has no time zone, locale or leap second and does its own arithmetic, so that a deadline means the same on
/// every machine.
package struct CivilTime: Hashable, Sendable {
    package let year: Int
    package let month: Int
    package let day: Int
    /// Milliseconds since midnight, below 86,400,000.
    package let milliseconds: Int

    /// The last instant that can be written: 9999-12-31T23:59:59.999Z.
    package static let last = instant(lastMillisecond)
    /// 0000-01-01T00:00:00Z.
    package static let first = instant(firstMillisecond)

    /// ``first`` and ``last`` in milliseconds since 1970.
    static let firstMillisecond = -62_167_219_200_000
    static let lastMillisecond = 253_402_300_799_999

    /// The one `Date` that stands for a millisecond, so that equal times are equal dates.
    static func instant(_ millisecondsSince1970: Int) -> Date {
        Date(timeIntervalSince1970: Double(millisecondsSince1970) / 1000)
    }

    /// The civil time of an instant, to the nearest millisecond; what lies outside the years 0 to 9999 becomes the
    /// nearest time that does not.
    package init(_ instant: Date) {
        let bounded = min(max(instant, Self.first), Self.last)
        let milliseconds = Int((bounded.timeIntervalSince1970 * 1000).rounded(.toNearestOrEven))
        let days = (Double(milliseconds) / 86_400_000).rounded(.down)
        (year, month, day) = Self.date(ofDay: Int(days))
        self.milliseconds = milliseconds - Int(days) * 86_400_000
    }

    /// `nil` for a day that the calendar does not have.
    init?(year: Int, month: Int, day: Int, milliseconds: Int = 0) {
        guard (0...9999).contains(year), (1...12).contains(month),
            (1...Self.length(ofMonth: month, year: year)).contains(day), (0..<86_400_000).contains(milliseconds)
        else { return nil }
        self.year = year
        self.month = month
        self.day = day
        self.milliseconds = milliseconds
    }

    /// The instant, exact to the millisecond.
    package var date: Date { Self.instant(millisecondsSince1970) }

    var millisecondsSince1970: Int {
        Self.dayNumber(year: year, month: month, day: day) * 86_400_000 + milliseconds
    }

    /// `2026-12-31T23:59:00Z`, with a fraction of three digits where there is one.
    package var rfc3339: String {
        let fraction = milliseconds % 1000
        return "\(dayText)T\(clockText):\(padded(milliseconds / 1000 % 60, 2))"
            + (fraction == 0 ? "Z" : ".\(padded(fraction, 3))Z")
    }

    /// `2026-12-31 23:59 UTC`, as tables show it.
    package var text: String { "\(dayText) \(clockText) UTC" }

    private var dayText: String { "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))" }
    private var clockText: String { "\(padded(milliseconds / 3_600_000, 2)):\(padded(milliseconds / 60_000 % 60, 2))" }

    private func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(width - digits.count, 0)) + digits
    }

    private static func length(ofMonth month: Int, year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days since 1970-01-01, counted in eras of 400 years that begin in March.
    private static func dayNumber(year: Int, month: Int, day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    private static func date(ofDay number: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = number + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        let year = yearOfEra + era * 400 + (month >= 10 ? 1 : 0)
        return (year, month < 10 ? month + 3 : month - 9, dayOfYear - (153 * month + 2) / 5 + 1)
    }
}

extension Date {
    /// The instant as RFC 3339 in UTC, exact to the millisecond.
    package var rfc3339: String { CivilTime(self).rfc3339 }
}
