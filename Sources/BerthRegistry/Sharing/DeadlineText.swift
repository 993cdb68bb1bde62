import BerthAccess
import BerthOCI
import Foundation

/// Deadlines as people write them; the only place that reads them.
///
/// A text is read byte by byte, is bounded in length, and either gives a deadline or says what was expected; it
/// depends on no locale and no time zone of the machine.
package enum DeadlineText {
    /// Reads the end of a share: a date or an instant.
    ///
    /// A date such as `2026-12-31` means through the end of that day in UTC, that is up to, and not including,
    /// `2027-01-01T00:00:00Z`. An instant is RFC 3339 with a zone, `2026-12-31T18:00:00+01:00`, fractions cut down to
    /// milliseconds. Whether it has passed is for the use case to say.
    ///
    /// - Throws: ``ParseFailure`` for anything else, and for what lies beyond the year 9999.
    package static func parse(until text: String) throws(ParseFailure) -> Deadline {
        var scanner = Scanner(text)
        guard text.utf8.count <= 64, let year = scanner.number(4), scanner.take("-"), let month = scanner.number(2),
            scanner.take("-"), let day = scanner.number(2),
            let midnight = CivilTime(year: year, month: month, day: day)?.millisecondsSince1970
        else { throw failure(text) }
        if scanner.isAtEnd {
            return .until(CivilTime.instant(min(midnight + 86_400_000, CivilTime.lastMillisecond)))
        }
        guard scanner.take("T") || scanner.take("t"), let time = scanner.timeOfDay(), let offset = scanner.zone(),
            scanner.isAtEnd
        else { throw failure(text) }
        let instant = midnight + time.milliseconds - offset * 60_000
        guard !time.isLeapSecond || instant % 86_400_000 == 0,
            (CivilTime.firstMillisecond...CivilTime.lastMillisecond).contains(instant)
        else { throw failure(text) }
        return .until(CivilTime.instant(instant))
    }

    /// Reads the end of a share that is counted in whole days: `forever`, or a date or an instant of UTC.
    ///
    /// Whatever the time of day, the share is good through the end of that day, that is up to, and not including,
    /// the next midnight in UTC.
    ///
    /// - Throws: ``ParseFailure`` for anything else, and for an instant of another zone, whose day is not the day that
    ///   is written.
    package static func parse(throughDayOf text: String) throws(ParseFailure) -> Deadline {
        guard text != "forever" else { return .forever }
        let isDate = text.utf8.count == 10
        guard isDate || ["Z", "z", "+00:00"].contains(where: text.hasSuffix), (try? parse(until: text)) != nil else {
            throw ParseFailure(
                "deadline", found: text,
                expected: "forever, or a time of UTC such as 2026-12-31T16:00:00Z, through the end of whose day the "
                    + "share is good")
        }
        return try parse(until: String(text.prefix(10)))
    }

    /// Writes the last whole second before a deadline, whose date is the last day that a share is good on:
    /// `2026-12-31T23:59:59Z`; or `forever`.
    package static func lastSecond(before deadline: Deadline) -> String {
        guard case .until(let end) = deadline else { return "forever" }
        let seconds = Double(CivilTime(end).millisecondsSince1970 - 1) / 1000
        return CivilTime(Date(timeIntervalSince1970: seconds.rounded(.down))).rfc3339
    }

    /// Reads how long a share is good for from `now` on: `90s`, `15m`, `36h` or `30d`.
    ///
    /// The end is the next whole second, since tokens end at whole seconds and must not outlive the share.
    ///
    /// - Throws: ``ParseFailure`` for anything else, and for an end beyond the year 9999.
    package static func parse(for text: String, from now: Date) throws(ParseFailure) -> Deadline {
        let seconds = try DurationText.parse(text).components.seconds
        let end = Date(timeIntervalSince1970: (now.timeIntervalSince1970 + Double(seconds)).rounded(.up))
        guard end <= CivilTime.last else {
            throw ParseFailure(
                "duration", found: text, expected: "an end before the year 10000; forever is another way")
        }
        return .until(CivilTime(end).date)
    }

    private static func failure(_ text: String) -> ParseFailure {
        ParseFailure(
            "deadline", found: text,
            expected: "a date such as 2026-12-31 (through the end of that day, UTC) or an instant with a zone such as "
                + "2026-12-31T18:00:00Z, not beyond the year 9999")
    }
}

/// Reads the parts of an instant off the front of a text.
private struct Scanner {
    private var rest: Substring.UTF8View

    init(_ text: String) { rest = Substring(text).utf8 }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: character) else { return false }
        rest.removeFirst()
        return true
    }

    /// Exactly `count` digits.
    mutating func number(_ count: Int) -> Int? {
        let digits = rest.prefix(count)
        guard digits.count == count, digits.allSatisfy(isDigit) else { return nil }
        rest.removeFirst(count)
        return digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    }

    /// `hh:mm:ss` with any number of digits of fraction; second 60 is let through and marked.
    mutating func timeOfDay() -> (milliseconds: Int, isLeapSecond: Bool)? {
        guard let hour = number(2), hour < 24, take(":"), let minute = number(2), minute < 60, take(":"),
            let second = number(2), second <= 60
        else { return nil }
        var fraction = 0
        if take(".") {
            let digits = rest.prefix(while: isDigit)
            guard !digits.isEmpty else { return nil }
            rest.removeFirst(digits.count)
            let thousandths =
                Array(digits.prefix(3)) + Array(repeating: UInt8(ascii: "0"), count: max(3 - digits.count, 0))
            fraction = thousandths.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
        }
        if second == 60 { fraction = 0 }
        return (((hour * 60 + minute) * 60 + second) * 1000 + fraction, second == 60)
    }

    /// `Z`, or an offset such as `+05:30`, in minutes east of UTC.
    mutating func zone() -> Int? {
        if take("Z") || take("z") { return 0 }
        let isEast = take("+")
        guard isEast || take("-"), let hours = number(2), hours < 24, take(":"), let minutes = number(2), minutes < 60
        else { return nil }
        return (isEast ? 1 : -1) * (hours * 60 + minutes)
    }

    private func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
