import BerthAccess
import BerthCatalog
import BerthOCI
import BerthRegistry
import BerthTestSupport
import Foundation
import Synchronization
import Testing

/// Whoever is removed, or loses a permission, loses it at every door with the next request, and leaves nothing behind
/// that goes on for it.
@Suite struct RevocationTests {
    /// What a user has in hand: each of these worked before its right was taken.
    private struct Warm: Sendable {
        let scenario: Scenario
        let access: String
        let refresh: String
        let management: String
        let login: (String, String)

        init(_ scenario: Scenario) async throws {
            self.scenario = scenario
            let persona = Scenario.Persona.reader
            access = try await scenario.token(for: persona, scope: "repository:acme/app:pull")
            management = try await scenario.managementToken(persona)
            let form =
                "grant_type=password&service=berth&access_type=offline&username=\(persona.rawValue)"
                + "&password=\(persona.password)"
            let bought = try await scenario.client.send("POST", "/token", body: .bytes(Array(form.utf8)))
            refresh = try bought.json(RefreshToken.self).token
            let words = try await scenario.client.send(
                "POST", "/v2/manage/utils/secret", headers: [("X-Auth-Token", management)]
            ).requiredHeader("X-Swr-Dockerlogin").split(separator: " ").map(String.init)
            login = TestClient.basic(words[3], words[5])
        }

        /// The statuses of a pull by token, by password and by temporary login, and of the management API by token.
        func statuses() async throws -> [Int] {
            let persona = Scenario.Persona.reader
            var statuses: [Int] = []
            for credentials in [TestClient.bearer(access), TestClient.basic(persona.rawValue, persona.password), login]
            {
                statuses.append(
                    try await scenario.client.send(
                        "GET", "/v2/acme/app/manifests/v1", headers: [credentials]
                    ).status)
            }
            statuses.append(
                try await scenario.status("/v2/manage/namespaces/acme/repos/app", token: management))
            return statuses
        }

        /// The status of buying a token with the refresh token, and of a pull with that.
        func refreshed() async throws -> [Int] {
            let form = "grant_type=refresh_token&service=berth&refresh_token=\(refresh)&scope=repository:acme/app:pull"
            let bought = try await scenario.client.send("POST", "/token", body: .bytes(Array(form.utf8)))
            guard bought.status == 200 else { return [bought.status] }
            let token = try bought.json([String: BoughtValue].self)["access_token"]?.text ?? ""
            let pulled = try await scenario.client.send(
                "GET", "/v2/acme/app/manifests/v1", headers: [TestClient.bearer(token)])
            return [bought.status, pulled.status]
        }
    }

    @Test("S-21 a permission that is taken is gone at every door, for what was issued before as well")
    func permission() async throws {
        try await withScenario { scenario in
            try await scenario.push(SampleManifest.image(), to: "acme/app", tag: "v1").requiring(201)
            let warm = try await Warm(scenario)
            #expect(try await warm.statuses() == [200, 200, 200, 200])
            #expect(try await warm.refreshed() == [200, 200])
            let (target, name) = (
                try PermissionTarget(parsing: "acme"), try Scenario.Persona.reader.qualifiedName()
            )
            try await scenario.registry.removePermission(on: target, of: name, by: .dataOperator)
            #expect(try await warm.statuses() == [404, 404, 404, 403])
            #expect(try await warm.refreshed() == [200, 404])
            try await scenario.registry.setPermission(.read, on: target, of: name, by: .dataOperator)
            #expect(try await warm.statuses() == [200, 200, 200, 200])
            let other = try await openTestRegistry(in: scenario.server.directory, clock: scenario.server.clock)
            try await other.removePermission(on: target, of: name, by: .dataOperator)
            #expect(try await warm.statuses() == [404, 404, 404, 403])
        }
    }

