import BerthOCI
import BerthTestSupport
import Testing

/// Endpoints that take a small document.
struct SmallDocument: CustomTestStringConvertible, Sendable {
    let request: String
    /// More than the endpoint takes, in bytes.
    let tooMuch: Int

    var testDescription: String { request }

    static let all = [
        SmallDocument(request: "POST /token", tooMuch: 40 << 10),
        SmallDocument(request: "POST /v3/auth/tokens", tooMuch: 70 << 10),
        SmallDocument(request: "GET /v3/projects", tooMuch: 70 << 10),
        SmallDocument(request: "POST /v2/manage/namespaces", tooMuch: 1100 << 10),
        SmallDocument(
            request: "POST /v2/manage/namespaces/acme/repositories/app/access-domains", tooMuch: 1100 << 10),
        SmallDocument(request: "POST /v2/manage/namespaces/acme/repos/app/triggers", tooMuch: 1100 << 10),
        SmallDocument(request: "POST /v2/manage/namespaces/acme/access", tooMuch: 1100 << 10),
        SmallDocument(request: "POST /v2/manage/utils/secret", tooMuch: 1100 << 10),
        SmallDocument(request: "PATCH /v2/manage/namespaces/acme/repos/app", tooMuch: 1100 << 10),
        SmallDocument(request: "GET /v2/manage/none", tooMuch: 1100 << 10),
    ]
}

@Suite struct LargeBodyTests {
    @Test("S-65 a gigabyte that is only announced is 413 at once", arguments: SmallDocument.all)
    func announced(document: SmallDocument) async throws {
        try await withServer { server in
            let head =
                "\(document.request) HTTP/1.1\r\nHost: a\r\nX-Auth-Token: x\r\nContent-Length: 1073741824\r\n\r\n"
            let answer = RawAnswer(try await server.client.sendRaw(Array(head.utf8)))
            #expect(answer.statuses == [413] && answer.closes, "\(answer.text)")
        }
    }

    @Test("S-65 a client that waits to be told is not told to send it", arguments: SmallDocument.all)
    func expected(document: SmallDocument) async throws {
        try await withServer { server in
            let head =
                "\(document.request) HTTP/1.1\r\nHost: a\r\nX-Auth-Token: x\r\nExpect: 100-continue\r\nContent-Length: 1073741824\r\n\r\n"
            let answer = RawAnswer(try await server.client.sendRaw(Array(head.utf8)))
            #expect(answer.statuses == [413] && answer.closes, "\(answer.text)")
        }
    }

    @Test("S-65 a body without end is 413 as soon as it is too much", arguments: SmallDocument.all)
    func endless(document: SmallDocument) async throws {
        try await withServer { server in
            let head =
                "\(document.request) HTTP/1.1\r\nHost: a\r\nX-Auth-Token: x\r\nTransfer-Encoding: chunked\r\n\r\n"
            let chunk = "40000000\r\n" + String(repeating: "x", count: document.tooMuch)
            let answer = RawAnswer(try await server.client.sendRaw(Array((head + chunk).utf8)))
            #expect(answer.statuses == [413] && answer.closes, "\(answer.text)")
        }
    }

    @Test("S-65 of who says nothing of who it is, the management API reads no body at all")
    func noCredentials() async throws {
        try await withServer { server in
            let head =
                "POST /v2/manage/namespaces HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 100\r\n\r\n"
            let answer = RawAnswer(try await server.client.sendRaw(Array(head.utf8)))
            #expect(answer.statuses == [401] && answer.closes, "\(answer.text)")
        }
    }

    @Test("S-65 a body that nobody asked for is not read into memory, and does not keep the answer back")
    func unasked() async throws {
        try await withScenario { scenario in
            let (name, value) = TestClient.basic("acme", Scenario.Persona.owner.password)
            for (request, status) in [
                ("GET /v2/", 200), ("GET /healthz", 200), ("POST /v2/acme/app/blobs/uploads/", 202),
                ("DELETE /v2/acme/app/manifests/v1", 404), ("GET /none", 404), ("GET /.well-known/jwks.json", 200),
            ] {
                let head = "\(request) HTTP/1.1\r\nHost: a\r\n\(name): \(value)\r\nContent-Length: 1073741824\r\n\r\n"
                let answer = RawAnswer(try await scenario.client.sendRaw(Array(head.utf8)))
                #expect(answer.statuses == [status] && answer.closes, "\(request): \(answer.text)")
            }
        }
    }
}
