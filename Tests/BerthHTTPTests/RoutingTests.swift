import BerthHTTP
import BerthOCI
import BerthTestBasics
import HTTPTypes
import Testing

@Suite struct DistributionRouteTests {
    static let digest = "sha256:" + String(repeating: "a", count: 64)

    @Test(
        "a path is read from the right",
        arguments: [
            ("/v2/", .base),
            ("/v2/_catalog", .catalog),
            ("/v2/acme/app/tags/list", .tags(name: "acme/app")),
            ("/v2/acme/app/manifests/latest", .manifests(name: "acme/app", reference: "latest")),
            ("/v2/acme/app/manifests/\(digest)", .manifests(name: "acme/app", reference: digest[...])),
            ("/v2/acme/app/referrers/\(digest)", .referrers(name: "acme/app", digest: digest[...])),
            ("/v2/acme/app/blobs/\(digest)", .blobs(name: "acme/app", digest: digest[...])),
            ("/v2/acme/app/blobs/uploads/", .uploads(name: "acme/app")),
            ("/v2/acme/app/blobs/uploads", .uploads(name: "acme/app")),
            ("/v2/acme/app/blobs/uploads/1-2", .upload(name: "acme/app", id: "1-2")),
            ("/v2/blobs/manifests/1", .manifests(name: "blobs", reference: "1")),
            ("/v2/blobs/blobs/uploads/", .uploads(name: "blobs")),
            ("/v2/blobs/blobs/\(digest)", .blobs(name: "blobs", digest: digest[...])),
            ("/v2/a/blobs/uploads/manifests/1", .manifests(name: "a/blobs/uploads", reference: "1")),
            ("/v2/a/blobs/uploads/tags/list", .tags(name: "a/blobs/uploads")),
            ("/v2/a/blobs/uploads/blobs/\(digest)", .blobs(name: "a/blobs/uploads", digest: digest[...])),
            ("/v2/a/blobs/uploads/blobs/uploads/", .uploads(name: "a/blobs/uploads")),
            ("/v2/a/blobs/uploads/blobs/uploads", .uploads(name: "a/blobs/uploads")),
            ("/v2/a/blobs/uploads/blobs/uploads/7", .upload(name: "a/blobs/uploads", id: "7")),
            ("/v2/a/blobs/uploads/uploads", .upload(name: "a", id: "uploads")),
            ("/v2/x/manifests/y/blobs/\(digest)", .blobs(name: "x/manifests/y", digest: digest[...])),
            ("/v2/x/manifests/y/manifests/z", .manifests(name: "x/manifests/y", reference: "z")),
            ("/v2/x/manifests/manifests/z", .manifests(name: "x/manifests", reference: "z")),
            ("/v2/v2/tags/list", .tags(name: "v2")),
            ("/v2/v2/v2/manifests/v2", .manifests(name: "v2/v2", reference: "v2")),
            ("/v2/tags/list/tags/list", .tags(name: "tags/list")),
            ("/v2/tags/list/manifests/list", .manifests(name: "tags/list", reference: "list")),
            ("/v2/referrers/referrers/\(digest)", .referrers(name: "referrers", digest: digest[...])),
            ("/v2/_catalog/tags/list", .tags(name: "_catalog")),
            ("/v2/a/manage/tags/list", .tags(name: "a/manage")),
            ("/v2/A b/tags/list", .tags(name: "A b")),
        ] as [(String, DistributionRoute)])
    func parses(path: String, route: DistributionRoute) {
        #expect(DistributionRoute(path: path) == route)
        #expect(DistributionRoute(path: "xx\(path)".dropFirst(2)) == route)
    }

    @Test(
        "other paths and unclean ones are no route",
        arguments: [
            "", "/", "/v2", "/v1/", "/v2x/", "v2/", "//v2/", "/v2//", "/v2/_catalog/", "/v2/acme", "/v2/acme/app",
            "/v2/tags/list", "/v2/manifests/x", "/v2/blobs/uploads/", "/v2/blobs/uploads/1", "/v2//tags/list",
            "/v2/a//b/tags/list", "/v2/a/b//tags/list", "/v2/a/tags/list/", "/v2/a/manifests/", "/v2/a/manifests/x/",
            "/v2/a/blobs/", "/v2/a/blobs//", "/v2/a/blobs/uploads//", "/v2/a/blobs/uploads/1/", "/v2/a/referrers/",
            "/v2/a/../b/tags/list", "/v2/./a/tags/list", "/v2/a/manifests/..", "/v2/a/blobs/uploads/..",
            "/v2/a%2fb/tags/list", "/v2/a/manifests/%2e%2e", "/v2/%00/tags/list", "/v2/a/blobs/uploads/%31",
            "/v2/manage/namespaces/a/repos/b/tags/list", "/v2/manage/tags/list", "/v2/a/tags/lists",
        ])
    func refuses(path: String) {
        #expect(DistributionRoute(path: path) == nil)
    }

