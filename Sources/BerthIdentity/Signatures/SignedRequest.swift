/// A request as its signature sees it: what came over the wire, nothing decoded.
package struct SignedRequest: Sendable {
    package let method: String
    /// The path as it was sent, percent-encoding included, without the query.
    package let path: String
    /// The query as it was sent, without `?`; empty when there is none.
    package let query: String
    /// All headers, in any order and case; values are the bytes of the wire read as UTF-8.
    package let headers: [(name: String, value: String)]
    package let body: [UInt8]

    package init(
        method: String, path: String, query: String, headers: [(name: String, value: String)], body: [UInt8]
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
    }

    /// The values of a header, by its name in lower case.
    func values(of name: String) -> [String] {
        headers.filter { $0.name.lowercased() == name }.map(\.value)
    }
}
