import BerthOCI
import BerthRegistry
import BerthTestSupport
import Testing

/// JSON that is meant to cost whoever reads it more than its length, or to be read differently by two readers.
private let bombs: [(name: String, bytes: [UInt8])] = [
    ("deep arrays", Array(String(repeating: "[", count: 100_000).utf8)),
    ("deep objects", Array(String(repeating: #"{"config":"#, count: 20_000).utf8)),
    ("closed and deep", Array((String(repeating: "[", count: 999) + String(repeating: "]", count: 999)).utf8)),
    (
        "two of a name",
        Array(#"{"schemaVersion":2,"namespace":"a","namespace":"b","manifests":[],"manifests":[]}"#.utf8)
    ),
    ("two of a name, escaped", Array(#"{"schemaVersion":2,"manifests":[],"\u006danifests":[]}"#.utf8)),
    ("a huge number", Array(#"{"schemaVersion":2,"manifests":[],"x":1e99999}"#.utf8)),
    ("a long number", Array((#"{"schemaVersion":"# + String(repeating: "2", count: 100_000) + "}").utf8)),
    ("no UTF-8", Array(#"{"schemaVersion":2,"manifests":[],"x":""#.utf8) + [0xC3, 0x28] + Array("\"}".utf8)),
    ("overlong UTF-8", Array(#"{"schemaVersion":2,"manifests":[],"x":""#.utf8) + [0xC0, 0xAE] + Array("\"}".utf8)),
    ("NUL", Array("{\"schemaVersion\":2,\"manifests\":[],\"x\":\"\u{0}\"}".utf8)),
    ("escaped NUL", Array(#"{"schemaVersion":2,"manifests":[],"x":"\u0000"}"#.utf8)),
    ("a byte order mark", [0xEF, 0xBB, 0xBF] + Array(#"{"schemaVersion":2,"manifests":[]}"#.utf8)),
    ("half a pair", Array(#"{"schemaVersion":2,"manifests":[],"x":"\ud800"}"#.utf8)),
    ("something behind", Array(#"{"schemaVersion":2,"manifests":[]}{}"#.utf8)),
    ("nothing", []), ("half", Array(#"{"schemaVersion":2,"manifests":["#.utf8)),
]

@Suite struct JSONBombTests {
    @Test("S-62 a manifest that is a bomb is MANIFEST_INVALID and leaves nothing", .timeLimit(.minutes(5)))
    func manifests() async throws {
        let elements = Array(
            (#"{"schemaVersion":2,"manifests":["# + String(repeating: "0,", count: 1_000_000) + "0]}").utf8)
        try await withScenario { scenario in
            for (name, bytes) in bombs + [("a million elements", elements)] {
                let response = try await scenario.send(
                    "PUT", "/v2/acme/app/manifests/v1", headers: [("Content-Type", MediaType.ociIndex.rawValue)],
                    body: .bytes(bytes))
                #expect(response.status == 400, "\(name)")
                #expect(response.errorCodes == ["MANIFEST_INVALID"], "\(name)")
                #expect(response.body.count < 1000, "\(name)")
            }
            #expect(try await scenario.send("GET", "/v2/acme/app/tags/list").status == 404)
            #expect(try await scenario.registry.verify().orphans.isEmpty)
        }
    }

    @Test("S-62 a document for the management API that is a bomb is 400 and changes nothing", .timeLimit(.minutes(5)))
    func management() async throws {
        try await withScenario { scenario in
            for (name, bytes) in bombs {
                guard let text = String(validating: bytes, as: UTF8.self), !bytes.isEmpty else { continue }
                for path in ["/v2/manage/namespaces", "/v2/manage/namespaces/acme/repos"] {
                    let response = try await scenario.manage("POST", path, json: text)
                    #expect(response.status == 400, "\(name)")
                    #expect(response.body.count < 1000, "\(name)")
                }
                let signIn = try await scenario.client.send("POST", "/v3/auth/tokens", body: .bytes(bytes))
                #expect(signIn.status == (bytes.count > 64 << 10 ? 413 : 400), "\(name)")
            }
            let list = try await scenario.manage("GET", "/v2/manage/namespaces")
            #expect(list.text.matches(of: #/"name":"/#).count == 1, "\(list.text)")
        }
    }
}
