import BerthHTTP
import BerthOCI
import HTTPTypes

/// The parameters of a list: given one by one, or together as `filter=key::value|key::value`, which then wins.
struct ManagementQuery: Sendable {
    private let values: [String: String]
    /// Whether there is a `filter`.
    let isFilter: Bool
    /// What may stand beside `filter`, where that does not say it; what is searched for may not.
    private static let besideFilter: Set<String> = ["center", "limit", "offset", "order_column", "order_type"]

    /// - Parameters:
    ///   - query: The query of the request; parameters that are not among `keys` are passed over.
    ///   - keys: What the list can be asked for. In `filter` no other key may stand.
    /// - Throws: ``ManagementError`` with 400 for a filter that cannot be read or has an unknown key.
    init(_ query: QueryParameters, keys: Set<String>) throws {
        func direct(_ keys: Set<String>) -> [String: String] {
            Dictionary(uniqueKeysWithValues: keys.compactMap { key in query[literal: key].map { (key, $0) } })
        }
        guard let filter = query[literal: "filter"] else {
            isFilter = false
            values = direct(keys)
            return
        }
        var values: [String: String] = [:]
        for pair in filter.split(separator: "|", omittingEmptySubsequences: false) {
            let parts = pair.split(separator: "::", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, keys.contains(parts[0]), values[parts[0]] == nil else {
                let failure = ParseFailure(
                    "filter", found: pair,
                    expected: "key::value, joined with |, each once, of \(keys.sorted().joined(separator: ", "))")
                throw ManagementError(.badRequest, .invalidFilter, "\(failure)")
            }
            values[parts[0]] = parts[1]
        }
        self.values = values.merging(direct(keys.intersection(Self.besideFilter))) { filtered, _ in filtered }
        isFilter = true
    }

    /// The value of a parameter; `nil` when it is absent or empty.
    subscript(key: String) -> String? { values[key].flatMap { $0.isEmpty ? nil : $0 } }

    /// A parameter that is `true` or `false`.
    func flag(_ key: String) throws -> Bool? {
        switch self[key] {
        case nil: nil
        case "true": true
        case "false": false
        case .some(let text): throw Self.invalid(key, text, expected: "true or false")
        }
    }

    /// A parameter that is a whole number.
    func number(_ key: String, in range: ClosedRange<Int>) throws -> Int? {
        guard let text = self[key] else { return nil }
        let isDecimal = text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard isDecimal, let number = Int(text), range.contains(number) else {
            let most = range.upperBound == .max ? "" : " to \(range.upperBound)"
            throw Self.invalid(key, text, expected: "a whole number from \(range.lowerBound)\(most)")
        }
        return number
    }

    /// `limit` and `offset`.
    func page(maximum: Int = 1000) throws -> OffsetPage {
        let limit = try number("limit", in: 0...maximum)
        let offset = try number("offset", in: 0...Int.max)
        return OffsetPage(offset: offset ?? 0, limit: limit ?? (offset == nil ? nil : maximum))
    }

    /// `order_column`, as one of the columns that the list has, and whether `order_type` is `desc`, which without a
    /// column means nothing.
    ///
    /// - Throws: ``ManagementError`` with 400 for any other column or type.
    func order<Column>(_ columns: [String: Column]) throws -> (column: Column, descending: Bool)? {
        guard let text = self["order_column"] else { return nil }
        let descending: Bool
        switch self["order_type"] {
        case nil, "asc": descending = false
        case "desc": descending = true
        case .some(let text): throw Self.invalid("order_type", text, expected: "asc or desc")
        }
        guard let column = columns[text] else {
            let failure = ParseFailure(
                "order_column", found: text, expected: "one of \(columns.keys.sorted().joined(separator: ", "))")
            throw ManagementError(.badRequest, .unknownOrderColumn, "\(failure)")
        }
        return (column, descending)
    }

    static func invalid(_ key: String, _ text: String, expected: String) -> ManagementError {
        ManagementError(.badRequest, .invalidQuery, "\(ParseFailure(key, found: text, expected: expected))")
    }
}

/// Which records of a list are asked for.
struct OffsetPage: Sendable, Equatable {
    let offset: Int
    /// `nil` for all that follow.
    let limit: Int?

    /// The value of `Content-Range`.
    func contentRange(count: Int, total: Int) -> String { "\(offset)-\(count)/\(total)" }
}
