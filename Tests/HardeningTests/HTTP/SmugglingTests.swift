import BerthOCI
import BerthTestSupport
import Testing

@Suite struct SmugglingTests {
    /// How the body of a request is framed.
    enum Framing: CaseIterable, Sendable {
        case length, chunks

        func body(_ text: String) -> String {
            switch self {
            case .length: "Content-Length: \(text.utf8.count)\r\n\r\n\(text)"
            case .chunks:
                "Transfer-Encoding: chunked\r\n\r\n\(String(text.utf8.count, radix: 16))\r\n\(text)\r\n0\r\n\r\n"
            }
        }
    }

    private static func authorization(_ persona: Scenario.Persona) -> String {
        let (name, value) = TestClient.basic(persona.rawValue, persona.password)
        return "\(name): \(value)\r\n"
    }

    /// Requests that are answered before, or without, their body being read, each with the status it gets.
    private static let heads: [(head: String, status: Int)] = [
        ("PUT /v2/acme/app/manifests/x HTTP/1.1\r\nHost: a\r\n", 401),
        ("PUT /v2/acme/app/manifests/x HTTP/1.1\r\nHost: a\r\n" + authorization(.stranger), 403),
        ("PATCH /v2/acme/app/manifests/v1 HTTP/1.1\r\nHost: a\r\n" + authorization(.owner), 405),
        ("PUT /v2/acme/app HTTP/1.1\r\nHost: a\r\n" + authorization(.owner), 404),
        ("PATCH /v2/acme/app/blobs/uploads/x HTTP/1.1\r\nHost: a\r\n" + authorization(.owner), 404),
        ("GET /v2/acme/app/manifests/v1 HTTP/1.1\r\nHost: a\r\n" + authorization(.owner), 200),
        ("GET /healthz HTTP/1.1\r\nHost: a\r\n", 200), ("POST /none HTTP/1.1\r\nHost: a\r\n", 404),
        ("POST /v2/manage/namespaces HTTP/1.1\r\nHost: a\r\n", 401), ("POST /token HTTP/1.1\r\nHost: a\r\n", 400),
    ]

    @Test(
        "S-52 the body of a request is never run as a request, also when nobody reads it", arguments: Framing.allCases)
    func unreadBody(framing: Framing) async throws {
        try await withScenario { scenario in
            try await scenario.push(SampleManifest.image(), to: "acme/app", tag: "v1")
            let smuggled =
                "DELETE /v2/acme/app/manifests/v1 HTTP/1.1\r\nHost: a\r\n" + Self.authorization(.owner) + "\r\n"
            let last = "GET /v2/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
            for (head, status) in Self.heads {
                let bytes = Array((head + framing.body(smuggled) + last).utf8)
                let answer = RawAnswer(try await scenario.client.sendRaw(bytes))
                #expect(answer.statuses == [status, 401] || answer.statuses == [status], "\(head) \(answer.text)")
                #expect(try await scenario.send("HEAD", "/v2/acme/app/manifests/v1").status == 200, "\(head)")
            }
        }
    }

    @Test(
        "S-52 a request behind an ambiguous one never runs, with the best of credentials",
        arguments: [
            "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "Content-Length: 0\r\nContent-Length: 5\r\n\r\n", "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
            "Transfer-Encoding: chunked\r\n\r\n5\nhello\n0\n\n", "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
            "Transfer-Encoding:\u{B}chunked\r\n\r\n0\r\n\r\n", "Content-Length: 0x0\r\n\r\n",
            "Transfer-Encoding: chunked\r\n\r\n0_0\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n",
        ])
    func behindAmbiguous(rest: String) async throws {
        try await withScenario { scenario in
            try await scenario.push(SampleManifest.image(), to: "acme/app", tag: "v1")
            let owner = Self.authorization(.owner)
            let bytes = Array(
                ("POST /v2/acme/app/blobs/uploads/ HTTP/1.1\r\nHost: a\r\n\(owner)\(rest)"
                    + "DELETE /v2/acme/app/manifests/v1 HTTP/1.1\r\nHost: a\r\n\(owner)\r\n").utf8)
            let answer = RawAnswer(try await scenario.client.sendRaw(bytes))
            #expect(answer.closes, "\(answer.text)")
            // The head may have been answered before its body turned out to be none.
            #expect(answer.statuses == [400] || answer.statuses == [202], "\(answer.text)")
            #expect(try await scenario.send("HEAD", "/v2/acme/app/manifests/v1").status == 200)
        }
    }
}
