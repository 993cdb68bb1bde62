import BerthAccess
import BerthIdentity
import BerthRegistry
import BerthTestSupport
import Foundation
import Testing

@Suite struct ManagementTokenTests {
    @Test("a token has its user's rights, as they are when it is used")
    func rights() async throws {
        try await withScenario { scenario in
            let body = Array(#"{"repository":"app","is_public":false}"#.utf8)
            for (persona, status) in [(Scenario.Persona.reader, 403), (.writer, 201), (.stranger, 404)] {
                let token = try await scenario.managementToken(persona)
                let answer = try await scenario.client.send(
                    "POST", "/v2/manage/namespaces/acme/repos",
                    headers: [("X-Auth-Token", token), ("Content-Type", "application/json")], body: .bytes(body))
                #expect(answer.status == status, "\(persona): \(answer.text)")
            }
        }
    }

    @Test("a token ends after 24 hours to the second")
    func end() async throws {
        try await withScenario { scenario in
            let token = try await scenario.managementToken()
            for (seconds, status) in [(0.0, 200), (86_399, 200), (1, 401)] {
                scenario.server.clock.advance(by: seconds)
                #expect(try await scenario.status(token: token) == status)
                #expect(try await scenario.status("/v3/projects", token: token) == status)
            }
        }
    }

    /// What is done to the user of a token.
    enum Change: CaseIterable {
        case password, disabling, disablingAndEnabling, removal, removalOfKey

        func apply(to registry: Registry, key: String) async throws {
            let name = try Scenario.Persona.writer.qualifiedName()
            switch self {
            case .password:
                try await registry.setPassword(Password(parsing: "another password"), of: name, by: .dataOperator)
            case .disabling: try await registry.setDisabled(true, user: name, by: .dataOperator)
            case .disablingAndEnabling:
                try await registry.setDisabled(true, user: name, by: .dataOperator)
                try await registry.setDisabled(false, user: name, by: .dataOperator)
            case .removal: try await registry.removeUser(name, by: .dataOperator)
            case .removalOfKey: try await registry.removeAccessKey(key, by: .dataOperator)
            }
        }
    }

    @Test("S-40 a token is dead with the next request once its user's credentials change", arguments: Change.allCases)
    func credentials(change: Change) async throws {
        try await withScenario { scenario in
            let key = try await scenario.registry.addAccessKey(
                to: Scenario.Persona.writer.qualifiedName(), by: .dataOperator)
            let token = try await scenario.managementToken(.writer)
            let other = try await scenario.managementToken(.reader)
            #expect(try await scenario.status(token: token) == 200)
            try await change.apply(to: scenario.registry, key: key.accessKey)
            #expect(try await scenario.status(token: token) == 401)
            #expect(try await scenario.status("/v3/auth/domains", token: token) == 401)
            #expect(try await scenario.status(token: other) == 200)
        }
    }

    @Test("S-39 no token is taken for another use, and none for a password")
    func confusion() async throws {
        try await withScenario { scenario in
            let owner = Scenario.Persona.owner
            let management = try await scenario.managementToken()
            let access = try await scenario.token(for: .owner, scope: "registry:catalog:*")
            let offline = try await scenario.send("GET", "/token?service=berth&offline_token=true")
            struct Granted: Decodable {
                let refreshToken: String
            }
            let refresh = try offline.snakeCase(Granted.self).refreshToken

            for token in [access, refresh, owner.password, management + "x", "Bearer \(management)", "", "a.b.c"] {
                #expect(try await scenario.status(token: token) == 401)
                #expect(try await scenario.status("/v3/projects", token: token) == 401)
            }
            for token in [access, refresh, management] {
                for header in [TestClient.bearer(token), TestClient.basic(owner.rawValue, token)] {
                    let answer = try await scenario.client.send("GET", "/v2/manage/namespaces", headers: [header])
                    #expect(answer.status == 401)
                }
            }
            for header in [TestClient.bearer(management), TestClient.basic(owner.rawValue, management)] {
                #expect(try await scenario.client.send("GET", "/v2/", headers: [header]).status == 401)
                #expect(try await scenario.client.send("GET", "/token?service=berth", headers: [header]).status == 401)
            }
            #expect(
                try await scenario.client.send("GET", "/v2/", headers: [("X-Auth-Token", management)]).status == 401)
            let form = "grant_type=refresh_token&service=berth&client_id=test&refresh_token=\(management)"
            let bought = try await scenario.client.send(
                "POST", "/token", headers: [("Content-Type", "application/x-www-form-urlencoded")],
                body: .bytes(Array(form.utf8)))
            #expect(bought.status == 401)
            #expect(try await scenario.status(token: management) == 200)
        }
    }

    @Test("S-29 S-33 S-35 a token with another algorithm, region, life or issuer is refused")
    func forged() async throws {
        try await withScenario { scenario in
            let identity = scenario.registry.identity
            let now = scenario.server.clock.now
            let subject = try await scenario.caller(.owner).subject
            func claims(region: String? = "region-1", use: TokenUse = .management) throws -> TokenClaims {
                TokenClaims(
                    subject: subject, region: try region.map { try Region(parsing: $0) }, issuedAt: now,
                    expiresAt: now.addingTimeInterval(60), use: use)
            }
            let good = try await identity.tokens.sign(try claims())
            #expect(try await scenario.status(token: good) == 200)
            let anonymous = TokenClaims(
                subject: .anonymous, region: scenario.registry.region, issuedAt: now,
                expiresAt: now.addingTimeInterval(60), use: .management)
            let otherIssuer = TokenService(keys: identity.keys, issuer: "other", service: "berth") { now }
            let otherService = TokenService(keys: identity.keys, issuer: "berth", service: "other") { now }
            let parts = good.split(separator: ".").map(String.init)
            let none = Data(#"{"alg":"none","typ":"JWT"}"#.utf8).base64EncodedString().filter { $0 != "=" }
            for token in [
                try await identity.tokens.sign(try claims(region: "region-2")),
                try await identity.tokens.sign(try claims(region: nil)),
                try await identity.tokens.sign(try claims(use: .access)), try await identity.tokens.sign(anonymous),
                try await otherIssuer.sign(try claims()), try await otherService.sign(try claims()),
                "\(none).\(parts[1]).", "\(none).\(parts[1]).\(parts[2])", "\(parts[0]).\(parts[1]).",
                "\(parts[0]).\(parts[1]).\(String(parts[2].reversed()))",
                String(repeating: ".", count: 20_000), good + "," + good,
            ] {
                #expect(try await scenario.status(token: token) == 401, "\(token.prefix(200))")
            }
            await #expect(throws: TokenError.wrongLifetime) {
                try await identity.tokens.sign(
                    TokenClaims(
                        subject: subject, region: scenario.registry.region, issuedAt: now,
                        expiresAt: now.addingTimeInterval(86_401), use: .management))
            }
        }
    }

    @Test("S-34 a header of a megabyte is refused, and the server goes on")
    func oversized() async throws {
        try await withScenario { scenario in
            let good = try await scenario.managementToken()
            for header in ["X-Auth-Token", "Authorization"] {
                // The server may close before it has read all of it; what counts is that it never answers 200 or 500.
                let answer = try? await scenario.client.send(
                    "GET", "/v2/manage/namespaces", headers: [(header, String(repeating: ".", count: 1_000_000))])
                if let answer { #expect([400, 401, 431].contains(answer.status)) }
            }
            #expect(try await scenario.status(token: good) == 200)
        }
    }
}
