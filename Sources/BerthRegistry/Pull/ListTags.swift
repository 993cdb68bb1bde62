import BerthCatalog
import BerthOCI

/// One page of a list in byte order.
package struct Page<Element: Sendable>: Sendable {
    package let elements: [Element]
    /// Whether there is more after the last element.
    package let hasMore: Bool

    /// Makes a page of at most `limit` from a query that asked for one more than that.
    init(_ found: [Element], limit: Int) {
        self.elements = Array(found.prefix(limit))
        self.hasMore = limit > 0 && found.count > limit
    }

    init(_ elements: [Element], hasMore: Bool) {
        self.elements = elements
        self.hasMore = hasMore
    }
}

extension Registry {
    /// Lists tags of a repository in byte order, strictly after `last`; a `limit` of 0 gives an empty page.
    ///
    /// OCI distribution-spec 1.1, end-8.
    /// - Throws: ``AccessRefusal`` or NAME_UNKNOWN.
    package func listTags(
        of name: RepositoryName, after last: String?, limit: Int, for caller: Caller
    ) async throws -> Page<TagName> {
        let authorization = authorization(of: caller)
        let version = try? catalog.version()
        let (page, standing) = try await catalog.read { catalog in
            let (repository, standing) = try authorization.pullingWithStanding(from: name, in: catalog)
            guard limit > 0 else { return (Page<TagName>([], limit: 0), standing) }
            let found = try catalog.tagNames(in: repository.id, after: last, limit: limit + 1)
            return (Page(found, limit: limit), standing)
        }
        let size = page.elements.reduce(0) { $0 + $1.description.utf8.count }
        if size <= PulledContent.maximumSize {
            remember(
                page, as: TagPage(last: last, limit: limit), of: name, in: tagPages, for: caller, under: standing,
                version: version)
        }
        return page
    }
}
