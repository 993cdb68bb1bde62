import BerthOCI
import BerthTestSupport
import Testing

@Suite struct ReferrerFloodTests {
    private struct Body: Decodable {
        struct Entry: Decodable {
            let digest: Digest
        }
        let manifests: [Entry]
    }

    /// Follows the links of a list and gives its pages.
    private func pages(_ scenario: Scenario, _ path: String) async throws -> [TestResponse] {
        var pages: [TestResponse] = []
        var next: String? = path
        while let path = next {
            let page = try await scenario.send("GET", path)
            pages.append(page)
            next = page.header("Link").map { String($0.dropFirst().prefix { $0 != ">" }) }
        }
        return pages
    }

    @Test("S-64 a page of referrers is never much larger than the largest manifest, whatever is written in them")
    func largeAnnotations() async throws {
        try await withScenario { scenario in
            let subject = try SampleManifest.image("subject").descriptor
            var expected: Set<Digest> = []
            for (number, size) in [1_400_000, 1_400_000, 3_900_000, 1_400_000, 1_400_000, 1_400_000, 10, 10]
                .enumerated()
            {
                let referrer = try SampleManifest.index(
                    of: [], subject: subject,
                    annotations: ["n": "\(number)", "text": String(repeating: "x", count: size)])
                #expect(try await scenario.push(referrer, to: "acme/app").status == 201)
                expected.insert(referrer.digest)
            }
            let pages = try await pages(scenario, "/v2/acme/app/referrers/\(subject.digest)")
            for page in pages {
                #expect(page.status == 200)
                #expect(page.body.count < Manifest.maximumSize + 10_000)
            }
            let found = try pages.flatMap { try $0.json(Body.self).manifests.map(\.digest) }
            #expect(found.count == expected.count && Set(found) == expected)
        }
    }

    @Test("S-64 a manifest with more annotations than allowed is refused")
    func manyAnnotations() async throws {
        try await withScenario { scenario in
            let annotations = Dictionary(uniqueKeysWithValues: (0...4096).map { ("\($0)", "") })
            let flood = try SampleManifest.index(of: [], annotations: annotations)
            let refused = try await scenario.push(flood, to: "acme/app", tag: "v1")
            #expect(refused.status == 400 && refused.errorCodes == ["MANIFEST_INVALID"])
        }
    }

    @Test("S-64 a flood of referrers comes in pages with and without a filter, and goes when it is deleted")
    func flood() async throws {
        try await withScenario { scenario in
            let subject = try SampleManifest.image("subject")
            try await scenario.push(subject, to: "acme/app", tag: "v1")
            var odd: Set<Digest> = []
            var all: Set<Digest> = []
            for number in 0..<230 {
                let isOdd = number % 2 == 1
                let referrer = try SampleManifest.index(
                    of: [], artifactType: isOdd ? "a/odd" : "a/even", subject: subject.descriptor,
                    annotations: ["n": "\(number)"])
                #expect(try await scenario.push(referrer, to: "acme/app").status == 201)
                all.insert(referrer.digest)
                if isOdd { odd.insert(referrer.digest) }
            }
            let list = "/v2/acme/app/referrers/\(subject.digest)"
            for (path, expected, count) in [
                (list, all, 3), ("\(list)?n=100000", all, 3), ("\(list)?artifactType=a/odd", odd, 2),
                ("\(list)?artifactType=a/none", [], 1),
            ] {
                let pages = try await pages(scenario, path)
                let found = try pages.flatMap { try $0.json(Body.self).manifests.map(\.digest) }
                #expect(pages.count == count, "\(path)")
                #expect(found.count == expected.count && Set(found) == expected, "\(path)")
                #expect(found == found.sorted(), "\(path)")
            }
            for digest in odd {
                #expect(try await scenario.send("DELETE", "/v2/acme/app/manifests/\(digest)").status == 202)
            }
            #expect(try await pages(scenario, list).count == 2)
            #expect(try await scenario.send("DELETE", "/v2/acme/app/manifests/\(subject.digest)").status == 202)
            #expect(try await scenario.tags(of: "acme/app").isEmpty)
            #expect(try await scenario.manage("DELETE", "/v2/manage/namespaces/acme/repos/app").status == 204)
            #expect(try await scenario.send("GET", list).text.contains("\"manifests\":[]"))
        }
    }
}
