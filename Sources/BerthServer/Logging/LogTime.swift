import Foundation
import Synchronization

/// Instants as log lines begin with them: `2026-11-21T05:13:15.446Z`. Each second is formatted once.
enum LogTime {
    private static let last = Mutex<(second: Int64, text: String)>((.min, ""))

    static func append(_ date: Date, to line: inout String) {
        let milliseconds = Int64((date.timeIntervalSince1970 * 1000).rounded(.down))
        let (second, fraction) = milliseconds.quotientAndRemainder(dividingBy: 1000)
        line += last.withLock { last in
            if last.second != second { last = (second, text(of: second)) }
            return last.text
        }
        line += fraction < 10 ? ".00" : fraction < 100 ? ".0" : "."
        line += String(fraction)
        line += "Z"
    }

    private static func text(of second: Int64) -> String {
        Date(timeIntervalSince1970: TimeInterval(second))
            .formatted(.iso8601.year().month().day().time(includingFractionalSeconds: false))
    }
}
