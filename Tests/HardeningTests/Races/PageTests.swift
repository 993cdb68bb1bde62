import BerthCatalog
import BerthOCI
import BerthRegistry
import BerthTestSupport
import Testing

/// Lists in pages, over names that are made to trip over.
@Suite("Pages")
struct PageTests {
    /// A page of tags or of repositories, and where the next one is.
    private struct ListPage {
        let names: [String]
        let next: String?
    }

    private func page(_ path: String, in scenario: Scenario) async throws -> ListPage {
        let answer = try await scenario.send("GET", path).requiring(200)
        let body = try answer.json(ListBody.self)
        return ListPage(
            names: try #require(body.tags ?? body.repositories),
            next: answer.header("Link").map { String($0.dropFirst().prefix { $0 != ">" }) })
    }

    /// All pages from a path on, after each of which `between` may change things.
    private func walk(
        _ path: String, in scenario: Scenario, between: (Int) async throws -> Void = { _ in }
    ) async throws -> [[String]] {
        var pages: [[String]] = []
        var next: String? = path
        while let path = next {
            guard pages.count < 100 else { throw ToolFailure("the pages of \(path) do not come to an end") }
            let found = try await page(path, in: scenario)
            pages.append(found.names)
            next = found.next
            try await between(pages.count)
        }
        return pages
    }

    @Test("R-46 names that begin alike: what comes after each is what comes after it in bytes")
    func prefixes() async throws {
        try await withScenario { scenario in
            let image = try SampleManifest.image()
            let tags = ["1", "1-0", "1.0", "1.0.0", "10", "1_0", "A", "a", "a-", "a.", "aA", "a_", "aa", "aa-a", "aaa"]
            for blob in image.blobs { try await scenario.push(blob, to: "acme/app") }
            for tag in tags.shuffled() { _ = try await scenario.put(image, to: "acme/app", tag: tag) }
            for last in tags + ["0", "1.", "a0", "zzz"] {
                let expected = tags.filter { last.utf8.lexicographicallyPrecedes($0.utf8) }
                #expect(try await scenario.tags(of: "acme/app", query: "?last=\(last)") == expected, "\(last)")
                #expect(
                    try await scenario.tags(of: "acme/app", query: "?n=2&last=\(last)") == Array(expected.prefix(2)))
            }
            #expect(try await walk("/v2/acme/app/tags/list?n=1", in: scenario).flatMap(\.self) == tags)

            let repositories = ["acme/app", "acme/app-x", "acme/app/x", "acme/app/x/y", "acme/app0", "acme/appx"]
            for repository in repositories { try await scenario.push(image, to: repository, tag: "v1") }
            for size in 1...3 {
                #expect(try await walk("/v2/_catalog?n=\(size)", in: scenario).flatMap(\.self) == repositories)
            }
        }
    }

    @Test("R-46 what comes and goes between two pages makes none of the others come twice or not at all")
    func changes() async throws {
        try await withScenario { scenario in
            let image = try SampleManifest.image()
            for blob in image.blobs { try await scenario.push(blob, to: "acme/app") }
            let tags = (10..<40).map { "t\($0)" }
            for tag in tags { _ = try await scenario.put(image, to: "acme/app", tag: tag) }
            let pages = try await walk("/v2/acme/app/tags/list?n=10", in: scenario) { number in
                guard number == 1 else { return }
                // The last one seen, one seen before, and the first of those to come.
                for tag in ["t19", "t15", "t20"] {
                    #expect(try await scenario.send("DELETE", "/v2/acme/app/manifests/\(tag)").status == 202)
                }
                for tag in ["t12a", "t19a", "t25a"] { _ = try await scenario.put(image, to: "acme/app", tag: tag) }
            }
            let seen = pages.flatMap(\.self)
            #expect(seen == (tags.filter { $0 != "t20" } + ["t19a", "t25a"]).sorted())
            #expect(pages.map(\.count) == [10, 10, 10, 1])
        }
    }

    @Test("R-46 who does not say how many gets no more than a page, of however many there are; nothing is []")
    func manyTags() async throws {
        try await withScenario { scenario in
            let image = try SampleManifest.image()
            try await scenario.push(image, to: "acme/app", tag: "v0000")
            let name = try RepositoryName(parsing: "acme/app")
            let tags = try (0..<2500).map { try TagName(parsing: "v\(String("\(10_000 + $0)".dropFirst()))") }
            let now = scenario.server.clock.now
            try await scenario.registry.catalog.write { catalog in
                guard let repository = try catalog.read.repository(named: name)?.id else { return }
                for tag in tags { try catalog.setTag(tag, to: image.digest, in: repository, now: now) }
            }
            for query in ["", "?n=5000"] {
                let pages = try await walk("/v2/acme/app/tags/list\(query)", in: scenario)
                #expect(pages.map(\.count) == [1000, 1000, 500])
                #expect(pages.flatMap(\.self) == tags.map(\.description))
            }
            #expect(try await scenario.send("DELETE", "/v2/acme/app/manifests/\(image.digest)").status == 202)
            #expect(try await scenario.send("GET", "/v2/acme/app/tags/list").text == #"{"name":"acme/app","tags":[]}"#)
            #expect(
                try await scenario.send("GET", "/v2/_catalog", as: .colleague).text == #"{"repositories":[]}"#)
        }
    }
}

private struct ListBody: Decodable {
    let tags: [String]?
    let repositories: [String]?
}
