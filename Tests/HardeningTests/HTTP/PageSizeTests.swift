import BerthOCI
import BerthTestSupport
import Testing

@Suite struct PageSizeTests {
    private static let subject = SampleBlob("subject").digest
    private static let lists = ["/v2/acme/app/tags/list", "/v2/_catalog", "/v2/acme/app/referrers/\(subject)"]

    private struct Body: Decodable {
        struct Entry: Decodable {}
        let tags: [String]?
        let repositories: [String]?
        let manifests: [Entry]?

        var count: Int { tags?.count ?? repositories?.count ?? manifests?.count ?? -1 }
    }

    @Test("S-60 a page of nothing is empty, also where there is more, and has no Link", arguments: lists)
    func zero(list: String) async throws {
        try await withScenario { scenario in
            try await scenario.push(SampleManifest.image(), to: "acme/app", tag: "v1")
            for n in ["0", "00"] {
                let page = try await scenario.send("GET", "\(list)?n=\(n)")
                #expect(page.status == 200)
                #expect(try page.json(Body.self).count == 0)
                #expect(page.header("Link") == nil)
            }
        }
    }

    @Test("S-60 a size of a page that is no number is 400", arguments: lists)
    func noNumber(list: String) async throws {
        try await withScenario { scenario in
            try await scenario.push(SampleManifest.image(), to: "acme/app", tag: "v1")
            for n in ["-1", "x", "1.5", "", "1e3", "0x10", "%2B1", "%201", "1%20", "%EF%BC%91", "--", "1,2", "NaN"] {
                let response = try await scenario.send("GET", "\(list)?n=\(n)")
                #expect(response.status == 400, "n=\(n)")
                #expect(response.errorCodes == ["UNSUPPORTED"], "n=\(n)")
            }
        }
    }

    @Test(
        "S-60 however much is asked for, a page has no more than it may, and a Link to the rest",
        arguments: [
            "1000000000", "9223372036854775807", "9223372036854775808", String(repeating: "9", count: 1000), nil,
        ])
    func large(n: String?) async throws {
        let query = n.map { "?n=\($0)" } ?? ""
        try await withScenario { scenario in
            let image = try SampleManifest.image()
            try await scenario.push(image, to: "acme/app")
            for hundred in 10..<21 {
                let tags = (0..<100).map { "tag=t\(hundred * 100 + $0)" }.joined(separator: "&")
                let pushed = try await scenario.send(
                    "PUT", "/v2/acme/app/manifests/\(image.digest)?\(tags)",
                    headers: [("Content-Type", image.mediaType.rawValue)], body: .bytes(image.bytes))
                #expect(pushed.status == 201)
            }
            let page = try await scenario.send("GET", "/v2/acme/app/tags/list\(query)")
            #expect(try page.json(Body.self).count == 1000)
            let link = try #require(page.header("Link"))
            let rest = try await scenario.send("GET", String(link.dropFirst().prefix { $0 != ">" }))
            #expect(try rest.json(Body.self).count == 100)
            #expect(rest.header("Link") == nil)
            #expect(try await scenario.send("GET", "/v2/_catalog\(query)").json(Body.self).count == 1)
            #expect(try await scenario.send("GET", "/v2/acme/app/referrers/\(Self.subject)\(query)").status == 200)
        }
    }
}
