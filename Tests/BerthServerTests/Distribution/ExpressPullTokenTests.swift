import BerthIdentity
import BerthOCI
import BerthRegistry
import BerthTestBasics
import BerthTestSupport
import Foundation
import Testing

@Suite("Tokens of pulls that are answered from memory")
struct ExpressPullTokenTests {
    /// Everything is in memory for the reader and for the receiver of a share.
    private static func withHotImage(_ body: @escaping @Sendable (HotImage, String) async throws -> Void) async throws {
        try await withScenario { scenario in
            let hot = try await HotImage(in: scenario)
            try await scenario.share(HotImage.repository)
            try await hot.warm(try await hot.token(for: .receiver))
            let token = try await hot.token(for: .reader)
            try await hot.warm(token)
            try await body(hot, token)
        }
    }

    @Test(
        "a token of the same user that does not name the pull is told to get a better one",
        arguments: [
            [], ["repository:acme/other:pull"], ["repository:acme/app:push"], ["repository:acme/ap:pull"],
            ["registry:catalog:*"],
        ])
    func otherScope(scopes: [String]) async throws {
        try await Self.withHotImage { hot, _ in
            for persona in [Scenario.Persona.reader, .receiver] {
                let query = scopes.map { "&scope=\($0)" }.joined()
                let bought = try await hot.scenario.client.send(
                    "GET", "/token?service=berth\(query)", headers: [persona.credentials])
                let token = try bought.json(BoughtToken.self).token
                for item in HotImage.Item.allCases {
                    for method in ["GET", "HEAD"] {
                        let refused = try await hot.pull(item, by: token, method: method)
                        #expect(refused.status == 401, "\(persona) \(method) \(item)")
                        let challenge = try refused.requiredHeader("WWW-Authenticate")
                        #expect(challenge.contains("error=\"insufficient_scope\""))
                    }
                    #expect(try !hot.isRemembered(item, by: token))
                }
            }
        }
    }

    @Test("a public repository changes nothing about what a token names")
    func publicRepository() async throws {
        try await withScenario { scenario in
            let hot = try await HotImage(in: scenario)
            let other = try await scenario.token(for: .reader, scope: "repository:acme/other:pull")
            let token = try await hot.token(for: .reader)
            try await hot.warm(token)
            try await PullChange.madePublic.make(at: scenario, of: hot)
            #expect(try await hot.statuses(by: other) == [401, 401, 401, 401])
            try await hot.warm(token)
            #expect(try await hot.statuses(by: other) == [401, 401, 401, 401])
            try await hot.warm(try await hot.token(for: nil))
            let anonymous = try await scenario.token(for: nil, scope: "repository:acme/other:pull")
            #expect(try await hot.statuses(by: anonymous) == [401, 401, 401, 401])
        }
    }

    @Test(
        "another account, a colleague and nobody find nothing",
        arguments: [.stranger, .colleague, nil] as [Scenario.Persona?])
    func others(persona: Scenario.Persona?) async throws {
        try await Self.withHotImage { hot, _ in
            let token = try await hot.token(for: persona)
            for _ in 0..<2 { #expect(try await hot.statuses(by: token) == [404, 404, 404, 404]) }
        }
    }

    @Test("a token ends when it says so, to the second")
    func expired() async throws {
        try await Self.withHotImage { hot, token in
            let clock = hot.scenario.server.clock
            try await hot.hideFromCatalog()
            clock.advance(by: 299)
            #expect(try await hot.statuses(by: token) == [200, 200, 200, 200])
            clock.advance(by: 1)
            let refused = try await hot.pull(.tag, by: token)
            #expect(refused.status == 401)
            #expect(refused.text.contains("expired"))
            #expect(try await hot.statuses(by: token) == [401, 401, 401, 401])
        }
    }

    @Test("a token whose key is kept for a while after a rotation ends with the key", arguments: [false, true])
    func rotatedKey(isRotatedElsewhere: Bool) async throws {
        try await Self.withHotImage { hot, token in
            let server = hot.scenario.server
            let keys =
                isRotatedElsewhere
                ? try TokenKeys(directory: server.certificates, now: server.clock.now) : server.registry.identity.keys
            try keys.rotate(now: server.clock.now, keepingOldFor: .seconds(100))
            #expect(try await hot.statuses(by: token) == [200, 200, 200, 200])
            server.clock.advance(by: 101)
            #expect(try await hot.statuses(by: token) == [401, 401, 401, 401])
        }
    }

    @Test("a token after a rotation that keeps nothing is no good at once", arguments: [false, true])
    func lostKey(isRotatedElsewhere: Bool) async throws {
        try await Self.withHotImage { hot, token in
            let server = hot.scenario.server
            let keys =
                isRotatedElsewhere
                ? try TokenKeys(directory: server.certificates, now: server.clock.now) : server.registry.identity.keys
            try keys.rotate(now: server.clock.now, keepingOldFor: .zero)
            for item in HotImage.Item.allCases { #expect(try await hot.pull(item, by: token).status == 401) }
            try await hot.warm(try await hot.token(for: .reader))
        }
    }

    @Test("a token that was changed, or is for something else, is not taken for the good one")
    func forged() async throws {
        try await Self.withHotImage { hot, token in
            let forge = try TokenForge(token, certificates: hot.scenario.server.certificates)
            let parts = token.split(separator: ".")
            let others = [
                String(token.dropLast(4)) + "AAAA", token + "A", "\(token).", String(parts[0] + "." + parts[1] + "."),
                try forge.token(secret: "secret"), try forge.token(payload: ["aud": "another"]),
                try forge.token(payload: ["iss": "another"]), try forge.token(header: ["alg": "none"]),
            ]
            for other in others {
                for item in HotImage.Item.allCases {
                    #expect(try await hot.pull(item, by: other).status == 401, "\(other)")
                }
            }
            #expect(try await hot.statuses(by: token) == [200, 200, 200, 200])
        }
    }
}

private struct BoughtToken: Decodable {
    let token: String
}
