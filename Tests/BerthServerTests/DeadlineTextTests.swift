import BerthAccess
import BerthOCI
import BerthRegistry
import BerthTestBasics
import Foundation
import Testing

@Suite struct DeadlineTextTests {
    @Test(
        "a text means one instant",
        arguments: [
            ("2026-12-31", "2027-01-01T00:00:00Z"),
            ("2024-02-28", "2024-02-29T00:00:00Z"),
            ("2024-02-29", "2024-03-01T00:00:00Z"),
            ("2000-02-29", "2000-03-01T00:00:00Z"),
            ("9999-12-30", "9999-12-31T00:00:00Z"),
            ("9999-12-31", "9999-12-31T23:59:59.999Z"),
            ("2026-12-31T18:00:00Z", "2026-12-31T18:00:00Z"),
            ("2026-12-31t18:00:00z", "2026-12-31T18:00:00Z"),
            ("2026-12-31T18:00:00+01:00", "2026-12-31T17:00:00Z"),
            ("2026-12-31T18:00:00-05:30", "2026-12-31T23:30:00Z"),
            ("2027-01-01T00:30:00+01:00", "2026-12-31T23:30:00Z"),
            ("2026-12-31T18:00:00-00:00", "2026-12-31T18:00:00Z"),
            ("2026-12-31T18:00:00.5Z", "2026-12-31T18:00:00.500Z"),
            ("2026-12-31T18:00:00.1239999999Z", "2026-12-31T18:00:00.123Z"),
            ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"),
            ("2017-01-01T05:29:60+05:30", "2017-01-01T00:00:00Z"),
        ])
    func meaning(text: String, instant: String) throws {
        let deadline = try DeadlineText.parse(until: text)
        guard case .until(let end) = deadline else {
            Issue.record("\(text) is forever")
            return
        }
        #expect(end.rfc3339 == instant)
        #expect(end == CivilTime(end).date)
    }

    @Test(
        "counted in whole days, a share ends at midnight after the day that is written",
        arguments: [
            ("2026-12-31", "2027-01-01T00:00:00Z"), ("2026-12-31T00:00:00Z", "2027-01-01T00:00:00Z"),
            ("2026-12-31T16:00:00.000Z", "2027-01-01T00:00:00Z"),
            ("2026-12-31T23:59:59.999999Z", "2027-01-01T00:00:00Z"),
            ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"), ("2024-02-28T23:00:00+00:00", "2024-02-29T00:00:00Z"),
            ("9999-12-31T00:00:00Z", "9999-12-31T23:59:59.999Z"),
        ])
    func wholeDays(text: String, end: String) throws {
        let deadline = try DeadlineText.parse(throughDayOf: text)
        #expect(deadline.end?.rfc3339 == end)
        #expect(DeadlineText.lastSecond(before: deadline) == "\(text.prefix(10))T23:59:59Z")
    }

    @Test(
        "a day of another zone and what is no time is refused, and forever is forever",
        arguments: [
            "", "Forever", "never", "2026-12-31T18:00:00+01:00", "2026-12-31T18:00:00-00:01", "2026-12-31Z",
            "2026-02-30T00:00:00Z", "2026-12-31T25:00:00Z", "2026-12-31T00:00:00", "forever ", "é026-12-3",
        ])
    func noWholeDays(text: String) throws {
        let failure = #expect(throws: ParseFailure.self) { try DeadlineText.parse(throughDayOf: text) }
        #expect(failure?.expected.contains("forever") == true)
        #expect(try DeadlineText.parse(throughDayOf: "forever") == .forever)
        #expect(DeadlineText.lastSecond(before: .forever) == "forever")
    }

    @Test(
        "an exact end is written as the last second that it leaves",
        arguments: [
            ("2026-12-31T18:00:00Z", "2026-12-31T17:59:59Z"), ("2026-12-31T18:00:00.001Z", "2026-12-31T18:00:00Z"),
            ("1969-12-31T23:59:59.500Z", "1969-12-31T23:59:59Z"),
        ])
    func lastSeconds(text: String, last: String) throws {
        #expect(DeadlineText.lastSecond(before: try DeadlineText.parse(until: text)) == last)
    }