    @Test("S-21 a user who is removed is gone at every door, and one made again under its name is another")
    func user() async throws {
        try await withScenario { scenario in
            try await scenario.push(SampleManifest.image(), to: "acme/app", tag: "v1").requiring(201)
            let warm = try await Warm(scenario)
            #expect(try await warm.statuses() == [200, 200, 200, 200])
            let name = try Scenario.Persona.reader.qualifiedName()
            try await scenario.registry.removeUser(name, by: .dataOperator)
            #expect(try await warm.statuses() == [401, 401, 401, 401])
            #expect(try await warm.refreshed() == [401])
            _ = try await scenario.registry.addUser(
                name, password: Password(parsing: Scenario.Persona.reader.password), by: .dataOperator)
            try await scenario.registry.setPermission(
                .read, on: PermissionTarget(parsing: "acme"), of: name, by: .dataOperator)
            #expect(try await warm.statuses() == [401, 200, 401, 401])
            #expect(try await warm.refreshed() == [401])
        }
    }

    @Test(
        "S-21 an account that is removed is gone with its users, and one of the same name receives none of its shares")
    func account() async throws {
        try await withScenario { scenario in
            try await scenario.push(SampleManifest.image(), to: "acme/app", tag: "v1").requiring(201)
            let name = try AccountName(parsing: "delta")
            func add() async throws {
                try await scenario.registry.addAccount(
                    name, password: Password(parsing: "password-of-delta"), by: .dataOperator)
            }
            func pull(_ credentials: (String, String)) async throws -> Int {
                try await scenario.client.send("GET", "/v2/acme/app/manifests/v1", headers: [credentials]).status
            }
            try await add()
            _ = try await scenario.registry.shareImage(
                RepositoryName(parsing: "acme/app"), with: .name(name), until: .forever, by: .dataOperator)
            let basic = TestClient.basic("delta", "password-of-delta")
            let bought = try await scenario.client.send(
                "GET", "/token?service=berth&scope=repository:acme/app:pull", headers: [basic])
            let bearer = TestClient.bearer(try bought.json([String: BoughtValue].self)["token"]?.text ?? "")
            #expect(try await pull(basic) == 200)
            #expect(try await pull(bearer) == 200)
            try await scenario.registry.removeAccount(.name(name), by: .dataOperator)
            #expect(try await pull(basic) == 401)
            #expect(try await pull(bearer) == 401)
            try await add()
            #expect(try await pull(basic) == 404)
            #expect(try await pull(bearer) == 401)
        }
    }

