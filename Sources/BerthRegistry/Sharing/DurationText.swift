import BerthOCI

/// Durations as people write them: a whole number and a unit, `90s`, `15m`, `36h` or `30d`.
package enum DurationText {
    /// The longest duration that can be written, about 9,000 years.
    package static let longest = Duration.seconds(9000 * 366 * 86_400)

    /// Reads a duration of whole seconds; `0s` only where that is allowed.
    ///
    /// - Throws: ``ParseFailure`` for anything else, more than ``longest`` included.
    package static func parse(
        _ text: some StringProtocol, allowsZero: Bool = false
    ) throws(ParseFailure) -> Duration {
        guard let unit = text.last, let seconds = secondsPerUnit[unit] else { throw failure(text) }
        let digits = text.dropLast().utf8
        guard (1...12).contains(digits.count), digits.allSatisfy({ (48...57).contains($0) }),
            let number = Int64(String(text.dropLast())), number > 0 || allowsZero
        else { throw failure(text) }
        let (product, overflow) = number.multipliedReportingOverflow(by: seconds)
        guard !overflow, .seconds(product) <= longest else { throw failure(text) }
        return .seconds(product)
    }

    /// Writes a duration in the largest unit that divides it: `36h`, `90s`. Fractions of a second are dropped.
    package static func text(_ duration: Duration) -> String {
        let seconds = duration.components.seconds
        for (unit, length) in [("d", Int64(86_400)), ("h", 3600), ("m", 60)]
        where seconds != 0 && seconds % length == 0 && seconds / length > 1 {
            return "\(seconds / length)\(unit)"
        }
        return "\(seconds)s"
    }

    private static let secondsPerUnit: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]

    private static func failure(_ text: some StringProtocol) -> ParseFailure {
        ParseFailure("duration", found: text, expected: "a whole number and a unit, such as 90s, 15m, 36h or 30d")
    }
}