    @Test("random paths never crash and never match with an escape, an empty segment or dots")
    func fuzz() {
        var generator = SeededGenerator(seed: 7)
        let words = [
            "/", "//", "v2", "/v2/", "blobs", "uploads", "manifests", "tags", "list", "referrers", "_catalog", "a", ".",
            "..", "%", "%2f", "é", "\u{0}", "\\", ";", "sha256:aa", "/blobs/uploads/", "/manifests/",
        ]
        var matches = 0
        for _ in 0..<50_000 {
            var path = Bool.random(using: &generator) ? "/v2/" : ""
            for _ in 0..<Int.random(in: 0..<9, using: &generator) {
                path += words.randomElement(using: &generator) ?? ""
                if Bool.random(using: &generator) { path += "/" }
            }
            if Int.random(in: 0..<20, using: &generator) == 0 {
                let bytes = (0..<8).map { _ in UInt8.random(in: 0...255, using: &generator) }
                path += String(decoding: bytes, as: UTF8.self)
            }
            guard let route = DistributionRoute(path: path) else { continue }
            matches += 1
            #expect(!path.contains("%"), "\(path)")
            if let name = route.name {
                #expect(path.hasPrefix("/v2/\(name)/"))
                let segments = path.dropFirst(4).split(separator: "/", omittingEmptySubsequences: false)
                let clean = segments.dropLast(segments.last == "" ? 1 : 0)
                #expect(clean.allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." }, "\(path)")
            }
        }
        #expect(matches > 500)
    }

    @Test("a method that an endpoint does not have is 405 with Allow")
    func methods() throws {
        let route = try #require(DistributionRoute(path: "/v2/a/b/blobs/uploads/"))
        try route.require(.post)
        let error = #expect(throws: RegistryError.self) { try route.require(.get) }
        #expect(error?.status == 405)
        #expect(error?.headers["Allow"] == "POST")
        #expect(error?.code == .unsupported)
    }
}

@Suite struct QueryParametersTests {
    @Test("values are decoded, in their order")
    func decodes() throws {
        let query = try QueryParameters(parsing: "scope=a%3Ab&n=5&scope=c+d&empty=&flag&type=x%2By+z&%6e=9")
        #expect(query["scope"] == "a:b")
        #expect(query.all("scope") == ["a:b", "c d"])
        #expect(query["n"] == "5")
        #expect(query["empty"] == "")
        #expect(query["flag"] == "")
        #expect(query.contains("flag"))
        #expect(query["missing"] == nil)
        #expect(query["type"] == "x+y z")
        #expect(query[literal: "type"] == "x+y+z")
    }

    @Test(
        "what cannot be decoded or could split a header is refused",
        arguments: ["a=%", "a=%4", "a=%zz", "a=%ff", "a=%c0%af", "a=%0d%0aSet-Cookie:x", "%00=a", "a=%7f", "a=b%1"])
    func refuses(query: String) {
        #expect(throws: ParseFailure.self) { try QueryParameters(parsing: query) }
    }

    @Test("random bytes never crash")
    func fuzz() {
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<20_000 {
            let alphabet = Array("%&=+a0f\u{0}é;".utf8)
            let bytes = (0..<Int.random(in: 0..<12, using: &generator)).compactMap { _ in
                alphabet.randomElement(using: &generator)
            }
            let text = String(decoding: bytes, as: UTF8.self)
            guard let query = try? QueryParameters(parsing: text) else { continue }
            #expect(query.all("a").allSatisfy { $0.utf8.allSatisfy { $0 >= 0x20 } })
        }
    }
}

@Suite struct PaginationTests {
    @Test(
        "n is clamped to the most there may be, and zero is a page of nothing",
        arguments: [
            ("", nil, 1000), ("n=0", 0, 0), ("n=1", 1, 1), ("n=1000", 1000, 1000), ("n=1001", 1000, 1000),
            ("n=1000000000", 1000, 1000), ("n=9223372036854775808", 1000, 1000), ("n=007", 7, 7),
        ] as [(String, Int?, Int)])
    func accepts(query: String, n: Int?, limit: Int) throws {
        let page = try Pagination.parse(QueryParameters(parsing: query))
        #expect(page.n == n)
        #expect(page.limit == limit)
    }

    @Test(
        "an n that is no number is 400", arguments: ["n=-1", "n=", "n=ten", "n=+1", "n=%201", "n=1.5", "n=%EF%BC%91"])
    func refuses(query: String) throws {
        let parameters = try QueryParameters(parsing: query)
        let error = #expect(throws: RegistryError.self) { try Pagination.parse(parameters) }
        #expect(error?.status == 400)
    }

    @Test("the link is relative, escaped, and says what it leads to")
    func link() {
        #expect(
            Pagination.link(path: "/v2/acme/app/tags/list", n: 2, last: "v1.0_a-b")
                == "</v2/acme/app/tags/list?n=2&last=v1.0_a-b>; rel=\"next\"")
        #expect(
            Pagination.link(
                path: "/v2/_catalog", n: nil, last: "a/b>\r\n", extra: [("artifactType", "application/x+json")])
                == "</v2/_catalog?last=a%2Fb%3E%0D%0A&artifactType=application%2Fx%2Bjson>; rel=\"next\"")
    }

    @Test("following a link gives back what it was made of")
    func roundTrip() throws {
        let link = Pagination.link(path: "/v2/_catalog", n: 3, last: "é +%&=/", extra: [("x", "1")])
        let query = try #require(link.split(separator: "?").last?.split(separator: ">").first)
        let parameters = try QueryParameters(parsing: query)
        #expect(try Pagination.parse(parameters) == Pagination(n: 3, last: "é +%&=/", maximum: 1000))
        #expect(parameters["x"] == "1")
    }
}
