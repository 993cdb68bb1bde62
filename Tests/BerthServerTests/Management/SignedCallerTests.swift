import BerthAccess
import BerthRegistry
import BerthTestSupport
import Foundation
import Testing

@Suite struct SignedCallerTests {
    private static let path = "/v2/manage/namespaces"

    /// Sends a signed request, by default one that lists organizations now.
    private func send(
        _ scenario: Scenario, key: String, secret: String, secondsOff: TimeInterval = 0,
        changing change: (String) -> String = { $0 }
    ) async throws -> TestResponse {
        let headers = [("Host", "127.0.0.1:\(scenario.server.port)")]
        let signature = RequestSigner(accessKey: key, secretKey: secret).headers(
            signing: "GET", Self.path, headers: headers,
            at: scenario.server.clock.now.addingTimeInterval(secondsOff))
        return try await scenario.client.send(
            "GET", Self.path, headers: headers + signature.map { ($0.0, change($0.1)) })
    }

    @Test("S-42 an unknown key, a wrong secret, a disabled key and a disabled user are one answer")
    func oneAnswer() async throws {
        try await withScenario { scenario in
            let registry = scenario.registry
            let writer = try Scenario.Persona.writer.qualifiedName()
            let key = try await registry.addAccessKey(to: writer, by: .dataOperator)
            let disabled = try await registry.addAccessKey(to: writer, by: .dataOperator)
            let removed = try await registry.addAccessKey(to: writer, by: .dataOperator)
            let reader = try Scenario.Persona.reader.qualifiedName()
            let orphan = try await registry.addAccessKey(to: reader, by: .dataOperator)
            #expect(try await send(scenario, key: disabled.accessKey, secret: disabled.secretKey).status == 200)
            try await registry.disableAccessKey(disabled.accessKey, by: .dataOperator)
            try await registry.removeAccessKey(removed.accessKey, by: .dataOperator)
            try await registry.setDisabled(true, user: reader, by: .dataOperator)

            var answers: Set<String> = []
            for (accessKey, secret) in [
                ("NOSUCHKEY00000000000", key.secretKey), (key.accessKey, "wrong"), (key.accessKey, orphan.secretKey),
                (disabled.accessKey, disabled.secretKey), (removed.accessKey, removed.secretKey),
                (orphan.accessKey, orphan.secretKey), ("'", key.secretKey),
            ] {
                let answer = try await send(scenario, key: accessKey, secret: secret)
                #expect(answer.status == 401, "\(accessKey)")
                answers.insert(answer.text)
            }
            #expect(answers.count == 1)
            #expect(try await send(scenario, key: key.accessKey, secret: key.secretKey).status == 200)
        }
    }

    @Test("the clock of a client may be 15 minutes off, and it is told when it is more")
    func clock() async throws {
        try await withScenario { scenario in
            let key = try await scenario.registry.addAccessKey(
                to: Scenario.Persona.owner.qualifiedName(), by: .dataOperator)
            for (seconds, status) in [(-901.0, 401), (-900, 200), (900, 200), (901, 401), (1e9, 401)] {
                let answer = try await send(
                    scenario, key: key.accessKey, secret: key.secretKey, secondsOff: seconds)
                #expect(answer.status == status, "\(seconds)")
                if status == 401 { #expect(answer.text.contains("clock")) }
            }
        }
    }

    @Test("other algorithms and other schemes are refused with a sentence in both forms of the error")
    func otherSchemes() async throws {
        try await withScenario { scenario in
            let key = try await scenario.registry.addAccessKey(
                to: Scenario.Persona.owner.qualifiedName(), by: .dataOperator)
            for algorithm in ["SDK-HMAC-SM3", "SDK-ECDSA-P256-SHA256", "V11-HMAC-SHA256", "sdk-hmac-sha256"] {
                let answer = try await send(scenario, key: key.accessKey, secret: key.secretKey) {
                    $0.replacing("SDK-HMAC-SHA256", with: algorithm)
                }
                #expect(answer.status == 401, "\(algorithm)")
                let refusal = try answer.json(ManagementRefusal.self)
                #expect(refusal.code == "SVCSTG.SWR.4010000" && refusal.message.contains("SDK-HMAC-SHA256"))
            }
            let basic = try await scenario.send("GET", Self.path)
            #expect(basic.status == 401 && basic.header("WWW-Authenticate") == nil)
        }
    }
}