    @Test("S-22 what a removed member made belongs to the account: it is listed, and ends when a manager ends it")
    func whatMembersMade() async throws {
        var settings = RegistrySettings()
        settings.remoteRegions = [try Region(parsing: "region-2")]
        try await withScenario(settings: settings) { scenario in
            try await scenario.push(SampleManifest.index(of: []), to: "acme/app", tag: "v1").requiring(201)
            let path = "/v2/manage/namespaces/acme/repos/app"
            let rule = ManagementRequests.synchronization.dropLast() + #","syncAuto":true}"#
            for (child, json, status) in [
                ("access-domains", #"{"access_domain":"bravo","permit":"read","deadline":"forever"}"#, 201),
                ("triggers", ManagementRequests.trigger, 201), ("sync_repo", String(rule), 200),
            ] {
                try await scenario.manage("POST", "\(path)/\(child)", as: .manager, json: json).requiring(status)
            }
            try await scenario.registry.removeUser(
                Scenario.Persona.manager.qualifiedName(), by: .dataOperator)
            for (child, part) in [
                ("access-domains", #""creator_name":"manager""#), ("triggers", #""creator_name":"manager""#),
                ("sync_repo", #""remoteRegionId":"region-2""#),
            ] {
                let listed = try await scenario.manage("GET", "\(path)/\(child)")
                #expect(listed.text.contains(part), "\(child): \(listed.text)")
            }
            try await scenario.manage("DELETE", "\(path)/access-domains/bravo").requiring(204)
            try await scenario.manage("DELETE", "\(path)/triggers/deploy").requiring(204)
            try await scenario.manage("DELETE", "\(path)/sync_repo", json: ManagementRequests.synchronization)
                .requiring(200)
            #expect(try await scenario.send("GET", "/v2/acme/app/manifests/v1", as: .receiver).status == 404)

            try await scenario.push(SampleManifest.index(of: []), to: "acme/app", tag: "v2").requiring(201)
            let receiver = CountingReceiver()
            try await scenario.registry.makeDueTriggerCalls(through: receiver)
            #expect(receiver.count == 0)
            let jobs = try await scenario.manage("GET", "\(path)/sync_job?limit=10&offset=0")
            #expect(jobs.header("Content-Range") == "0-0/0")
        }
    }

    @Test("S-22 a trigger tells of pushes to its repository only, and of none once that is gone or made anew")
    func triggers() async throws {
        try await withScenario { scenario in
            let image = try SampleManifest.index(of: [])
            try await scenario.push(image, to: "acme/app", tag: "v1").requiring(201)
            try await scenario.manage(
                "POST", "/v2/manage/namespaces/acme/repos/app/triggers", as: .manager,
                json: ManagementRequests.trigger
            ).requiring(201)
            let receiver = CountingReceiver()
            for (repository, persona) in [("cargo/app", Scenario.Persona.stranger), ("acme/app2", .owner)] {
                try await scenario.push(image, to: repository, tag: "v2", as: persona).requiring(201)
            }
            try await scenario.registry.makeDueTriggerCalls(through: receiver)
            #expect(receiver.count == 0)
            try await scenario.registry.removeRepository(RepositoryName(parsing: "acme/app"), by: .dataOperator)
            try await scenario.push(image, to: "acme/app", tag: "v3").requiring(201)
            try await scenario.registry.makeDueTriggerCalls(through: receiver)
            #expect(receiver.count == 0)
        }
    }

    @Test("S-22 whoever only receives an image sets up nothing that tells of it or sends it on")
    func receivers() async throws {
        var settings = RegistrySettings()
        settings.remoteRegions = [try Region(parsing: "region-2")]
        try await withScenario(settings: settings) { scenario in
            try await scenario.push(SampleManifest.index(of: []), to: "acme/app", tag: "v1").requiring(201)
            try await scenario.share("acme/app")
            let path = "/v2/manage/namespaces/acme/repos/app"
            for (method, child, json) in [
                ("POST", "access-domains", #"{"access_domain":"cargo","permit":"read","deadline":"forever"}"#),
                ("POST", "triggers", ManagementRequests.trigger), ("GET", "triggers", nil),
                ("POST", "sync_repo", ManagementRequests.synchronization), ("GET", "sync_repo", nil),
                (
                    "POST", "sync_images",
                    #"{"imageTag":["v1"],"remoteRegionId":"region-2","remoteNamespace":"bravo"}"#
                ),
                ("POST", "retentions", ManagementRequests.retentionRules), ("GET", "retentions", nil),
                ("GET", "access", nil), ("GET", "access-domains", nil),
            ] as [(String, String, String?)] {
                for persona in [Scenario.Persona.receiver, .receiverUser] {
                    let answer = try await scenario.manage(method, "\(path)/\(child)", as: persona, json: json)
                    #expect(answer.status == 403, "\(persona) \(method) \(child)")
                }
            }
        }
    }
}

/// A receiver of triggers that counts what it is told.
private final class CountingReceiver: WebhookSending {
    private let calls = Mutex(0)

    var count: Int { calls.withLock(\.self) }

    func send(_ delivery: WebhookDelivery) async throws { calls.withLock { $0 += 1 } }
}

private struct RefreshToken: Decodable {
    let token: String

    enum CodingKeys: String, CodingKey {
        case token = "refresh_token"
    }
}

/// A member of an answer of `/token`, of which only texts matter.
private struct BoughtValue: Decodable {
    let text: String

    init(from decoder: any Decoder) throws {
        text = (try? decoder.singleValueContainer().decode(String.self)) ?? ""
    }
}
