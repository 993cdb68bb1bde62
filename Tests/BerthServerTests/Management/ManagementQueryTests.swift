import BerthHTTP
import BerthTestBasics
import BerthTestSupport
import HTTPTypes
import Testing

@testable import BerthServer

@Suite("Queries of the management API's lists")
struct ManagementQueryTests {
    private static let keys: Set<String> = ["name", "namespace", "limit", "offset", "order_column", "order_type", "on"]

    private func query(_ text: String) throws -> ManagementQuery {
        try ManagementQuery(try QueryParameters(parsing: text), keys: Self.keys)
    }

    /// The code of the refusal, which is always with 400; `nil` without one.
    private func refusalCode(_ body: () throws -> Void) -> ManagementErrorCode? {
        do {
            try body()
            return nil
        } catch let error as ManagementError {
            #expect(error.status == .badRequest && !error.message.isEmpty && error.message.utf8.count < 1000)
            return error.code
        } catch {
            Issue.record("\(error)")
            return nil
        }
    }

    @Test("parameters come one by one or in a filter, which then wins")
    func sources() throws {
        let direct = try query("name=a%20b&namespace=&other=x&name=second")
        #expect(direct["name"] == "a b" && direct["namespace"] == nil && direct["other"] == nil && !direct.isFilter)
        let filter = try query("filter=name%3A%3Aweb%7Climit%3A%3A3&name=direct&namespace=direct&limit=9&offset=7")
        #expect(filter["name"] == "web" && filter["limit"] == "3" && filter["offset"] == "7" && filter.isFilter)
        #expect(filter["namespace"] == nil)
        #expect(try query("filter=name::a::b")["name"] == "a::b")
        #expect(try query("filter=name::")["name"] == nil)
        #expect(try query("name=a+b")["name"] == "a+b")
    }

    @Test(
        "a filter is key::value joined with |, of keys that the list has, each once",
        arguments: [
            "", "|", "name", "name:web", "name=web", "::", "::x", "NAME::x", " name::x", "colour::red", "name::a|",
            "|name::a", "name::a||limit::1", "name::a|name::a", "name::a|colour::b", "filter::name::a", "é::x",
            String(repeating: "|", count: 5000), String(repeating: "x", count: 20_000) + "::x",
        ])
    func badFilters(text: String) throws {
        #expect(refusalCode { _ = try query("filter=\(text.replacing("=", with: "%3D"))") } == .invalidFilter)
    }

    @Test("whatever stands in a query, it is read or refused with 400", arguments: 0..<200 as Range<UInt64>)
    func anything(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let pieces = [
            "name", "limit", "offset", "order_column", "order_type", "filter", "::", ":", "|", "=", "&", "%7C", "%3A",
            "%", "%0", "%00", "%FF", "+", "-1", "0", "1001", "99999999999999999999", "true", "desc", "é", "'",
            "\u{202E}",
        ]
        let text = (0..<Int.random(in: 0...12, using: &random)).compactMap { _ in pieces.randomElement(using: &random) }
            .joined()
        guard let parameters = try? QueryParameters(parsing: text) else { return }
        _ = refusalCode {
            let query = try ManagementQuery(parameters, keys: Self.keys)
            let page = try query.page()
            #expect(page.offset >= 0 && page.limit ?? 0 <= 1000 && page.limit ?? 0 >= 0)
            _ = try query.order(["name": 1])
            _ = try query.flag("on")
        }
    }

    @Test("a page begins at 0 and has all records without a limit; an offset alone has the largest page")
    func pages() throws {
        for (text, offset, limit) in [
            ("", 0, nil), ("limit=5", 0, 5), ("offset=7", 7, 1000), ("limit=0&offset=0", 0, 0),
            ("limit=1000&offset=9223372036854775807", Int.max, 1000), ("limit=007", 0, 7),
            ("filter=limit::2|offset::4", 4, 2), ("limit=&offset=", 0, nil),
        ] as [(String, Int, Int?)] {
            #expect(try query(text).page() == OffsetPage(offset: offset, limit: limit), "\(text)")
        }
        #expect(OffsetPage(offset: 20, limit: 10).contentRange(count: 3, total: 23) == "20-3/23")
    }

