import BerthAccess
import BerthIdentity
import BerthRegistry
import BerthTestSupport
import Foundation
import Testing

/// Where a token is taken, each with tokens of its own.
enum TokenDoor: String, CaseIterable {
    /// An access token at the distribution API.
    case registry
    /// A refresh token at the token endpoint.
    case refresh
    /// A token of IAM at the management API.
    case management

    /// A good token of the owner.
    func token(in scenario: Scenario) async throws -> String {
        switch self {
        case .registry: try await scenario.token(for: .owner, scope: "registry:catalog:*")
        case .refresh: try await scenario.refreshToken(for: .owner)
        case .management: try await scenario.managementToken(for: .owner)
        }
    }

    /// Presents a token; a good one is answered 200.
    func present(_ token: String, in scenario: Scenario) async throws -> TestResponse {
        switch self {
        case .registry:
            try await scenario.client.send("GET", "/v2/_catalog", headers: [TestClient.bearer(token)])
        case .refresh: try await scenario.post("grant_type=refresh_token&service=berth&refresh_token=\(token)")
        case .management:
            try await scenario.client.send("GET", "/v2/manage/namespaces", headers: [("X-Auth-Token", token)])
        }
    }
}

extension Scenario {
    /// Sends a form to the token endpoint.
    func post(_ form: String, headers: [(String, String)] = []) async throws -> TestResponse {
        try await client.send(
            "POST", "/token", headers: headers + [("Content-Type", "application/x-www-form-urlencoded")],
            body: .bytes(Array(form.utf8)))
    }

    func refreshToken(for persona: Persona) async throws -> String {
        let answer = try await send("GET", "/token?service=berth&offline_token=true", as: persona)
        return try #require(try answer.json(RefreshBody.self).token)
    }

    /// A token for the management API.
    func managementToken(for persona: Persona) async throws -> String {
        let name = try persona.qualifiedName()
        return try await registry.issueManagementToken(
            for: UserReference(user: .name(name.user.description), account: .name(name.account.description)),
            password: persona.password, scope: .unnamed, from: .commandLine
        ).token
    }

    /// A login that ends by itself.
    func temporaryLogin(for persona: Persona) async throws -> (String, String) {
        let caller = try await registry.authenticate(
            username: persona.rawValue, password: persona.password, from: .commandLine)
        let login = try await registry.makeTemporaryLogin(.key, lifetime: 900, accessKey: nil, by: .caller(caller))
        return TestClient.basic(login.username, login.password)
    }

    /// Lets a minute go by, so that wrong credentials do not add up to what is throttled.
    func waitAMinute() { server.clock.advance(by: 61) }
}

extension TestServer {
    /// What the server logged of its own failures.
    var faults: [String] { log.lines.filter { $0.contains(" error ") } }
}

private struct RefreshBody: Decodable {
    let token: String?

    enum CodingKeys: String, CodingKey { case token = "refresh_token" }
}

/// What an access token says, read without a check of its signature.
struct IssuedToken: Decodable {
    let sub: String
    let access: [TokenAccess]

    /// Reads the token in an answer of the token endpoint.
    init(_ answer: TestResponse) throws {
        struct Body: Decodable {
            let token: String
        }
        try #require(answer.status == 200, "\(answer.text)")
        let token = try answer.json(Body.self).token
        let payload = try #require(token.split(separator: ".").dropFirst().first.flatMap { [UInt8](base64URL: $0) })
        self = try JSONDecoder().decode(Self.self, from: Data(payload))
    }

    /// The entries of `access` as scopes are written.
    var scopes: [String] { access.map { "\($0.type):\($0.name):\($0.actions.joined(separator: ","))" } }
}
