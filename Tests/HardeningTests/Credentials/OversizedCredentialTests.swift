import BerthTestSupport
import Testing

@Suite struct OversizedCredentialTests {
    @Test("S-34 a head that grows too large is refused before it ends, and others are served meanwhile")
    func endlessHead() async throws {
        try await withScenario { scenario in
            let client = scenario.client
            let head = "GET /v2/ HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
            // No empty line ends it: a server that waited for one would wait for ever.
            let bytes = Array(head.utf8) + [UInt8](repeating: 0x2E, count: 1 << 20)
            try await withThrowingTaskGroup(of: [UInt8].self) { group in
                for _ in 0..<20 { group.addTask { try await client.sendRaw(bytes) } }
                let meanwhile = try await scenario.send("GET", "/v2/")
                #expect(meanwhile.status == 200)
                // What was said before a connection is reset may be lost on its way.
                for try await answer in group where !answer.isEmpty {
                    let text = String(decoding: answer, as: UTF8.self)
                    #expect(text.hasPrefix("HTTP/1.1 431 "), "\(text)")
                }
            }
            #expect(try await scenario.send("GET", "/v2/").status == 200)
        }
    }

    @Test(
        "S-34 credentials that fit into a head and are longer than any real ones are refused unread",
        arguments: [17, 33, 60])
    func largeCredentials(kilobytes: Int) async throws {
        try await withScenario { scenario in
            for filler in [".", "a", "e30.", "Og=="] {
                let value = String(repeating: filler, count: kilobytes * 1024 / filler.utf8.count)
                for scheme in ["Bearer", "Basic"] {
                    scenario.waitAMinute()
                    let answer = try await scenario.client.send(
                        "GET", "/v2/", headers: [("Authorization", "\(scheme) \(value)")])
                    #expect(answer.status == 401, "\(scheme) \(filler): \(answer.text)")
                }
                let management = try await scenario.client.send(
                    "GET", "/v2/manage/namespaces", headers: [("X-Auth-Token", value)])
                #expect(management.status == 401)
            }
            #expect(scenario.server.faults.isEmpty)
        }
    }
}
