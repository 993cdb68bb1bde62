import Foundation
import Synchronization

/// Instants as log lines begin with them: `2026-11-21T05:13:15.446Z`.
enum LogTime {
    private static let last = Mutex<(second: time_t, text: String)>((.min, ""))

    static func append(_ date: Date, to line: inout String) {
        let milliseconds = Int64((date.timeIntervalSince1970 * 1000).rounded(.down))
        let (second, fraction) = milliseconds.quotientAndRemainder(dividingBy: 1000)
        line += last.withLock { last in
            if last.second != second { last = (time_t(second), text(of: time_t(second))) }
            return last.text
        }
        line += fraction < 10 ? ".00" : fraction < 100 ? ".0" : "."
        line += String(fraction)
        line += "Z"
    }

    private static func text(of second: time_t) -> String {
        var second = second
        var parts = tm()
        gmtime_r(&second, &parts)
        func padded(_ number: CInt) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let day = "\(parts.tm_year + 1900)-\(padded(parts.tm_mon + 1))-\(padded(parts.tm_mday))"
        return "\(day)T\(padded(parts.tm_hour)):\(padded(parts.tm_min)):\(padded(parts.tm_sec))"
    }
}
