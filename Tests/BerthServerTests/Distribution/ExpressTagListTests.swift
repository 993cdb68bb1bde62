import BerthRegistry
import BerthTestSupport
import Testing

@Suite("Pages of tags that are answered from memory")
struct ExpressTagListTests {
    private static func list(
        _ query: String, of scenario: Scenario, by token: String, method: String = "GET"
    ) async throws -> TestResponse {
        try await scenario.client.send(
            method, "/v2/\(HotImage.repository)/tags/list\(query)", headers: [TestClient.bearer(token)])
    }

    /// A repository with the tags v1, v2 and v3.
    private static func image(in scenario: Scenario) async throws -> HotImage {
        let hot = try await HotImage(in: scenario)
        for tag in ["v2", "v3"] {
            try await scenario.push(hot.image, to: HotImage.repository, tag: tag).requiring(201)
        }
        return hot
    }

    @Test(
        "the second answer is the first one again, and comes from memory",
        arguments: ["", "?n=2", "?n=2&last=v1", "?n=2&last=v2", "?n=0", "?last=%761"], ["GET", "HEAD"])
    func same(query: String, method: String) async throws {
        try await withScenario { scenario in
            let hot = try await Self.image(in: scenario)
            let token = try await hot.token(for: .reader)
            let first = SeenAnswer(try await Self.list(query, of: scenario, by: token, method: method))
            #expect(first.status == 200)
            try await hot.hideFromCatalog()
            #expect(try await SeenAnswer(Self.list(query, of: scenario, by: token, method: method)) == first)
            #expect(try await Self.list("?n=1", of: scenario, by: token).status == 404, "another page is asked for")
        }
    }

    @Test("pages lead to each other with the tags that belong to them")
    func pages() async throws {
        try await withScenario { scenario in
            let hot = try await Self.image(in: scenario)
            let token = try await hot.token(for: .reader)
            for _ in 1...2 {
                let first = try await Self.list("?n=2", of: scenario, by: token)
                #expect(first.text == #"{"name":"acme/app","tags":["v1","v2"]}"#)
                #expect(try first.requiredHeader("Link") == #"</v2/acme/app/tags/list?n=2&last=v2>; rel="next""#)
                let last = try await Self.list("?n=2&last=v2", of: scenario, by: token)
                #expect(last.text == #"{"name":"acme/app","tags":["v3"]}"# && last.header("Link") == nil)
                #expect(try await Self.list("?n=0", of: scenario, by: token).text == #"{"name":"acme/app","tags":[]}"#)
            }
        }
    }

    @Test("a tag that is set or removed is in the next answer, or no more")
    func changes() async throws {
        try await withScenario { scenario in
            let hot = try await Self.image(in: scenario)
            let token = try await hot.token(for: .reader)
            for _ in 1...2 { try await Self.list("", of: scenario, by: token).requiring(200) }
            try await scenario.push(hot.image, to: HotImage.repository, tag: "v4").requiring(201)
            #expect(try await Self.list("", of: scenario, by: token).text.contains(#""v3","v4"]"#))
            try await scenario.send("DELETE", "/v2/acme/app/manifests/v4").requiring(202)
            #expect(try await Self.list("", of: scenario, by: token).text.contains(#""v2","v3"]"#))
        }
    }

    @Test("the list ends for a receiver with its share, at once when it is removed")
    func share() async throws {
        try await withScenario { scenario in
            let hot = try await Self.image(in: scenario)
            try await scenario.share(HotImage.repository)
            let token = try await hot.token(for: .receiver)
            for _ in 1...2 { try await Self.list("", of: scenario, by: token).requiring(200) }
            let receiver = try AccountReference(parsing: "bravo")
            try await scenario.registry.removeShare(of: try HotImage.name, with: receiver, by: .dataOperator)
            #expect(try await Self.list("", of: scenario, by: token).status == 404)
        }
    }

    @Test("nobody gets the page of another, nor one that the token does not name")
    func others() async throws {
        try await withScenario { scenario in
            let hot = try await Self.image(in: scenario)
            try await Self.list("", of: scenario, by: try await hot.token(for: .reader)).requiring(200)
            let stranger = try await hot.token(for: .receiver)
            #expect(try await Self.list("", of: scenario, by: stranger).status == 404)
            let elsewhere = try await scenario.token(for: .reader, scope: "repository:acme/other:pull")
            #expect(try await Self.list("", of: scenario, by: elsewhere).status == 401)
        }
    }
}
