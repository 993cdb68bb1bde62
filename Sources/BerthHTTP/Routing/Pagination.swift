import BerthOCI

/// Which page of a list is asked for: `n` entries after `last`.
///
/// OCI distribution-spec 1.1, "Listing Tags".
package struct Pagination: Equatable, Sendable {
    /// How many entries were asked for, at most ``maximum``; `nil` when the client did not say.
    package let n: Int?
    /// The entry after which the page begins, not checked in any way.
    package let last: String?
    /// The most entries that one page may have.
    package let maximum: Int

    package init(n: Int?, last: String?, maximum: Int) {
        self.n = n
        self.last = last
        self.maximum = maximum
    }

    /// How many entries the page may have: what was asked for, or the most there may be.
    package var limit: Int { n ?? maximum }

    /// Takes `n` and `last` of a query; a larger `n` than `maximum` becomes `maximum`.
    ///
    /// - Throws: 400 for an `n` that is not a whole number of zero or more.
    package static func parse(_ query: QueryParameters, maximum: Int = 1000) throws(RegistryError) -> Pagination {
        guard let text = query[literal: "n"] else {
            return Pagination(n: nil, last: query[literal: "last"], maximum: maximum)
        }
        guard !text.isEmpty, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            let failure = ParseFailure("n", found: text, expected: "a whole number of zero or more")
            throw RegistryError(.unsupported, failure.description, status: 400, detail: .text(failure.found))
        }
        let n = Int(text).map { min($0, maximum) } ?? maximum
        return Pagination(n: n, last: query[literal: "last"], maximum: maximum)
    }

    /// The value of a `Link` header that leads to the next page.
    ///
    /// The link is relative to the server and escaped, so that neither the Host header nor an entry of the list can
    /// lead elsewhere.
    ///
    /// - Parameters:
    ///   - path: The path of the list, beginning with a slash.
    ///   - last: The last entry of the page that the link stands on.
    ///   - extra: Further parameters to keep, such as `artifactType`.
    package static func link(path: String, n: Int?, last: String, extra: [(String, String)] = []) -> String {
        var parameters: [(String, String)] = []
        if let n { parameters.append(("n", String(n))) }
        parameters.append(("last", last))
        parameters += extra
        let query = parameters.map { name, value in
            "\(PercentEncoding.encode(name))=\(PercentEncoding.encode(value))"
        }.joined(separator: "&")
        return "<\(PercentEncoding.encode(path, keeping: "/:_-.~@"))?\(query)>; rel=\"next\""
    }
}
