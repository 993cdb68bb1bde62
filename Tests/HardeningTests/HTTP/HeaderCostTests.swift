import BerthOCI
import BerthTestSupport
import Testing

@Suite struct HeaderCostTests {
    /// 60 KB of what makes careless parsers slow.
    private static let fillings = [
        String(repeating: ",", count: 60_000), String(repeating: ";q=", count: 20_000),
        String(repeating: "a/b;q=0.1,", count: 6_000), String(repeating: " ,\t", count: 20_000),
        String(repeating: "\"", count: 60_000), String(repeating: "\\\"", count: 30_000),
        String(repeating: "-", count: 60_000), String(repeating: "(", count: 60_000),
    ]

    @Test(
        "S-66 headers full of separators are read once and change nothing", .timeLimit(.minutes(5)), arguments: fillings
    )
    func separators(filling: String) async throws {
        try await withScenario { scenario in
            let image = try SampleManifest.image()
            try await scenario.push(image, to: "acme/app", tag: "v1")
            let paths = ["/v2/acme/app/manifests/v1", "/v2/acme/app/blobs/\(image.blobs[0].digest)"]
            for name in [
                "Accept", "Accept-Language", "Accept-Encoding", "If-None-Match", "If-Match", "Range", "If-Range",
                "Cookie",
                "User-Agent", "Forwarded", "TE", "Cache-Control",
            ] {
                for path in paths {
                    let response = try await scenario.send("GET", path, headers: [(name, filling)])
                    #expect(response.status == 200, "\(name)")
                    #expect(!response.body.isEmpty, "\(name)")
                }
            }
            for credentials in ["Bearer " + filling, "Basic " + filling, filling] {
                let response = try await scenario.client.send(
                    "GET", "/v2/", headers: [("Authorization", credentials)])
                #expect(response.status == 401)
                #expect(response.header("WWW-Authenticate")?.utf8.count ?? 0 < 300)
            }
        }
    }

    @Test(
        "S-66 a head beyond the limit is refused and its connection closed, others are served on",
        arguments: [
            "GET /v2/ HTTP/1.1\r\nHost: a\r\nAccept: \(String(repeating: ",", count: 70_000))\r\n\r\n",
            "GET /v2/ HTTP/1.1\r\nHost: a\r\n\(String(repeating: "A: b\r\n", count: 300))\r\n",
            "GET /v2/ HTTP/1.1\r\nHost: a\r\n\(String(repeating: "A: \(String(repeating: "b", count: 1000))\r\n", count: 80))\r\n",
            "GET /\(String(repeating: "a", count: 100_000)) HTTP/1.1\r\nHost: a\r\n\r\n",
        ])
    func tooMuch(request: String) async throws {
        try await withServer { server in
            let answer = RawAnswer(try await server.client.sendRaw(Array(request.utf8)))
            #expect(answer.statuses == [431], "\(answer.text)")
            #expect(answer.closes)
            #expect(try await server.client.send("GET", "/healthz").status == 200)
        }
    }

    @Test("S-66 a token that is asked for with thousands of scopes stays small")
    func scopes() async throws {
        try await withScenario { scenario in
            try await scenario.push(SampleManifest.image(), to: "acme/app", tag: "v1")
            let scopes = (0..<1500).map { "scope=repository:acme/app\($0):pull,push" }.joined(separator: "&")
            let response = try await scenario.send("GET", "/token?service=berth&\(scopes)")
            #expect(response.status == 200)
            #expect(response.body.count < 48 << 10)
        }
    }
}
