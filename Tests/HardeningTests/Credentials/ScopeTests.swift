import BerthIdentity
import BerthTestSupport
import Testing

/// What `/token` grants of what is asked for.
@Suite struct ScopeTests {
    private static let app = "repository:acme/app:"

    private static func prepare(_ scenario: Scenario) async throws {
        for repository in ["acme/app", "acme/base"] {
            try await scenario.push(try SampleManifest.image(), to: repository, tag: "v1")
        }
        try await scenario.share("acme/app")
    }

    @Test("S-36 scopes may be repeated or joined by spaces, and neither order nor repetition changes what is granted")
    func spellings() async throws {
        try await withScenario { scenario in
            try await Self.prepare(scenario)
            let both = ["\(Self.app)pull,push", "repository:acme/base:pull"]
            for query in [
                "scope=\(Self.app)pull,push&scope=repository:acme/base:pull",
                "scope=\(Self.app)push,pull&scope=repository:acme/base:pull",
                "scope=\(Self.app)pull,push%20repository:acme/base:pull",
                "scope=\(Self.app)pull,push+repository:acme/base:pull",
                "scope=\(Self.app)pull&scope=repository:acme/base:pull&scope=\(Self.app)push,pull,push",
                "scope=repository%3Aacme%2Fapp%3Apush%2Cpull&scope=repository:acme/base:pull",
                "scope=+\(Self.app)push,pull++repository:acme/base:pull+nonsense&scope=&scope=:::",
            ] {
                let got = try IssuedToken(try await scenario.send("GET", "/token?service=berth&\(query)"))
                #expect(got.scopes == both, "GET \(query)")
                let form = "grant_type=password&username=acme&password=password-of-acme&service=berth&\(query)"
                #expect(try IssuedToken(try await scenario.post(form)).scopes == both, "POST \(query)")
            }
        }
    }

    @Test("S-36 what cannot be granted is left out, and a token with nothing in it is a token")
    func nothing() async throws {
        try await withScenario { scenario in
            try await Self.prepare(scenario)
            for query in [
                "", "&scope=", "&scope=%20", "&scope=repository:localhost:5000/acme/app:pull", "&scope=other:acme:fly",
                "&scope=repository:acme/app:", "&scope=repository:acme/app", "&scope=\(Self.app)PULL",
                "&scope=\(Self.app)pull%2Cpush%00", "&scope=Repository:acme/app:pull",
                "&scope=\(String(repeating: ":", count: 20_000))",
            ] {
                let answer = try await scenario.send("GET", "/token?service=berth\(query)")
                guard answer.status != 400 else {
                    #expect(query.contains("%00"), "only what cannot be decoded is an error: \(query)")
                    continue
                }
                let token = try IssuedToken(answer)
                #expect(token.access.isEmpty && token.sub == "acme/acme", "\(query): \(token.scopes)")
            }
            let empty = try await scenario.token(for: .owner)
            #expect(try await scenario.client.send("GET", "/v2/", headers: [TestClient.bearer(empty)]).status == 200)
            let refused = try await scenario.client.send(
                "GET", "/v2/acme/app/manifests/v1", headers: [TestClient.bearer(empty)])
            #expect(refused.status == 401)
            #expect(refused.header("WWW-Authenticate")?.contains("insufficient_scope") == true)
        }
    }

    /// Scopes that nobody holds.
    private static let patterns = [
        "repository:*:*", "repository:*:pull", "repository:acme/*:pull", "repository:**:pull", "repository:acme:pull",
        "repository:acme/app/:pull", "repository:acme/app/../../acme/base:pull", "repository:acme//app:pull",
        "repository:ACME/app:pull", "repository:bravo/secret:admin", "repository:manage/app:*", "registry:*:*",
        "registry:catalog:delete", "registry:catalogue:*", "organization:acme:*", "account:acme:manage",
    ]

    /// What is granted of a scope, actions in order.
    private static func granted(
        _ scope: String, to persona: Scenario.Persona, in scenario: Scenario
    ) async throws -> [String] {
        try IssuedToken(try await scenario.send("GET", "/token?service=berth&scope=\(scope)", as: persona)).access
            .map { "\($0.type):\($0.name):\($0.actions.sorted().joined(separator: ","))" }
    }

    @Test("S-37 whatever is asked for, a token names what its user holds and no pattern")
    func escalation() async throws {
        try await withScenario { scenario in
            try await Self.prepare(scenario)
            for (persona, app) in [
                (Scenario.Persona.owner, "delete,pull,push"), (.manager, "delete,pull,push"), (.writer, "pull,push"),
                (.reader, "pull"), (.receiverUser, "pull"), (.colleague, ""), (.stranger, ""),
            ] {
                for actions in ["*", "delete,pull,push,manage,admin", "*,delete", "push,pull,delete"] {
                    let granted = try await Self.granted("\(Self.app)\(actions)", to: persona, in: scenario)
                    #expect(granted == (app.isEmpty ? [] : ["\(Self.app)\(app)"]), "\(persona) asks \(actions)")
                }
                let patterns = Self.patterns.joined(separator: "&scope=")
                #expect(try await Self.granted(patterns, to: persona, in: scenario).isEmpty, "\(persona)")
                let catalog = "registry:catalog:*"
                #expect(try await Self.granted(catalog, to: persona, in: scenario) == [catalog])
            }
            let asked = (Self.patterns + ["\(Self.app)*", "registry:catalog:*"]).joined(separator: "&scope=")
            let nobody = try await scenario.client.send("GET", "/token?service=berth&scope=\(asked)")
            let anonymous = try IssuedToken(nobody)
            #expect(anonymous.access.isEmpty && anonymous.sub.isEmpty)
        }
    }
}
