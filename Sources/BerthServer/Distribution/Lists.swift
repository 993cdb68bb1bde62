import BerthHTTP
import BerthOCI
import BerthRegistry
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

extension DistributionDoor {
    /// end-8: tags of a repository, in byte order.
    func listTags(_ exchange: Exchange, of name: RepositoryName) async throws -> Response {
        let asked = try Pagination.parse(exchange.query())
        let page = try await registry.listTags(of: name, after: asked.last, limit: asked.limit, for: exchange.caller)
        let (headers, body) = Self.tags(page, of: name, asked: asked)
        return json(body, headers: headers, exchange)
    }

    /// The answer to a question for tags.
    ///
    /// Names of repositories and tags have no character that JSON writes in another way.
    static func tags(_ page: Page<TagName>, of name: RepositoryName, asked: Pagination) -> (HTTPFields, ByteBuffer) {
        var body = ByteBuffer()
        body.reserveCapacity(64 + page.elements.count * 16)
        body.writeString("{\"name\":\"\(name)\",\"tags\":[")
        for (index, tag) in page.elements.enumerated() {
            body.writeString(index == 0 ? "\"" : ",\"")
            body.writeString(tag.description)
            body.writeString("\"")
        }
        body.writeString("]}")
        var headers: HTTPFields = [.contentType: "application/json"]
        if let link = link(of: page, asked: asked, path: "/v2/\(name)/tags/list") { headers[.link] = link }
        return (headers, body)
    }

    /// `/v2/_catalog`: the repositories that the caller may pull.
    func listRepositories(_ exchange: Exchange) async throws -> Response {
        let asked = try Pagination.parse(exchange.query())
        let page = try await registry.listPullableRepositories(
            after: asked.last, limit: asked.limit, for: exchange.caller)
        struct Body: Encodable {
            let repositories: [String]
        }
        return try list(
            Body(repositories: page.elements.map(\.description)), exchange,
            link: Self.link(of: page, asked: asked, path: "/v2/_catalog"))
    }

    /// end-12: manifests whose subject is a digest.
    func listReferrers(_ exchange: Exchange, of subject: Digest, in name: RepositoryName) async throws -> Response {
        let query = try exchange.query()
        let asked = try Pagination.parse(query, maximum: 100)
        let artifactType = query[literal: "artifactType"]
        let last = try asked.last.map { try digest($0) }
        let page = try await registry.listReferrers(
            of: subject, in: name, artifactType: artifactType, after: last, limit: asked.limit, for: exchange.caller)
        var headers: HTTPFields = [.contentType: MediaType.ociIndex.rawValue]
        if artifactType != nil { headers[.ociFiltersApplied] = "artifactType" }
        if page.hasMore, let last = page.elements.last {
            headers[.link] = Pagination.link(
                path: "/v2/\(name)/referrers/\(subject)", n: asked.n, last: last.digest.description,
                extra: artifactType.map { [("artifactType", $0)] } ?? [])
        }
        return json(ByteBuffer(bytes: try ReferrersIndex(manifests: page.elements).json()), headers: headers, exchange)
    }

    private static func link<Element: CustomStringConvertible>(
        of page: Page<Element>, asked: Pagination, path: String
    ) -> String? {
        guard page.hasMore, let last = page.elements.last else { return nil }
        return Pagination.link(path: path, n: asked.n, last: last.description)
    }

    private func list(_ body: some Encodable, _ exchange: Exchange, link: String?) throws -> Response {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var headers: HTTPFields = [.contentType: "application/json"]
        if let link { headers[.link] = link }
        return json(ByteBuffer(bytes: try encoder.encode(body)), headers: headers, exchange)
    }

    private func json(_ body: ByteBuffer, headers: HTTPFields, _ exchange: Exchange) -> Response {
        exchange.isHead
            ? .headOnly(headers: headers, length: Int64(body.readableBytes))
            : Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: body))
    }
}
