import BerthOCI
import BerthTestSupport
import Testing

@Suite struct ManifestSizeTests {
    private static let type = ("Content-Type", MediaType.ociIndex.rawValue)

    @Test("S-61 a manifest of exactly 4 MiB is taken, whole")
    func largest() async throws {
        try await withScenario { scenario in
            let small = try SampleManifest.index(of: []).bytes
            let bytes = small + [UInt8](repeating: 0x20, count: Manifest.maximumSize - small.count)
            let pushed = try await scenario.send(
                "PUT", "/v2/acme/app/manifests/v1", headers: [Self.type], body: .bytes(bytes))
            #expect(pushed.status == 201)
            #expect(try await scenario.send("GET", "/v2/acme/app/manifests/v1").body == bytes)
        }
    }

    @Test("S-61 one byte more is 413 before any of it is sent, one without end as soon as it is too much")
    func tooLarge() async throws {
        try await withScenario { scenario in
            let (name, value) = TestClient.basic("acme", Scenario.Persona.owner.password)
            let head =
                "PUT /v2/acme/app/manifests/v1 HTTP/1.1\r\nHost: a\r\n\(name): \(value)\r\n\(Self.type.0): \(Self.type.1)\r\n"
            let endless = "40000000\r\n{" + String(repeating: " ", count: Manifest.maximumSize)
            for rest in [
                "Content-Length: \(Manifest.maximumSize + 1)\r\n\r\n", "Content-Length: 9223372036854775807\r\n\r\n",
                "Expect: 100-continue\r\nContent-Length: \(Manifest.maximumSize + 1)\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\n\(endless)",
            ] {
                let answer = RawAnswer(try await scenario.client.sendRaw(Array((head + rest).utf8)))
                #expect(answer.statuses == [413] && answer.closes, "\(rest.prefix(60)): \(answer.text)")
                #expect(answer.text.contains("SIZE_INVALID"), "\(rest.prefix(60))")
            }
            #expect(try await scenario.send("GET", "/v2/acme/app/tags/list").status == 404)
        }
    }
}
