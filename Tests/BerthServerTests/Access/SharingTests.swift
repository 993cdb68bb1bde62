import BerthAccess
import BerthOCI
import BerthRegistry
import BerthTestSupport
import Foundation
import Testing

/// The rules of sharing as their receiver meets them, through HTTP.
@Suite("Sharing through HTTP")
struct SharingTests {
    private static let pulls = ["manifests/v1", "tags/list"]

    private static func statuses(
        _ scenario: Scenario, as persona: Scenario.Persona = .receiver, repository: String = "acme/app"
    ) async throws -> Set<Int> {
        var statuses: Set<Int> = []
        for path in pulls {
            statuses.insert(try await scenario.send("GET", "/v2/\(repository)/\(path)", as: persona).status)
        }
        return statuses
    }

    private static func prepare(_ scenario: Scenario, until deadline: Deadline = .forever) async throws
        -> SampleManifest
    {
        let image = try SampleManifest.image()
        try await scenario.push(image, to: "acme/app", tag: "v1")
        try await scenario.share("acme/app", until: deadline)
        return image
    }

    @Test("every user of the receiving account pulls the same bytes; nobody else does")
    func receiverPulls() async throws {
        try await withScenario { scenario in
            let image = try await Self.prepare(scenario)
            for persona in [Scenario.Persona.receiver, .receiverUser] {
                #expect(try await scenario.send("GET", "/v2/acme/app/manifests/v1", as: persona).body == image.bytes)
                for blob in image.blobs {
                    #expect(
                        try await scenario.send("GET", "/v2/acme/app/blobs/\(blob.digest)", as: persona).body
                            == blob.bytes)
                }
            }
            #expect(try await Self.statuses(scenario, as: .stranger) == [404])
        }
    }

    @Test("S-25 a share ends at its instant, also for a token issued before, and time stepping back does not revive it")
    func expiry() async throws {
        try await withScenario { scenario in
            let clock = scenario.server.clock
            let end = clock.now.addingTimeInterval(100)
            _ = try await Self.prepare(scenario, until: .until(end))
            let token = try await scenario.token(for: .receiver, scope: "repository:acme/app:pull")
            func pull() async throws -> Int {
                try await scenario.client.send(
                    "GET", "/v2/acme/app/manifests/v1", headers: [TestClient.bearer(token)]
                ).status
            }
            #expect(try await pull() == 200)
            clock.set(end.addingTimeInterval(-0.001))
            #expect(try await pull() == 200)
            #expect(try await Self.statuses(scenario) == [200])
            clock.set(end)
            #expect(try await pull() == 401)
            #expect(try await Self.statuses(scenario) == [404])
            clock.set(end.addingTimeInterval(0.001))
            #expect(try await pull() == 401)
            clock.advance(by: -60)
            #expect(try await pull() == 404)
            #expect(try await Self.statuses(scenario) == [404])
            let catalog = try await scenario.send("GET", "/v2/_catalog", as: .receiver)
            #expect(catalog.text == #"{"repositories":[]}"#)
            let again = try await scenario.token(for: .receiver, scope: "repository:acme/app:pull")
            #expect(
                try await scenario.client.send(
                    "GET", "/v2/acme/app/tags/list", headers: [TestClient.bearer(again)]
                ).status == 404)
            let listed = try await scenario.manage(
                "GET", "/v2/manage/shared-repositories?center=thirdparty", as: .receiver)
            #expect(listed.text.contains(#""status":false"#) && !listed.text.contains("v1"))
        }
    }

    @Test("S-25 a token ends with the share that it rests on")
    func tokenEnd() async throws {
        try await withScenario { scenario in
            _ = try await Self.prepare(scenario, until: .until(scenario.server.clock.now.addingTimeInterval(90)))
            func lifetime(_ persona: Scenario.Persona) async throws -> Int {
                let response = try await scenario.client.send(
                    "GET", "/token?service=berth&scope=repository:acme/app:pull",
                    headers: [TestClient.basic(persona.rawValue, persona.password)])
                return try response.json(TokenBody.self).lifetime
            }
            #expect(try await lifetime(.receiver) == 90)
            #expect(try await lifetime(.owner) == 300)
        }
    }

    @Test("S-27 a revoked share refuses the next request of a token issued before")
    func revocation() async throws {
        try await withScenario { scenario in
            _ = try await Self.prepare(scenario)
            let token = try await scenario.token(for: .receiver, scope: "repository:acme/app:pull")
            func pull() async throws -> Int {
                try await scenario.client.send(
                    "GET", "/v2/acme/app/manifests/v1", headers: [TestClient.bearer(token)]
                ).status
            }
            #expect(try await pull() == 200)
            try await scenario.registry.removeShare(
                of: RepositoryName(parsing: "acme/app"), with: AccountReference(parsing: "bravo"), by: .dataOperator)
            #expect(try await pull() == 404)
        }
    }

    @Test("S-27 a change by another process on the same data is seen by the next request")
    func otherProcess() async throws {
        try await withScenario { scenario in
            _ = try await Self.prepare(scenario)
            let token = try await scenario.token(for: .receiver, scope: "repository:acme/app:pull")
            let other = try await openTestRegistry(in: scenario.server.directory, clock: scenario.server.clock)
            try await other.removeShare(
                of: RepositoryName(parsing: "acme/app"), with: AccountReference(parsing: "bravo"), by: .dataOperator)
            #expect(
                try await scenario.client.send(
                    "GET", "/v2/acme/app/manifests/v1", headers: [TestClient.bearer(token)]
                ).status == 404)
        }
    }

    @Test("S-40 a disabled user and a changed password refuse the next request of a token issued before")
    func staleCredentials() async throws {
        try await withScenario { scenario in
            _ = try await Self.prepare(scenario)
            let user = try Scenario.Persona.receiverUser.qualifiedName()
            func token() async throws -> String {
                try await scenario.token(for: .receiverUser, scope: "repository:acme/app:pull")
            }
            func pull(_ token: String) async throws -> Int {
                try await scenario.client.send(
                    "GET", "/v2/acme/app/manifests/v1", headers: [TestClient.bearer(token)]
                ).status
            }
            let first = try await token()
            #expect(try await pull(first) == 200)
            try await scenario.registry.setPassword(
                Password(parsing: "another password"), of: user, by: .dataOperator)
            #expect(try await pull(first) == 401)
            #expect(try await scenario.send("GET", "/v2/", as: .receiverUser).status == 401)
            try await scenario.registry.setPassword(
                Password(parsing: Scenario.Persona.receiverUser.password), of: user, by: .dataOperator)
            let second = try await token()
            #expect(try await pull(second) == 200)
            try await scenario.registry.setDisabled(true, user: user, by: .dataOperator)
            #expect(try await pull(second) == 401)
            #expect(try await scenario.send("GET", "/v2/", as: .receiverUser).status == 401)
        }
    }

    @Test("a lowered permission refuses the next request of a token issued before")
    func loweredPermission() async throws {
        try await withScenario { scenario in
            _ = try await Self.prepare(scenario)
            let token = try await scenario.token(for: .writer, scope: "repository:acme/app:pull,push")
            func start() async throws -> Int {
                try await scenario.client.send(
                    "POST", "/v2/acme/app/blobs/uploads/", headers: [TestClient.bearer(token)]
                ).status
            }
            #expect(try await start() == 202)
            try await scenario.registry.setPermission(
                .read, on: .organization(OrganizationName(parsing: "acme")),
                of: Scenario.Persona.writer.qualifiedName(), by: .dataOperator)
            #expect(try await start() == 403)
        }
    }

    @Test("deleting and re-creating a repository brings no share back")
    func noRevival() async throws {
        try await withScenario { scenario in
            _ = try await Self.prepare(scenario, until: .until(scenario.server.clock.now.addingTimeInterval(60)))
            let name = try RepositoryName(parsing: "acme/app")
            await #expect(throws: AdministrationError.self) {
                try await scenario.registry.removeRepository(name, by: .dataOperator)
            }
            #expect(try await Self.statuses(scenario) == [200])
            scenario.server.clock.advance(by: 60)
            try await scenario.registry.removeRepository(name, by: .dataOperator)
            try await scenario.push(SampleManifest.image(), to: "acme/app", tag: "v1")
            scenario.server.clock.advance(by: -60)
            #expect(try await Self.statuses(scenario) == [404])
        }
    }

    @Test("a receiver may mount what it may pull, and keeps its copy when the share ends")
    func mountFromShare() async throws {
        try await withScenario { scenario in
            let image = try await Self.prepare(scenario)
            let blob = image.blobs[0]
            let token = try await scenario.token(for: .receiver, scope: "repository:bravo/copy:pull,push")
            let mounted = try await scenario.client.send(
                "POST", "/v2/bravo/copy/blobs/uploads/?mount=\(blob.digest)&from=acme/app",
                headers: [TestClient.bearer(token)])
            #expect(mounted.status == 201)
        }
    }
}

private struct TokenBody: Decodable {
    let lifetime: Int

    enum CodingKeys: String, CodingKey {
        case lifetime = "expires_in"
    }
}
