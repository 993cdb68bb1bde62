import BerthOCI
import BerthRegistry
import BerthTestSupport
import Testing

/// Every way to set a tag needs the right to push, for whatever tag, and sets all or nothing.
@Suite struct TagWritingTests {
    private static let tags = ["latest", "v1", "new", "sha256-" + String(repeating: "a", count: 64) + ".sig"]

    private static func put(
        _ reference: String, _ manifest: SampleManifest, to repository: String = "acme/app", _ scenario: Scenario,
        as persona: Scenario.Persona
    ) async throws -> TestResponse {
        try await scenario.send(
            "PUT", "/v2/\(repository)/manifests/\(reference)", as: persona,
            headers: [("Content-Type", manifest.mediaType.rawValue)], body: .bytes(manifest.bytes))
    }

    @Test("S-10 no tag has a name that who may not push can set, and none that who may push cannot move")
    func noSpecialNames() async throws {
        try await withScenario { scenario in
            let (old, new) = (
                try SampleManifest.index(of: []), try SampleManifest.index(of: [], annotations: ["a": "new"])
            )
            for tag in ["latest", "v1"] { try await scenario.push(old, to: "acme/app", tag: tag).requiring(201) }
            try await scenario.share("acme/app")
            for tag in Self.tags {
                for persona in [Scenario.Persona.reader, .colleague, .receiver, .receiverUser, .stranger] {
                    let answer = try await Self.put(tag, new, scenario, as: persona)
                    #expect(answer.status == 403, "\(persona) \(tag)")
                }
            }
            #expect(try await scenario.tags(of: "acme/app") == ["latest", "v1"])
            #expect(try await scenario.send("GET", "/v2/acme/app/manifests/latest").body == old.bytes)
            for tag in Self.tags {
                #expect(try await Self.put(tag, new, scenario, as: .writer).status == 201, "\(tag)")
                #expect(try await scenario.send("GET", "/v2/acme/app/manifests/\(tag)").body == new.bytes, "\(tag)")
            }
        }
    }

    @Test("S-11 a tag of the query needs what a tag of the path needs, and a refusal sets none of them")
    func tagsOfTheQuery() async throws {
        try await withScenario { scenario in
            let (old, new) = (
                try SampleManifest.index(of: []), try SampleManifest.index(of: [], annotations: ["a": "new"])
            )
            try await scenario.push(old, to: "acme/app", tag: "v1").requiring(201)
            for query in ["tag=v1", "tag=new", "tag=new&tag=v1"] {
                for persona in [Scenario.Persona.reader, .colleague, .receiver, .stranger] {
                    let answer = try await Self.put("\(new.digest)?\(query)", new, scenario, as: persona)
                    #expect(answer.status == 403, "\(persona) \(query)")
                }
                let token = try await scenario.token(for: .owner, scope: "repository:acme/app:pull,delete")
                let answer = try await scenario.client.send(
                    "PUT", "/v2/acme/app/manifests/\(new.digest)?\(query)",
                    headers: [TestClient.bearer(token), ("Content-Type", new.mediaType.rawValue)],
                    body: .bytes(new.bytes))
                #expect(answer.status == 401, "\(query)")
            }
            #expect(try await scenario.tags(of: "acme/app") == ["v1"])
            #expect(try await scenario.send("GET", "/v2/acme/app/manifests/v1").body == old.bytes)
            #expect(try await scenario.send("HEAD", "/v2/acme/app/manifests/\(new.digest)").status == 404)
        }
    }

    @Test("S-11 of more tags than a quota leaves none is set, none is moved, and the manifest is not kept")
    func quota() async throws {
        var settings = RegistrySettings()
        settings.quotas = Quotas(tags: 2)
        try await withScenario(settings: settings) { scenario in
            let (old, new) = (
                try SampleManifest.index(of: []), try SampleManifest.index(of: [], annotations: ["a": "new"])
            )
            try await scenario.push(old, to: "acme/app", tag: "v1").requiring(201)
            let refused = try await Self.put("\(new.digest)?tag=v1&tag=a&tag=b", new, scenario, as: .writer)
            #expect(refused.status == 403)
            #expect(try await scenario.tags(of: "acme/app") == ["v1"])
            #expect(try await scenario.send("GET", "/v2/acme/app/manifests/v1").body == old.bytes)
            #expect(try await scenario.send("HEAD", "/v2/acme/app/manifests/\(new.digest)").status == 404)
            #expect(try await Self.put("\(new.digest)?tag=v1&tag=a", new, scenario, as: .writer).status == 201)
        }
    }

    @Test("S-13 of many first pushes of one tag all succeed, one is the tag, and there is one repository")
    func firstPushes() async throws {
        try await withScenario { scenario in
            let manifests = try (0..<9).map { try SampleManifest.index(of: [], annotations: ["number": "\($0)"]) }
            let personas = [Scenario.Persona.owner, .manager, .writer]
            let statuses = try await Self.atOnce(manifests.indices) { number in
                try await Self.put(
                    "first", manifests[number], to: "acme/new", scenario, as: personas[number % 3]
                ).status
            }
            #expect(statuses == Array(repeating: 201, count: 9))
            let winner = try await scenario.send("GET", "/v2/acme/new/manifests/first").body
            #expect(manifests.filter { $0.bytes == winner }.count == 1)
            #expect(try await scenario.send("GET", "/v2/_catalog").text == #"{"repositories":["acme/new"]}"#)
            let again = try #require(manifests.first { $0.bytes == winner })
            #expect(try await Self.put("first", again, to: "acme/new", scenario, as: .writer).status == 201)
            #expect(try await scenario.send("GET", "/v2/acme/new/manifests/first").body == winner)
        }
    }

    @Test("S-13 of many that make one repository, or copy onto one tag without override, exactly one succeeds")
    func oneMaker() async throws {
        try await withScenario { scenario in
            let organization = "/v2/manage/namespaces/acme/repos"
            let made = try await Self.atOnce(0..<6) { _ in
                try await scenario.manage(
                    "POST", organization, as: .writer, json: #"{"repository":"app","is_public":false}"#
                ).status
            }
            #expect(made.sorted() == [201, 409, 409, 409, 409, 409])
            let sources = try (0..<6).map { try SampleManifest.index(of: [], annotations: ["number": "\($0)"]) }
            for (number, source) in sources.enumerated() {
                try await scenario.push(source, to: "acme/app", tag: "source-\(number)").requiring(201)
            }
            let copied = try await Self.atOnce(sources.indices) { number in
                try await scenario.manage(
                    "POST", "\(organization)/app/tags", as: .writer,
                    json: #"{"source_tag":"source-\#(number)","destination_tag":"release"}"#
                ).status
            }
            #expect(copied.sorted() == [201, 409, 409, 409, 409, 409])
            let winner = try #require(copied.firstIndex(of: 201))
            #expect(try await scenario.send("GET", "/v2/acme/app/manifests/release").body == sources[winner].bytes)
        }
    }

    /// The results of requests that are made at once, in the order of their numbers.
    private static func atOnce<Result: Sendable>(
        _ numbers: Range<Int>, _ request: @escaping @Sendable (Int) async throws -> Result
    ) async throws -> [Result] {
        try await withThrowingTaskGroup(of: (Int, Result).self) { group in
            for number in numbers { group.addTask { (number, try await request(number)) } }
            var results: [(Int, Result)] = []
            for try await result in group { results.append(result) }
            return results.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }
}
