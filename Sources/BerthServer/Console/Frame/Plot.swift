import BerthRegistry
import Foundation

/// Thirty days or so as a small picture, and the same as a table for who cannot see it.
struct Plot: Sendable {
    enum Shape: Sendable { case line, bars }

    struct Day: Sendable {
        let day: String
        let value: String
    }

    /// What the topmost line of the grid stands for.
    let top: String
    /// What the picture shows, in a sentence.
    let summary: String
    let days: [Day]
    let first: String
    let last: String
    /// Path data in a field of 300 × 100; `nil` for the other shape.
    let line: String?
    let area: String?
    let bars: String?

    /// - Parameters:
    ///   - values: One for each day, none negative, oldest first.
    ///   - text: A value in words.
    ///   - summary: Makes the sentence of the first and the last day's name.
    init(
        _ values: [(day: Int, value: Int64)], as shape: Shape, text: (Int64) -> String,
        summary: (_ first: String, _ last: String) -> String
    ) {
        let top = Self.scale(for: values.map(\.value).max() ?? 0)
        let heights = values.map { 100 - 100 * Double($0.value) / Double(top) }
        days = values.map { Day(day: Self.name(ofDay: $0.day), value: text($0.value)) }
        (first, last) = (days.first?.day ?? "", days.last?.day ?? "")
        self.summary = summary(first, last)
        self.top = text(top)
        let width = 300 / Double(max(values.count, 1))
        switch shape {
        case .line:
            let step = 300 / Double(max(values.count - 1, 1))
            let points = heights.enumerated().map { "\(Self.number(Double($0) * step)) \(Self.number($1))" }
            line = "M" + points.joined(separator: "L")
            area = "M0 100L" + points.joined(separator: "L") + "L300 100z"
            bars = nil
        case .bars:
            (line, area) = (nil, nil)
            bars = zip(heights, values).enumerated().filter { $1.1.value > 0 }.map { index, bar in
                let (left, right) = (Double(index) * width + width * 0.15, Double(index + 1) * width - width * 0.15)
                return "M\(Self.number(left)) 100V\(Self.number(bar.0))H\(Self.number(right))V100z"
            }.joined()
        }
    }

    /// The least round number that is not less than a value, and at least 1.
    static func scale(for value: Int64) -> Int64 {
        guard value > 10 else { return max(value, 1) }
        var power: Int64 = 1
        while value / power >= 100 { power *= 10 }
        for factor: Int64 in [10, 12, 15, 20, 25, 30, 40, 50, 60, 80, 100] {
            let (scale, overflows) = power.multipliedReportingOverflow(by: factor)
            if !overflows, scale >= value { return scale }
        }
        return .max
    }

    private static func name(ofDay day: Int) -> String {
        String(CivilTime(Date(timeIntervalSince1970: Double(day) * 86_400)).rfc3339.prefix(10))
    }

    /// With one digit after the point.
    private static func number(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return tenths.isMultiple(of: 10) ? "\(tenths / 10)" : "\(tenths / 10).\(abs(tenths % 10))"
    }
}
