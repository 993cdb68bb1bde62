import BerthAccess
import BerthOutbound
import BerthRegistry
import BerthServer
import BerthTestSupport
import Testing

/// Guessing of passwords, keys and signatures, through every door that takes them.
@Suite struct BruteForceTests {
    /// A door that takes credentials, and what it answers to right ones.
    enum Door: CaseIterable {
        case token, tokenForm, registry, accessKey, iam

        var good: Int { self == .iam ? 201 : 200 }
    }

    /// Requests seem to come from any address: the test's own is a trusted proxy.
    private static func withProxiedScenario(
        clock: ManualClock = ManualClock(), _ body: @escaping @Sendable (Scenario) async throws -> Void
    ) async throws {
        var configuration = Server.Configuration()
        configuration.trustedProxies = [try #require(AddressBlock("127.0.0.1"))]
        try await withServer(configuration: configuration, clock: clock) { server in
            try await body(Scenario(on: server))
        }
    }

    private static func signIn(
        _ scenario: Scenario, _ door: Door, as user: String = "acme", password: String, from address: String
    ) async throws -> TestResponse {
        let origin = ("X-Forwarded-For", address)
        switch door {
        case .token, .accessKey:
            return try await scenario.client.send(
                "GET", "/token?service=berth", headers: [origin, TestClient.basic(user, password)])
        case .tokenForm:
            return try await scenario.client.send(
                "POST", "/token", headers: [origin, ("Content-Type", "application/x-www-form-urlencoded")],
                body: .bytes(
                    Array("grant_type=password&service=berth&username=\(user)&password=\(password)".utf8)))
        case .registry:
            return try await scenario.client.send(
                "GET", "/v2/", headers: [origin, TestClient.basic(user, password)])
        case .iam:
            let body = """
                {"auth": {"identity": {"methods": ["password"], "password": {"user":
                {"name": "\(user)", "password": "\(password)", "domain": {"name": "\(user)"}}}}}}
                """
            return try await scenario.client.send(
                "POST", "/v3/auth/tokens", headers: [origin, ("Content-Type", "application/json")],
                body: .bytes(Array(body.utf8)))
        }
    }

    /// What is right at a door: user name and password.
    private static func credentials(_ scenario: Scenario, _ door: Door) async throws -> (String, String) {
        guard door == .accessKey else { return ("acme", Scenario.Persona.owner.password) }
        let key = try await scenario.registry.addAccessKey(
            to: Scenario.Persona.owner.qualifiedName(), by: .dataOperator)
        return (key.loginName, key.loginPassword)
    }

    @Test(
        "S-41 wrong credentials are 401, then 429 with Retry-After; the right ones pass from anywhere at any time",
        arguments: Door.allCases)
    func guessing(door: Door) async throws {
        let clock = ManualClock()
        try await Self.withProxiedScenario(clock: clock) { scenario in
            let (user, password) = try await Self.credentials(scenario, door)
            for _ in 0..<10 {
                let response = try await Self.signIn(scenario, door, as: user, password: "wrong", from: "192.0.2.1")
                #expect(response.status == 401)
            }
            let over = try await Self.signIn(scenario, door, as: user, password: "wrong", from: "192.0.2.1")
            #expect(over.status == 429)
            let wait = try #require(over.header("Retry-After").flatMap(Int.init))
            #expect((1...60).contains(wait))
            let elsewhere = try await Self.signIn(scenario, door, as: user, password: "wrong", from: "198.51.100.9")
            #expect(elsewhere.status == 429, "the account is over its limit from everywhere")

            for address in ["198.51.100.1", "192.0.2.1"] {
                let right = try await Self.signIn(scenario, door, as: user, password: password, from: address)
                #expect(right.status == door.good, "\(address)")
            }
            clock.advance(by: Double(wait) + 60)
            let later = try await Self.signIn(scenario, door, as: user, password: "wrong", from: "192.0.2.1")
            #expect(later.status == 401)
        }
    }

    @Test("S-41 one address is counted over all accounts, and an unknown account like one that is there")
    func addressAndUnknownAccounts() async throws {
        try await Self.withProxiedScenario { scenario in
            for number in 0..<10 {
                let response = try await Self.signIn(
                    scenario, .token, as: "nobody-\(number)", password: "wrong", from: "192.0.2.7")
                #expect(response.status == 401)
            }
            let known = try await Self.signIn(scenario, .token, password: "wrong", from: "192.0.2.7")
            #expect(known.status == 429)
            #expect(try await Self.signIn(scenario, .token, password: "wrong", from: "192.0.2.8").status == 401)

            for _ in 0..<10 {
                _ = try await Self.signIn(scenario, .token, as: "nobody", password: "wrong", from: "203.0.113.1")
            }
            let unknown = try await Self.signIn(
                scenario, .token, as: "nobody", password: "wrong", from: "203.0.113.2")
            #expect(unknown.status == 429)
        }
    }

    @Test("S-41 wrong signatures are counted; the right key of the same address is not refused")
    func signatures() async throws {
        let clock = ManualClock()
        try await Self.withProxiedScenario(clock: clock) { scenario in
            let key = try await scenario.registry.addAccessKey(
                to: Scenario.Persona.owner.qualifiedName(), by: .dataOperator)
            func status(_ secret: String) async throws -> Int {
                let headers = [("Host", "127.0.0.1:\(scenario.server.port)")]
                let signed = RequestSigner(accessKey: key.accessKey, secretKey: secret).headers(
                    signing: "GET", "/v2/manage/namespaces", headers: headers, at: clock.now)
                return try await scenario.client.send(
                    "GET", "/v2/manage/namespaces", headers: headers + signed + [("X-Forwarded-For", "192.0.2.1")]
                ).status
            }
            for _ in 0..<10 { #expect(try await status("wrong") == 401) }
            #expect(try await status("wrong") == 429)
            #expect(try await status(key.secretKey) == 200)
        }
    }

    @Test("S-26 S-50 X-Forwarded-For of a peer that is no trusted proxy is not read")
    func untrustedForwarding() async throws {
        try await withScenario { scenario in
            for number in 0..<10 {
                let response = try await Self.signIn(
                    scenario, .token, as: "nobody-\(number)", password: "wrong", from: "192.0.2.\(number)")
                #expect(response.status == 401)
            }
            let response = try await Self.signIn(scenario, .token, password: "wrong", from: "192.0.2.99")
            #expect(response.status == 429, "all of these came from one address")
        }
    }

    @Test("S-50 of a trusted proxy's X-Forwarded-For the last address that is no proxy counts, whatever stands before")
    func forgedForwarding() async throws {
        try await Self.withProxiedScenario { scenario in
            for number in 0..<10 {
                _ = try await Self.signIn(
                    scenario, .token, as: "nobody-\(number)", password: "wrong",
                    from: "198.51.100.\(number), 192.0.2.1")
            }
            let forged = try await Self.signIn(
                scenario, .token, password: "wrong", from: "198.51.100.77, 192.0.2.1")
            #expect(forged.status == 429)
        }
    }
}
