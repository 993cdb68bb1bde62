import BerthTestSupport
import Testing

@Suite struct HostileHeadTests {
    @Test("no head makes the server fail or hang, and others are answered after each")
    func heads() async throws {
        try await withScenario { scenario in
            for head in HostileHeads.all {
                do {
                    try await checkHead(Array(head.utf8), on: scenario.client)
                } catch {
                    Issue.record("\(error): \(head.prefix(200).debugDescription)")
                }
            }
            let health = try await scenario.client.send("GET", "/healthz")
            #expect(health.status == 200)
            #expect(scenario.server.faults.isEmpty)
        }
    }
}

extension FuzzTests {
    @Test("no change of a hostile head makes the server fail or hang")
    func heads() async throws {
        try await withScenario { scenario in
            let tokens = [
                "\r\n\r\n", "Content-Length: 1\r\n", "Transfer-Encoding: chunked\r\n", "HTTP/1.1", "HTTP/1.0",
                "GET /v2/ ",
                "Connection: close\r\n", "Expect: 100-continue\r\n", "Host: a\r\n", "0\r\n\r\n",
            ]
            let corpus = HostileHeads.all.filter { $0.utf8.count < 4096 }.map { Array($0.utf8) }
            await FuzzTarget.heads.fuzz(corpus, tokens: tokens) { input in
                try await checkHead(input, on: scenario.client)
                return true
            }
            let health = try await scenario.client.send("GET", "/healthz")
            #expect(health.status == 200)
            #expect(scenario.server.faults.isEmpty)
        }
    }
}

/// Sends bytes on a connection of their own, says that no more will come, and reads until the server closes it.
///
/// - Throws: ``BrokenProperty`` for an answer that is a fault of the server or no HTTP, ``TestClientError/timeout`` when
///   it does not close.
private func checkHead(_ bytes: [UInt8], on client: TestClient) async throws {
    let answer = String(decoding: try await client.sendRaw(bytes, thenEnds: true), as: UTF8.self)
    try hold(answer.isEmpty || answer.hasPrefix("HTTP/1.1 "), "no HTTP: \(answer.prefix(200))")
    for status in answer.matches(of: #/HTTP/1\.1 ([0-9]{3}) /#) {
        try hold((Int(status.1) ?? 0) < 500, "answered \(status.1)")
    }
}
