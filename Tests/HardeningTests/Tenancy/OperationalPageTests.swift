import BerthOCI
import BerthTestBasics
import BerthTestSupport
import Testing

/// Pages for those who operate a registry tell nobody whose images are in it.
@Suite struct OperationalPageTests {
    private static let paths = [
        "/metrics", "/metrics/", "/v2/metrics", "/debug", "/debug/", "/debug/pprof/", "/debug/pprof/heap",
        "/debug/vars",
        "/healthz", "/readyz", "/health", "/healthz?verbose", "/readyz?verbose=1", "/status", "/stats", "/info",
        "/version", "/config", "/.env", "/server-status", "/console/", "/api/v2.0/projects", "/v1/_ping", "/v1/search",
        "/v2/_catalog", "/v2/_internal", "/.well-known/jwks.json", "/", "/v2", "/favicon.ico", "/robots.txt",
    ]

    @Test("S-28 no page that needs no credentials, and none that asks for no repository, names what is in the registry")
    func names() async throws {
        try await withScenario { scenario in
            try await scenario.push(SampleManifest.image(), to: "acme/jade-app", tag: "ruby-tag").requiring(201)
            try await scenario.share("acme/jade-app")
            _ = try await scenario.send("GET", "/v2/acme/jade-app/manifests/ruby-tag", as: .receiver).requiring(200)
            let words = ["acme", "bravo", "cargo", "jade", "ruby", scenario.server.directory.path]
            let stranger = Scenario.Persona.stranger
            for credentials in [[], [TestClient.basic(stranger.rawValue, stranger.password)]] {
                for path in Self.paths {
                    for method in ["GET", "HEAD", "POST", "OPTIONS", "TRACE"] {
                        let answer = try await scenario.client.send(method, path, headers: credentials)
                        let told =
                            answer.text + answer.headers.map { "\($0.name): \($0.value)" }.joined(separator: "\n")
                        for word in words { #expect(!told.contains(word), "\(method) \(path)") }
                        #expect(answer.status < 500, "\(method) \(path)")
                    }
                }
            }
        }
    }

    @Test("S-28 there are no metrics and no debugging pages for anybody; health is one word")
    func health() async throws {
        try await withScenario { scenario in
            for path in ["/metrics", "/debug/vars", "/debug/pprof/"] {
                for answer in [
                    try await scenario.client.send("GET", path), try await scenario.send("GET", path, as: .owner),
                ] {
                    #expect([401, 403, 404].contains(answer.status), "\(path)")
                }
            }
            for path in ["/healthz", "/readyz"] {
                #expect(try await scenario.client.send("GET", path).text == #"{"status":"ok"}"#)
            }
        }
    }
}
