import BerthAccess
import BerthRegistry
import BerthTestSupport
import Foundation
import Testing

private struct RefreshTokenBody: Decodable {
    let refreshToken: String

    enum CodingKeys: String, CodingKey { case refreshToken = "refresh_token" }
}

extension Scenario {
    /// Asks for a token with a form.
    fileprivate func postForm(_ form: String) async throws -> TestResponse {
        try await client.send(
            "POST", "/token", headers: [("Content-Type", "application/x-www-form-urlencoded")],
            body: .bytes(Array(form.utf8)))
    }
}

@Suite("What the audit log tells of sign-ins")
struct AuditSignInTests {
    /// What is told of the sign-ins that `work` tries.
    private static func signIns(
        _ scenario: Scenario, _ work: () async throws -> Void
    ) async throws -> [String] {
        let last = try await scenario.lastAuditID()
        try await work()
        return try await scenario.auditEntries(after: last).filter { $0.action == .signIn }.map(\.line)
    }

    private static let wrong = "(the user name or the password is wrong)"

    @Test("good and bad ones with a password, with the name that was typed")
    func passwords() async throws {
        try await withScenario { scenario in
            func token(_ name: String, _ password: String) async throws {
                _ = try await scenario.client.send("GET", "/token", headers: [TestClient.basic(name, password)])
            }
            let long = String(repeating: "n", count: 300)
            let lines = try await Self.signIns(scenario) {
                try await token("acme", Scenario.Persona.owner.password)
                try await token("acme/writer", "wrong")
                try await token("acme/nobody", "wrong")
                try await token("a\u{1B}[31m\nb", "wrong")
                try await token(long, "wrong")
                _ = try await scenario.postForm("grant_type=password&username=bravo&password=wrong")
            }
            #expect(
                Set(lines) == [
                    "acme/acme sign-in done - 127.0.0.1", "acme/writer sign-in refused - 127.0.0.1 \(Self.wrong)",
                    "acme/nobody sign-in refused - 127.0.0.1 \(Self.wrong)",
                    "a\u{1B}[31m\nb sign-in refused - 127.0.0.1 \(Self.wrong)",
                    "\(long.prefix(128)) sign-in refused - 127.0.0.1 \(Self.wrong)",
                    "bravo sign-in refused - 127.0.0.1 \(Self.wrong)",
                ])
        }
    }

    @Test("an account sees the attempts on its own users and keys, and on no other's")
    func owners() async throws {
        try await withScenario { scenario in
            let key = try await scenario.registry.addAccessKey(
                to: Scenario.Persona.reader.qualifiedName(), by: .dataOperator)
            let names = ["acme", "acme/writer", "acme/nobody", "region-1@\(key.accessKey)"]
            let others = ["bravo", "nobody", "region-1@NOSUCHKEY", "@", "acme@", ""]
            for name in names + others {
                _ = try await scenario.client.send("GET", "/v2/", headers: [TestClient.basic(name, "wrong")])
            }
            try await scenario.registry.writeAudit()
            let filter = AuditFilter(actions: try AuditActions(parsing: "sign-in"))
            let seen = try await scenario.registry.listAudit(filter, by: scenario.actor(.owner))
            #expect(Set(seen.map(\.actor)) == Set(names))
            let all = try await scenario.registry.listAudit(filter, by: .dataOperator)
            #expect(Set(all.map(\.actor)) == Set(names + others))
            #expect(all.allSatisfy { $0.account == nil && $0.result == .refused })
        }
    }

    @Test("with IAM, with a signature and with a refresh token")
    func otherWays() async throws {
        try await withScenario { scenario in
            let user = #""name":"acme","domain":{"name":"acme"}"#
            var lines = try await Self.signIns(scenario) {
                let good = try scenario.signInBody(.owner)
                #expect(try await scenario.signIn(good).status == 201)
                let bad = scenario.signInBody(user: user, password: "wrong")
                #expect(try await scenario.signIn(bad).status == 401)
            }
            #expect(
                lines == [
                    "acme/acme sign-in done - 127.0.0.1",
                    "acme/acme sign-in refused - 127.0.0.1 (The username or password is wrong.)",
                ])

            let key = try await scenario.registry.addAccessKey(
                to: Scenario.Persona.owner.qualifiedName(), by: .dataOperator)
            let signed = RequestSigner(accessKey: key.accessKey, secretKey: "not the secret").headers(
                signing: "GET", "/v2/manage/namespaces", query: "", headers: [("Host", "berth")], body: [],
                at: scenario.server.clock.now)
            lines = try await Self.signIns(scenario) {
                let status = try await scenario.client.send(
                    "GET", "/v2/manage/namespaces", headers: [("Host", "berth")] + signed
                ).status
                #expect(status == 401)
            }
            #expect(lines.count == 1 && lines[0].hasPrefix("\(key.accessKey) sign-in refused - 127.0.0.1 ("))

            lines = try await Self.signIns(scenario) {
                let answer = try await scenario.postForm("grant_type=refresh_token&refresh_token=x")
                #expect(answer.status == 401)
            }
            #expect(lines.count == 1 && lines[0].hasPrefix(" sign-in refused - 127.0.0.1 ("))
        }
    }

    @Test("a refresh token buys tokens as a sign-in, until its user is disabled")
    func refreshTokens() async throws {
        try await withScenario { scenario in
            let answer = try await scenario.client.send(
                "GET", "/token?offline_token=true", headers: [TestClient.basic("acme", Scenario.Persona.owner.password)]
            )
            let token = try answer.json(RefreshTokenBody.self).refreshToken
            func buy() async throws -> Int {
                let answer = try await scenario.postForm("grant_type=refresh_token&refresh_token=\(token)")
                return answer.status
            }
            let lines = try await Self.signIns(scenario) {
                #expect(try await buy() == 200)
                try await scenario.registry.setDisabled(
                    true, user: Scenario.Persona.owner.qualifiedName(), by: .dataOperator)
                #expect(try await buy() == 401)
            }
            #expect(lines.count == 2 && lines.first == "acme/acme sign-in done - 127.0.0.1")
            #expect(lines.last?.hasPrefix(" sign-in refused - 127.0.0.1 (") == true)
        }
    }
}
