import BerthCatalog
import BerthOCI
import Foundation

/// Where the next page of a list of tags begins, as clients carry it from one page to the next without reading it.
///
/// It names the order that it was made in and is good for no other.
struct TagMarker: Sendable, Equatable {
    let position: TagPosition
    /// What clients are given.
    let text: String

    init(_ position: TagPosition, in selection: TagSelection) {
        self.position = position
        let milliseconds = Int64((position.updatedAt.timeIntervalSince1970 * 1000).rounded())
        let parts = [Self.order(selection), "\(milliseconds)", position.name.description]
        text = Data(parts.joined(separator: ":").utf8).base64EncodedString()
    }

    /// - Throws: ``ManagementError`` with 400 for a text that is no marker of a list in this order.
    init(parsing text: String, for selection: TagSelection) throws {
        let failure = ManagementQuery.invalid("marker", text, expected: "what the page before gave, in the same order")
        guard let data = Data(base64Encoded: text) else { throw failure }
        let parts = String(decoding: data, as: UTF8.self).split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 3, let milliseconds = Int64(parts[1]), Self.instants.contains(milliseconds),
            let name = try? TagName(parsing: parts[2])
        else { throw failure }
        let instant = Date(timeIntervalSince1970: Double(milliseconds) / 1000)
        let marker = TagMarker(TagPosition(updatedAt: instant, name: name), in: selection)
        guard marker.text == text else { throw failure }
        self = marker
    }

    /// Milliseconds since 1970 that a `Date` keeps exactly; no tag was set outside of them.
    private static let instants: ClosedRange<Int64> = -(1 << 52)...(1 << 52)

    private static func order(_ selection: TagSelection) -> String {
        let column =
            switch selection.column {
            case .name: "tag"
            case .updatedAt: "updated"
            }
        return selection.isDescending ? "-\(column)" : column
    }
}
