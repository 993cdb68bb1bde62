import BerthAccess
import BerthRegistry
import Foundation

/// An instant as pages show it: in UTC, which the script turns into the viewer's zone.
struct Moment: Sendable {
    let iso: String
    let text: String

    init(_ date: Date) {
        iso = CivilTime(date).rfc3339
        text = CivilTime(date).text
    }

    /// The end of a share; `nil` for one that is for good.
    init?(_ deadline: Deadline) {
        guard case .until(let end) = deadline else { return nil }
        self.init(end)
    }

    /// The instant that a config or the like names, to the second; `nil` for what names none in UTC.
    init?(rfc3339 text: String) {
        guard text.hasSuffix("Z"), text.utf8.count >= 20,
            case .until(let date)? = try? DeadlineText.parse(until: text.prefix(19) + "Z")
        else { return nil }
        self.init(date)
    }
}

/// Counts as pages show them.
enum Figures {
    /// `1,204`.
    static func count(_ count: Int64) -> String {
        var text = ""
        for (index, digit) in String(count).reversed().enumerated() {
            if index > 0, index % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return String(text.reversed())
    }

    static func count(_ count: Int) -> String { Self.count(Int64(count)) }
}

/// How a share stands, as pages show it.
struct ShareState: Sendable {
    let label: String
    /// The class of the badge.
    let mark: String
    let isEffective: Bool

    /// How long before its end a share is said to end soon.
    private static let soon: TimeInterval = 3 * 24 * 60 * 60

    init(_ status: ShareStatus, until deadline: Deadline, now: Date, texts: Texts) {
        isEffective = status == .effective
        guard isEffective else {
            (label, mark) = (texts["share.expired"], "bad")
            return
        }
        guard case .until(let end) = deadline, end.timeIntervalSince(now) <= Self.soon else {
            (label, mark) = (texts["share.effective"], "ok")
            return
        }
        let hours = Int(end.timeIntervalSince(now) / 3600)
        mark = "warn"
        switch hours {
        case ..<1: label = texts["share.ends.hour"]
        case ..<24: label = texts("share.ends.hours", ["count": "\(hours + 1)"])
        default: label = texts("share.ends.days", ["count": "\(Int((Double(hours + 1) / 24).rounded(.up)))"])
        }
    }
}

/// Where in a list a page stands, and how to get on.
struct Paging: Sendable {
    static let size = 25

    let summary: String
    let previous: String?
    let next: String?

    /// The page that a query asks for, from 1 on; the last one for those past the end.
    static func page(_ text: String?, of total: Int) -> Int { min(asked(text), last(of: total)) }

    /// The page that a query asks for, from a list that is asked for from an offset on; the last one for those past the
    /// end.
    static func find<Element>(
        _ text: String?, _ list: (_ offset: Int) async throws -> CountedPage<Element>
    ) async throws -> (found: CountedPage<Element>, page: Int) {
        let asked = asked(text)
        let found = try await list((asked - 1) * size)
        let page = min(asked, last(of: found.total))
        return page == asked ? (found, page) : (try await list((page - 1) * size), page)
    }

    private static func asked(_ text: String?) -> Int { min(max(text.flatMap { Int($0) } ?? 1, 1), 1_000_000) }

    private static func last(of total: Int) -> Int { max((total + size - 1) / size, 1) }

    /// `nil` where there is nothing.
    ///
    /// - Parameter address: The address of the page of a number.
    init?(page: Int, total: Int, texts: Texts, address: (Int) -> String) {
        guard total > 0 else { return nil }
        let last = min(page * Self.size, total)
        summary = texts(
            "paging.summary",
            [
                "first": Figures.count((page - 1) * Self.size + 1), "last": Figures.count(last),
                "total": Figures.count(total),
            ])
        previous = page > 1 ? address(page - 1) : nil
        next = last < total ? address(page + 1) : nil
    }
}
