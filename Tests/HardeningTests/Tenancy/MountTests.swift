import BerthAccess
import BerthOCI
import BerthRegistry
import BerthTestSupport
import Foundation
import Testing

/// Mounting makes a blob part of a repository without its bytes, so it must not be a way to bytes of others.
@Suite struct MountTests {
    private static func mount(
        _ scenario: Scenario, _ digest: Digest, from source: String? = nil, to target: String,
        as persona: Scenario.Persona, token: String? = nil
    ) async throws -> TestResponse {
        let query = "mount=\(digest)" + (source.map { "&from=\($0)" } ?? "")
        return try await scenario.client.send(
            "POST", "/v2/\(target)/blobs/uploads/?\(query)",
            headers: [token.map(TestClient.bearer) ?? TestClient.basic(persona.rawValue, persona.password)])
    }

    @Test("S-01 a mount from what the caller may not pull is an ordinary upload, as for a digest that is nowhere")
    func foreignSource() async throws {
        try await withScenario { scenario in
            let (known, unknown) = (SampleBlob("a secret layer"), SampleBlob("never pushed"))
            try await scenario.push(known, to: "acme/app")
            let token = try await scenario.token(
                for: .stranger, scope: "repository:cargo/app:pull,push", "repository:acme/app:pull")
            var answers: [VisibleAnswer] = []
            for digest in [known.digest, unknown.digest] {
                for source in ["acme/app", "acme/nop", "nope/app"] {
                    for token in [nil, token] {
                        let answer = try await Self.mount(
                            scenario, digest, from: source, to: "cargo/app", as: .stranger, token: token)
                        #expect(answer.status == 202, "\(source)")
                        answers.append(VisibleAnswer(answer, hiding: []))
                    }
                }
            }
            #expect(answers.allSatisfy { $0 == answers[0] })
            #expect(
                try await scenario.send("HEAD", "/v2/cargo/app/blobs/\(known.digest)", as: .stranger).status == 404)
        }
    }

    @Test("S-01 the end of a share ends mounting from it, also with a token that names the source")
    func endedShare() async throws {
        try await withScenario { scenario in
            let blob = SampleBlob("shared for a while")
            try await scenario.push(blob, to: "acme/app")
            try await scenario.push(SampleManifest.image(), to: "acme/app", tag: "v1")
            try await scenario.share("acme/app", until: .until(scenario.server.clock.now.addingTimeInterval(100)))
            let token = try await scenario.token(
                for: .receiver, scope: "repository:bravo/a:pull,push", "repository:bravo/b:pull,push",
                "repository:acme/app:pull")
            let before = try await Self.mount(
                scenario, blob.digest, from: "acme/app", to: "bravo/a", as: .receiver, token: token)
            #expect(before.status == 201)
            scenario.server.clock.advance(by: 99.999)
            try await scenario.registry.removeShare(
                of: RepositoryName(parsing: "acme/app"), with: AccountReference(parsing: "bravo"), by: .dataOperator)
            let after = try await Self.mount(
                scenario, blob.digest, from: "acme/app", to: "bravo/b", as: .receiver, token: token)
            #expect(after.status == 202)
        }
    }

    @Test("S-02 a mount without a source looks only where the caller may pull")
    func anonymousMount() async throws {
        try await withScenario { scenario in
            let (blob, unknown) = (SampleBlob("held by one account"), SampleBlob("never pushed"))
            try await scenario.push(blob, to: "acme/app")
            func mount(_ digest: Digest, to target: String, as persona: Scenario.Persona) async throws -> VisibleAnswer
            {
                VisibleAnswer(
                    try await Self.mount(scenario, digest, to: target, as: persona), hiding: [digest.description])
            }
            let (foreign, nowhere) = (
                try await mount(blob.digest, to: "cargo/app", as: .stranger),
                try await mount(unknown.digest, to: "cargo/app", as: .stranger)
            )
            #expect(foreign.status == 202)
            #expect(foreign == nowhere)
            try await scenario.push(blob, to: "cargo/base", as: .stranger)
            #expect(try await mount(blob.digest, to: "cargo/app", as: .stranger).status == 201)
            #expect(
                try await scenario.send("GET", "/v2/cargo/app/blobs/\(blob.digest)", as: .stranger).body == blob.bytes)
            #expect(try await mount(blob.digest, to: "bravo/app", as: .receiver).status == 202)
        }
    }

    @Test("S-02 a share and being public count for a mount without a source as long as they last")
    func anonymousMountFromOthers() async throws {
        try await withScenario { scenario in
            let image = try SampleManifest.image("shared, then public")
            let (blob, clock) = (image.blobs[1], scenario.server.clock)
            try await scenario.push(image, to: "acme/app", tag: "v1")
            try await scenario.share("acme/app", until: .until(clock.now.addingTimeInterval(60)))
            func mount(_ target: String, as persona: Scenario.Persona) async throws -> Int {
                try await Self.mount(scenario, blob.digest, to: target, as: persona).status
            }
            #expect(try await mount("bravo/a", as: .receiver) == 201)
            #expect(try await scenario.send("DELETE", "/v2/bravo/a/blobs/\(blob.digest)", as: .receiver).status == 202)
            clock.advance(by: 60)
            #expect(try await mount("bravo/b", as: .receiver) == 202)
            let name = try RepositoryName(parsing: "acme/app")
            try await scenario.registry.updateRepository(name, isPublic: true, by: .dataOperator)
            #expect(try await mount("cargo/a", as: .stranger) == 201)
            #expect(
                try await scenario.send("DELETE", "/v2/cargo/a/blobs/\(blob.digest)", as: .stranger).status == 202)
            try await scenario.registry.updateRepository(name, isPublic: false, by: .dataOperator)
            #expect(try await mount("cargo/b", as: .stranger) == 202)
        }
    }
}
