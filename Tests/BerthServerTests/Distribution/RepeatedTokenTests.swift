import BerthIdentity
import BerthRegistry
import BerthTestSupport
import Testing

/// Tokens are decided on what was read a moment ago, as long as nothing has changed since.
@Suite("Tokens that are asked for again and again")
struct RepeatedTokenTests {
    /// What a new token of the persona names, or the status of the refusal.
    private static func answer(_ change: PullChange, at scenario: Scenario) async throws -> String {
        let persona = change.persona
        let response = try await scenario.client.send(
            "GET", "/token?service=berth&scope=\(HotImage.scope),push,delete",
            headers: [TestClient.basic(persona.rawValue, persona.password)])
        guard response.status == 200 else { return "\(response.status)" }
        struct Body: Decodable {
            let token: String
        }
        let token = try response.json(Body.self).token
        let access = try await scenario.registry.authenticate(bearer: token).access ?? []
        return access.map { "\($0.name) \($0.actions)" }.joined(separator: " ")
    }

    @Test("a change counts at the very next token, whoever makes it", arguments: PullChange.allCases, [false, true])
    func change(change: PullChange, isMadeElsewhere: Bool) async throws {
        try await ExpressPullEndTests.withTwoServers { first, second in
            let hot = try await HotImage(in: first)
            try await change.prepare(hot)
            let before = try await Self.answer(change, at: first)
            let again = try await Self.answer(change, at: first)
            #expect(before == again && before.contains("pull"))
            try await change.make(at: isMadeElsewhere ? second : first, of: hot)
            let after = try await Self.answer(change, at: first)
            // The second server is asked for the first time, so it remembers nothing.
            let expected = try await Self.answer(change, at: second)
            #expect(after == expected)
            switch change {
            case .shareRemoved, .permissionRemoved, .madePrivate: #expect(after == "")
            case .userDisabled, .passwordChanged, .userRemoved, .accountRemoved: #expect(after == "401")
            case .permissionLowered: #expect(after != before && after.contains("pull"))
            default: break
            }
        }
    }
}