    @Test(
        "what is no date and no instant is refused, with the forms that are",
        arguments: [
            "", " ", "forever", "2026", "2026-12", "2026-1-1", "26-12-31", "2026-13-01", "2026-00-10", "2026-02-29",
            "1900-02-29", "2026-04-31", "2026-12-32", "2026-12-31 ", " 2026-12-31", "2026/12/31", "20261231",
            "+2026-12-31", "-2026-12-31", "12026-12-31", "2026-12-31T", "2026-12-31T18", "2026-12-31T18:00",
            "2026-12-31T18:00:00", "2026-12-31T18:00Z", "2026-12-31 18:00:00Z", "2026-12-31T24:00:00Z",
            "2026-12-31T18:60:00Z", "2026-12-31T18:00:61Z", "2026-12-31T18:00:60Z", "2026-12-31T18:00:00.Z",
            "2026-12-31T18:00:00+1:00", "2026-12-31T18:00:00+0100", "2026-12-31T18:00:00+24:00",
            "2026-12-31T18:00:00+01:60", "2026-12-31T18:00:00Zjunk", "2026-12-31T18:00:00Z\0",
            "9999-12-31T23:59:59.999-00:01", "0000-01-01T00:00:00+00:01", "２０２６-12-31", "2026-12-3\u{0301}1",
            "٢٠٢٦-١٢-٣١",
            String(repeating: "9", count: 100_000),
            "2026-12-31T18:00:00." + String(repeating: "1", count: 100_000) + "Z",
        ])
    func refusals(text: String) {
        let failure = #expect(throws: ParseFailure.self) { try DeadlineText.parse(until: text) }
        #expect(failure?.expected.contains("2026-12-31T18:00:00Z") == true)
    }

    @Test("damaged texts are refused or read, and never crash; what is read is a time that can be written")
    func hostileInput() {
        var generator = SeededGenerator(seed: 20_261_231)
        let alphabet = Array("0123456789-:TtZz+. \u{0}é\u{1F6A2}")
        let models = ["2026-12-31", "2026-12-31T18:00:00+01:00", "9999-12-31T23:59:59.999Z", "90s"].map(Array.init)
        for _ in 0..<20_000 {
            var text = models.randomElement(using: &generator) ?? []
            for _ in 0..<Int.random(in: 1...3, using: &generator) where !text.isEmpty {
                let index = text.indices.randomElement(using: &generator) ?? 0
                switch Int.random(in: 0...2, using: &generator) {
                case 0: text[index] = alphabet.randomElement(using: &generator) ?? "0"
                case 1: text.insert(alphabet.randomElement(using: &generator) ?? "0", at: index)
                default: text.remove(at: index)
                }
            }
            guard case .until(let end)? = try? DeadlineText.parse(until: String(text)) else { continue }
            #expect(end >= CivilTime.first && end <= CivilTime.last)
            #expect((try? DeadlineText.parse(until: end.rfc3339)) == .until(end))
        }
    }

    @Test("an instant that is written is read back, over all years")
    func roundTrip() throws {
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<10_000 {
            let milliseconds = Int64.random(in: -62_167_219_200_000...253_402_300_799_999, using: &generator)
            let instant = Date(timeIntervalSince1970: Double(milliseconds) / 1000)
            #expect(try DeadlineText.parse(until: instant.rfc3339) == .until(instant))
        }
    }

    @Test(
        "a duration counts from now",
        arguments: [
            ("90s", "2026-11-21T12:01:30Z"), ("15m", "2026-11-21T12:15:00Z"), ("36h", "2026-11-23T00:00:00Z"),
            ("30d", "2026-12-21T12:00:00Z"), ("1s", "2026-11-21T12:00:01Z"), ("007d", "2026-11-28T12:00:00Z"),
        ])
    func durations(text: String, instant: String) throws {
        let deadline = try DeadlineText.parse(for: text, from: try Self.noon())
        #expect(deadline == (try DeadlineText.parse(until: instant)))
    }

    @Test(
        "what is no duration, and an end beyond the year 9999, is refused",
        arguments: [
            "", "s", "90", "0s", "-1d", "+1d", "1.5h", "90 s", "1w", "1D", "٣d", "1d1h", "9223372036854775807d",
            "99999999999999999999999d", "999999999999s", "4000000d", "2920000d",
            String(repeating: "1", count: 100_000) + "d",
        ])
    func badDurations(text: String) throws {
        let noon = try Self.noon()
        #expect(throws: ParseFailure.self) { try DeadlineText.parse(for: text, from: noon) }
    }

    @Test(
        "a duration is written in the largest unit that divides it",
        arguments: [
            (90, "90s"), (60, "60s"), (120, "2m"), (129_600, "36h"), (86_400, "24h"), (172_800, "2d"), (0, "0s"),
        ])
    func durationText(seconds: Int, text: String) throws {
        #expect(DurationText.text(.seconds(seconds)) == text)
        #expect(try DurationText.parse(text, allowsZero: true) == .seconds(seconds))
    }

    private static func noon() throws -> Date {
        guard case .until(let noon) = try DeadlineText.parse(until: "2026-11-21T12:00:00Z") else {
            throw CancellationError()
        }
        return noon
    }
}

extension Deadline {
    fileprivate var end: Date? {
        guard case .until(let end) = self else { return nil }
        return end
    }
}
