import BerthOCI
import BerthRegistry
import BerthTestSupport
import Foundation
import Testing

@Suite("Pulls that are answered from memory")
struct ExpressPullTests {
    @Test(
        "the second answer and those after it come from memory and are the first one again",
        arguments: [
            ("GET", .tag), ("HEAD", .tag), ("GET", .digest), ("HEAD", .digest), ("GET", .config), ("GET", .loose),
        ] as [(String, HotImage.Item)])
    func sameAnswer(method: String, item: HotImage.Item) async throws {
        try await withScenario { scenario in
            let hot = try await HotImage(in: scenario)
            let token = try await hot.token(for: .reader)
            #expect(try !hot.isRemembered(item, by: token))
            let response = try await hot.pull(item, by: token, method: method)
            let first = SeenAnswer(response)
            #expect(first.status == 200)
            #expect(first.body == (method == "HEAD" ? [] : hot.bytes(of: item)))
            #expect(try hot.isRemembered(item, by: token))
            let second = try await hot.pull(item, by: token, method: method)
            #expect(SeenAnswer(second) == first)
            try await hot.hideFromCatalog()
            let third = try await hot.pull(item, by: token, method: method)
            #expect(SeenAnswer(third) == first)
            let identifiers = Set([response, second, third].compactMap { $0.header("X-Request-Id") })
            #expect(identifiers.count == 3)
            for answer in [response, second, third] {
                #expect(answer.headers(named: "Date").count == 1)
                let date = try answer.requiredHeader("Date")
                #expect(date.wholeMatch(of: /[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT/) != nil)
            }
        }
    }

    @Test("what a HEAD has found is there for the GET after it, and the other way round")
    func headAndGet() async throws {
        try await withScenario { scenario in
            let hot = try await HotImage(in: scenario)
            let token = try await hot.token(for: .reader)
            let head = try await hot.pull(.tag, by: token, method: "HEAD").requiring(200)
            let get = try await hot.pull(.digest, by: token).requiring(200)
            try await hot.hideFromCatalog()
            let getAfterHead = SeenAnswer(try await hot.pull(.tag, by: token))
            #expect(getAfterHead.headers == SeenAnswer(head).headers && getAfterHead.body == hot.image.bytes)
            let headAfterGet = SeenAnswer(try await hot.pull(.digest, by: token, method: "HEAD"))
            #expect(headAfterGet.headers == SeenAnswer(get).headers && headAfterGet.body.isEmpty)
        }
    }

    @Test(
        "whoever may pull is answered from memory",
        arguments: [.owner, .manager, .writer, .reader, .receiver, .receiverUser, nil] as [Scenario.Persona?])
    func everyone(persona: Scenario.Persona?) async throws {
        try await withScenario { scenario in
            let hot = try await HotImage(in: scenario)
            if persona == nil {
                _ = try await scenario.registry.updateRepository(
                    HotImage.name, isPublic: true, by: .dataOperator)
            } else {
                try await scenario.share(HotImage.repository)
            }
            let token = try await hot.token(for: persona)
            try await hot.warm(token)
            try await hot.hideFromCatalog()
            #expect(try await hot.statuses(by: token) == [200, 200, 200, 200])
        }
    }

    @Test("each caller has a memory of its own, and credentials that are no token have none")
    func nobodyElse() async throws {
        try await withScenario { scenario in
            let hot = try await HotImage(in: scenario)
            try await hot.warm(try await hot.token(for: .reader))
            let other = try await hot.token(for: .writer)
            for item in HotImage.Item.allCases { #expect(try !hot.isRemembered(item, by: other)) }
            #expect(try await scenario.send("GET", hot.path(of: .tag), as: .reader).status == 200)
            try await hot.hideFromCatalog()
            #expect(try await scenario.send("GET", hot.path(of: .tag), as: .reader).status == 404)
            #expect(try await hot.statuses(by: other) == [404, 404, 404, 404])
        }
    }

    @Test(
        "fields that change nothing about an answer do not keep it from memory",
        arguments: [
            ("Accept", "application/vnd.oci.image.manifest.v1+json, */*"), ("Connection", "keep-alive"),
            ("User-Agent", "docker/27.5.1"), ("Accept-Encoding", "gzip"), ("Cookie", "a=b"), ("X-Request-Id", "mine"),
            ("X-Forwarded-For", "192.0.2.1"), ("Cache-Control", "no-cache"),
        ])
    func harmlessFields(field: (String, String)) async throws {
        try await withScenario { scenario in
            let hot = try await HotImage(in: scenario)
            let token = try await hot.token(for: .reader)
            let first = SeenAnswer(try await hot.pull(.tag, by: token, headers: [field]))
            try await hot.hideFromCatalog()
            #expect(try await SeenAnswer(hot.pull(.tag, by: token, headers: [field])) == first)
        }
    }

    @Test(
        "a blob of more than 16 KiB is not kept, and answered as ever",
        arguments: [(0, true), (16 * 1024, true), (16 * 1024 + 1, false), (200_000, false)])
    func size(size: Int, isKept: Bool) async throws {
        try await withScenario { scenario in
            let blob = SampleBlob(random: size)
            try await scenario.push(blob, to: HotImage.repository).requiring(201)
            let token = try await scenario.token(for: .owner, scope: HotImage.scope)
            let path = "/v2/\(HotImage.repository)/blobs/\(blob.digest)"
            for _ in 0..<3 {
                let answer = try await scenario.client.send("GET", path, headers: [TestClient.bearer(token)])
                #expect(answer.status == 200 && answer.body == blob.bytes)
            }
            let caller = try #require(scenario.registry.recall(bearer: token))
            let name = try HotImage.name
            let recalled = scenario.registry.recallBlob(blob.digest, from: name, for: caller)
            #expect((recalled != nil) == isKept)
        }
    }

    @Test(
        "a manifest of more than 16 KiB is not kept, and answered as ever",
        arguments: [(10_000, true), (30_000, false)])
    func manifestSize(size: Int, isKept: Bool) async throws {
        try await withScenario { scenario in
            let image = try SampleManifest.image(annotations: ["long": String(repeating: "x", count: size)])
            let hot = try await HotImage(image, in: scenario)
            let token = try await hot.token(for: .reader)
            for _ in 0..<3 {
                let answers = [
                    try await hot.pull(.tag, by: token, method: "HEAD"), try await hot.pull(.tag, by: token),
                ]
                #expect(answers.map(\.status) == [200, 200])
                #expect(answers.map(\.body) == [[], image.bytes])
            }
            #expect(try hot.isRemembered(.tag, by: token) == isKept)
        }
    }

    @Test("a blob that was changed on the disk is not answered, and what was read before is what its digest says")
    func damagedFile() async throws {
        try await withScenario { scenario in
            let hot = try await HotImage(in: scenario)
            let (early, late) = (try await hot.token(for: .reader), try await hot.token(for: .writer))
            try await hot.warm(early)
            let path = scenario.server.path(of: hot.loose.digest)
            try FileManager.default.removeItem(atPath: path)
            try Data(hot.loose.bytes.reversed()).write(to: URL(filePath: path))
            let refused = try await hot.pull(.loose, by: late)
            #expect(refused.status == 404 && refused.errorCodes == ["BLOB_UNKNOWN"])
            #expect(try await hot.pull(.loose, by: early).body == hot.loose.bytes)
            try await scenario.push(hot.loose, to: HotImage.repository).requiring(201)
            #expect(try await hot.pull(.loose, by: late).body == hot.loose.bytes)
        }
    }
}
