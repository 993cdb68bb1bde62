import BerthHTTP
import BerthOCI
import BerthTestSupport
import Testing

@testable import BerthServer

extension FuzzTests {
    private static let keys: Set<String> = [
        "name", "namespace", "center", "limit", "offset", "order_column", "order_type", "is_public", "category",
    ]

    private static let codes: Set<ManagementErrorCode> = [.invalidFilter, .invalidQuery, .unknownOrderColumn]

    /// Queries of lists, good ones and bad ones; requests over the wire are made of them too.
    static let queries = [
        "", "n=10&last=v1", "n=0", "n=-1", "n=9223372036854775808", "last=%ff", "name=a%20b&namespace=acme",
        "limit=10&offset=20", "limit=1000&offset=9223372036854775807", "limit=1001", "limit=%2B1",
        "filter=name::web%7Climit::3", "filter=namespace::acme|name::app|offset::1", "filter=name::a::b", "filter=::",
        "filter=name::a|name::b", "filter=colour::red", "filter=|", "filter=", "filter=name",
        "order_column=updated_at&order_type=desc", "order_column=size", "order_column=name&order_type=DESC",
        "is_public=true", "is_public=maybe", "category=linux", "marker=5&limit=2", "name=%00", "%00=1", "a=%", "=&=&&",
        "center=self&limit=5", "artifactType=application%2Fx%2Bjson", "name='%20OR%201=1--", "name=%25&name=_",
    ]
    static let queryTokens = [
        "name=", "filter=", "::", "|", "%7C", "%3A%3A", "limit=", "offset=", "order_column=", "order_type=desc", "n=",
        "last=", "&", "&&", "%0d%0aX:1", "%ED%A0%80", "namespace::acme", "is_public::true",
    ]

    @Test("a query that is read has clean values, pages within their bounds and no key that the list has not")
    func queries() async {
        let (accepted, refused) = await FuzzTarget.queries.fuzz(
            Self.queries.map { Array($0.utf8) }, tokens: Self.queryTokens
        ) { input in
            let text = String(decoding: input, as: UTF8.self)
            guard let query = try? QueryParameters(parsing: text) else { return false }
            try Self.checkPagination(query)
            do {
                let list = try ManagementQuery(query, keys: Self.keys)
                for key in Self.keys {
                    try hold(
                        list[key].map { $0.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F } && !$0.isEmpty } ?? true,
                        "an unclean \(key)")
                }
                let page = try list.page()
                try hold(page.offset >= 0 && (0...1000).contains(page.limit ?? 0), "page \(page)")
                if let order = try list.order(["name": 1, "updated_at": 2]) {
                    try hold([1, 2].contains(order.column), "column \(order.column)")
                }
                _ = try list.flag("is_public")
                return true
            } catch let error as ManagementError {
                try hold(Self.codes.contains(error.code) && !error.message.isEmpty, "code \(error.code)")
                try hold(error.message.utf8.count < 2000, "a refusal as long as the query")
                return false
            }
        }
        #expect(accepted > 20 && refused > 20)
    }

    private static func checkPagination(_ query: QueryParameters) throws {
        guard let page = try? Pagination.parse(query) else { return }
        try hold((0...page.maximum).contains(page.limit), "page of \(page.limit)")
        guard let last = page.last else { return }
        let link = Pagination.link(path: "/v2/acme/app/tags/list", n: page.n, last: last)
        try hold(link.utf8.allSatisfy { $0 > 0x1F && $0 < 0x7F }, "an unclean link")
        let parts = link.split(separator: "?", maxSplits: 1)
        let next = try QueryParameters(parsing: parts[1].prefix { $0 != ">" })
        try hold(try Pagination.parse(next) == page, "the link leads elsewhere: \(link)")
    }
}
