import BerthOCI
import BerthTestSupport
import Testing

/// A request that asks for more than the whole of something, or in another way.
struct SpecialRequest: Sendable, CustomStringConvertible {
    var item = HotImage.Item.config
    var query = ""
    var version = "1.1"
    var scheme = "Bearer"
    /// More lines of the head; `TOKEN` and `ETAG` are filled in.
    var lines: [String] = []
    var body = ""

    var description: String { "\(item) \(query) \(version) \(scheme) \(lines.joined(separator: ", "))" }

    /// The request, and one after it that closes the connection.
    func text(_ hot: HotImage, token: String) -> String {
        let digest = item == .tag || item == .digest ? hot.image.digest : hot.image.blobs[0].digest
        let lines = lines.map { $0.replacing("TOKEN", with: token).replacing("ETAG", with: "\"\(digest)\"") + "\r\n" }
        return "GET \(hot.path(of: item))\(query) HTTP/\(version)\r\nHost: a\r\nAuthorization: \(scheme) \(token)\r\n"
            + lines.joined() + "\r\n\(body)GET /v2/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    }
}

@Suite("Requests that are answered the ordinary way though the pull is in memory")
struct ExpressPullHeadTests {
    private static func answers(_ request: SpecialRequest, _ hot: HotImage, token: String) async throws -> String {
        let bytes = try await hot.scenario.client.sendRaw(Array(request.text(hot, token: token).utf8))
        return String(decoding: bytes, as: UTF8.self).split(separator: "\r\n", omittingEmptySubsequences: false)
            .filter { !$0.lowercased().hasPrefix("date:") && !$0.lowercased().hasPrefix("x-request-id:") }
            .joined(separator: "\n")
    }

    @Test(
        "what asks for more than the whole is answered as it was before",
        arguments: [
            (.init(lines: ["Range: bytes=2-6"]), "206"),
            (.init(lines: ["range: bytes=100000-"]), "416"),
            (.init(lines: ["Range: bytes=2-6", "If-Range: ETAG"]), "206"),
            (.init(item: .tag, lines: ["Range: bytes=2-6"]), "200"),
            (.init(lines: ["If-None-Match: ETAG"]), "304"),
            (.init(item: .tag, lines: ["If-None-Match: ETAG"]), "304"),
            (.init(item: .tag, lines: ["IF-NONE-MATCH: *"]), nil),
            (.init(item: .digest, lines: ["If-None-Match: \"other\""]), "200"),
            (.init(item: .tag, lines: ["If-Match: \"other\""]), nil),
            (.init(item: .tag, lines: ["If-Modified-Since: Sat, 21 Nov 2026 00:00:00 GMT"]), nil),
            (.init(item: .tag, lines: ["If-Unmodified-Since: Sat, 21 Nov 2020 00:00:00 GMT"]), nil),
            (.init(item: .tag, lines: ["Expect: 100-continue"]), nil),
            (.init(item: .tag, query: "?ns=docker.io"), "200"), (.init(query: "?"), "200"),
            (.init(item: .tag, lines: ["Authorization: Bearer TOKEN"]), nil),
            (.init(item: .tag, lines: ["Authorization: Basic YWNtZTp3cm9uZw=="]), nil),
            (.init(item: .tag, lines: ["Connection: close"]), "200"),
            (.init(item: .tag, lines: ["Connection: Keep-Alive, close"]), "200"),
            (.init(item: .tag, version: "1.0"), "200"),
            (.init(item: .tag, version: "1.0", lines: ["Connection: keep-alive"]), "200"),
            (.init(item: .tag, lines: ["Connection: Upgrade", "Upgrade: h2c"]), nil),
            (.init(item: .tag, scheme: "bearer"), nil), (.init(item: .tag, scheme: "Bearer "), nil),
            (.init(item: .tag, lines: ["Content-Length: 0"]), nil),
            (.init(item: .tag, lines: ["Transfer-Encoding: chunked"], body: "0\r\n\r\n"), nil),
            (.init(item: .tag, lines: ["Content-Length: 5"], body: "hello"), nil),
        ] as [(SpecialRequest, String?)])
    func special(request: SpecialRequest, status: String?) async throws {
        try await withScenario { scenario in
            let hot = try await HotImage(in: scenario)
            let token = try await hot.token(for: .reader)
            let cold = try await Self.answers(request, hot, token: token)
            if let status { #expect(cold.hasPrefix("HTTP/1.1 \(status) ") || cold.hasPrefix("HTTP/1.0 \(status) ")) }
            try await hot.warm(token)
            let warm = try await Self.answers(request, hot, token: token)
            #expect(warm == cold)
            try await hot.hideFromCatalog()
            let gone = try await Self.answers(request, hot, token: token)
            for found in [" 200 OK", " 206 ", " 304 ", " 416 "] { #expect(!gone.contains(found), "\(gone)") }
        }
    }

    @Test(
        "other methods and other endpoints are answered as ever",
        arguments: [
            ("HEAD", "blobs/CONFIG", 200), ("GET", "tags/list", 200), ("GET", "referrers/IMAGE", 200),
            ("GET", "manifests/v1/", 404), ("GET", "manifests/none", 404), ("GET", "manifests/%76%31", 404),
            ("OPTIONS", "manifests/v1", 405), ("POST", "manifests/v1", 405), ("GET", "blobs/sha256:1", 400),
        ])
    func others(method: String, path: String, status: Int) async throws {
        try await withScenario { scenario in
            let hot = try await HotImage(in: scenario)
            let token = try await hot.token(for: .reader)
            let path =
                "/v2/\(HotImage.repository)/"
                + path.replacing("CONFIG", with: "\(hot.image.blobs[0].digest)")
                .replacing("IMAGE", with: "\(hot.image.digest)")
            func answer() async throws -> SeenAnswer {
                SeenAnswer(try await scenario.client.send(method, path, headers: [TestClient.bearer(token)]))
            }
            let cold = try await answer()
            #expect(cold.status == status)
            try await hot.warm(token)
            #expect(try await answer() == cold)
        }
    }
}