    @Test(
        "a number is decimal digits within its bounds",
        arguments: [
            "limit=1001", "limit=-1", "limit=%2B1", "limit=+1", "limit=1e2", "limit=0x10", "limit=1.0", "limit=%201",
            "limit=1%20", "limit=ten", "limit=%EF%BC%91", "limit=99999999999999999999", "offset=-1",
            "offset=9223372036854775808", "offset=%D9%A1", "filter=limit::1_000",
        ])
    func badNumbers(text: String) throws {
        #expect(refusalCode { _ = try query(text).page() } == .invalidQuery)
    }

    @Test("an order is a column that the list has, ascending unless it says desc; a flag is true or false")
    func ordersAndFlags() throws {
        let columns = ["name": "by name", "updated_at": "by update"]
        let order = try query("order_column=name&order_type=desc").order(columns)
        #expect(order?.column == "by name" && order?.descending == true)
        #expect(try query("order_column=updated_at").order(columns)?.descending == false)
        #expect(try query("order_type=desc").order(columns) == nil)
        #expect(try query("order_type=DESC").order(columns) == nil)
        for column in ["NAME", "size", "name;", "name,updated_at", "1", "name%20desc"] {
            #expect(
                refusalCode { _ = try query("order_column=\(column)").order(columns) } == .unknownOrderColumn,
                "\(column)")
        }
        #expect(refusalCode { _ = try query("order_column=name&order_type=DESC").order(columns) } == .invalidQuery)
        #expect(try query("on=true").flag("on") == true && query("on=false").flag("on") == false)
        #expect(try query("on=").flag("on") == nil)
        for flag in ["1", "True", "yes", "null", "truefalse"] {
            #expect(refusalCode { _ = try query("on=\(flag)").flag("on") } == .invalidQuery, "\(flag)")
        }
    }

    @Test("no query of a list makes the server fail, and a refusal has a code of lists")
    func overTheWire() async throws {
        try await withScenario { scenario in
            let long = String(repeating: "a", count: 6000)
            let refused = [
                "limit=1001", "offset=-1", "order_column=size&order_type=asc", "is_public=maybe", "category=kittens",
                "filter=x::y", "name=%00", "order_column=name&order_type=up",
            ]
            for query in refused {
                let answer = try await scenario.manage("GET", "/v2/manage/repos?\(query)")
                let code = try answer.json(ManagementRefusal.self).code
                #expect(
                    answer.status == 400 && ["4001025", "4001035", "4001096"].contains { code.hasSuffix($0) },
                    "\(query)")
            }
            for query in [
                "name=\(long)", "name=%25", "name=%27%3B--", "namespace=\(long)", "filter=namespace::\(long)",
                "filter=namespace::%25", "limit=0", "limit=1000&offset=9223372036854775807", "name=UPPER", "unknown=1",
            ] {
                let answer = try await scenario.manage("GET", "/v2/manage/repos?\(query)")
                #expect(answer.status == 200 && answer.text == "[]", "\(query)")
            }
            for query in ["name=%ZZ", "name=%", "name=%FF", "%FF"] {
                let answer = try await scenario.manage("GET", "/v2/manage/repos?\(query)")
                #expect(
                    [400, 401].contains(answer.status), "what cannot be decoded may not be signed either: \(query)")
            }
            for query in ["limit=0", "limit=1001", "marker=-1", "marker=x", "marker=9223372036854775808"] {
                #expect(try await scenario.manage("GET", "/v3/manage/repos?\(query)").status == 400, "\(query)")
            }
            let last = try await scenario.manage("GET", "/v3/manage/repos?marker=9223372036854775807&limit=1000")
            #expect(last.text == #"{"repos":[]}"#)
            let none = try await scenario.manage("GET", "/v2/manage/namespaces?namespace=BAD")
            #expect(none.status == 200 && none.text == #"{"namespaces":[]}"#)
            for query in ["filter=mode::hidden", "filter=namespace::a|namespace::b"] {
                #expect(try await scenario.manage("GET", "/v2/manage/namespaces?\(query)").status == 400, "\(query)")
            }
        }
    }
}
