import BerthOCI

/// Sizes as people write them: a whole number of bytes, or one with a unit, `500MB` or `10GiB`.
package enum SizeText {
    /// Reads a size in bytes.
    ///
    /// - Throws: ``ParseFailure`` for anything else, more than an `Int64` holds included.
    package static func parse(_ text: String) throws(ParseFailure) -> Int64 {
        let digits = text.prefix { $0.isASCII && $0.isWholeNumber }
        guard let number = Int64(digits), let unit = bytesPerUnit[String(text.dropFirst(digits.count))] else {
            throw failure(text)
        }
        let (bytes, overflow) = number.multipliedReportingOverflow(by: unit)
        guard !overflow else { throw failure(text) }
        return bytes
    }

    private static let bytesPerUnit: [String: Int64] = [
        "": 1, "B": 1, "kB": 1000, "MB": 1_000_000, "GB": 1_000_000_000, "TB": 1_000_000_000_000, "KiB": 1 << 10,
        "MiB": 1 << 20, "GiB": 1 << 30, "TiB": 1 << 40,
    ]

    private static func failure(_ text: String) -> ParseFailure {
        ParseFailure("size", found: text, expected: "a whole number and a unit, such as 500MB or 10GiB")
    }

    /// Writes a size for people: `97.5 MB`, in powers of 1,000 as docker counts.
    package static func text(of bytes: Int64) -> String {
        guard bytes >= 1000 else { return "\(bytes) B" }
        var value = Double(bytes)
        var unit = ""
        for next in ["kB", "MB", "GB", "TB", "PB", "EB"] where value >= 999.95 || unit.isEmpty {
            value /= 1000
            unit = next
        }
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10) \(unit)"
    }
}
