import BerthAccess
import BerthIdentity
import BerthOCI
import BerthRegistry
import BerthTestSupport
import Foundation
import Testing

/// Every principal × every route × every state of the repository, through Basic and through Bearer.
@Suite("Authorization table")
struct AuthorizationTableTests {
    /// What a repository is, to who asks for it.
    enum State: String, CaseIterable, Sendable {
        case isPrivate, shared, expired, isPublic, missing, missingOrganization
    }

    /// What a persona may do.
    enum Standing: Sendable {
        case nothing, pull, push, all
    }

    enum Door: CaseIterable, Sendable {
        case basic, bearer
    }

    private static func standing(of persona: Scenario.Persona, in state: State) -> Standing {
        switch (state, persona) {
        case (.missingOrganization, _): .nothing
        case (_, .owner), (_, .manager): .all
        case (_, .writer): .push
        case (_, .reader): .pull
        case (.isPublic, _): .pull
        case (.shared, .receiver), (.shared, .receiverUser): .pull
        default: .nothing
        }
    }

    private struct Route: Sendable {
        let method: String
        let path: String
        let body: TestBody
        let headers: [(String, String)]
        let status: @Sendable (Standing, State) -> Int
    }

    private static func isThere(_ state: State) -> Bool { state != .missing && state != .missingOrganization }

    private static func read(_ path: String, method: String = "GET") -> Route {
        Route(method: method, path: path, body: .none, headers: []) { standing, state in
            standing == .nothing || !isThere(state) ? 404 : 200
        }
    }

    private static func write(
        _ method: String, _ path: String, body: TestBody = .none, headers: [(String, String)] = [], granted: Int
    ) -> Route {
        Route(method: method, path: path, body: body, headers: headers) { standing, _ in
            standing == .push || standing == .all ? granted : 403
        }
    }

    private static func routes(_ repository: String, _ image: SampleManifest) throws -> [Route] {
        let empty = try SampleManifest.index(of: [])
        let type = [("Content-Type", empty.mediaType.rawValue)]
        let base = "/v2/\(repository)"
        let unknown = SampleBlob("nowhere").digest
        let upload = UUID().uuidString.lowercased()
        return [
            read("\(base)/manifests/v1"), read("\(base)/manifests/v1", method: "HEAD"),
            read("\(base)/manifests/\(image.digest)"), read("\(base)/blobs/\(image.blobs[0].digest)"),
            read("\(base)/blobs/\(image.blobs[0].digest)", method: "HEAD"), read("\(base)/tags/list"),
            Route(method: "GET", path: "\(base)/referrers/\(unknown)", body: .none, headers: []) { standing, _ in
                standing == .nothing ? 404 : 200
            },
            Route(method: "GET", path: "\(base)/blobs/uploads/\(upload)", body: .none, headers: []) { _, _ in 404 },
            write("PATCH", "\(base)/blobs/uploads/\(upload)", body: .bytes([1]), granted: 404),
            write("PUT", "\(base)/blobs/uploads/\(upload)?digest=\(unknown)", body: .bytes([1]), granted: 404),
            write("DELETE", "\(base)/blobs/uploads/\(upload)", granted: 404),
            Route(method: "DELETE", path: "\(base)/manifests/none", body: .none, headers: []) { standing, _ in
                standing == .all ? 404 : 403
            },
            Route(method: "DELETE", path: "\(base)/manifests/\(unknown)", body: .none, headers: []) { standing, _ in
                standing == .all ? 404 : 403
            },
            Route(method: "DELETE", path: "\(base)/blobs/\(unknown)", body: .none, headers: []) { standing, _ in
                standing == .all ? 404 : 403
            },
            write("POST", "\(base)/blobs/uploads/?mount=\(unknown)", granted: 202),
            write("POST", "\(base)/blobs/uploads/", granted: 202),
            write("PUT", "\(base)/manifests/new", body: .bytes(empty.bytes), headers: type, granted: 201),
        ]
    }

    private static func prepare(_ state: State, _ scenario: Scenario) async throws -> (String, SampleManifest) {
        let image = try SampleManifest.image()
        let repository = state == .missingOrganization ? "nobody/app" : "acme/app"
        if isThere(state) { try await scenario.push(image, to: repository, tag: "v1") }
        switch state {
        case .shared: try await scenario.share(repository)
        case .expired:
            try await scenario.share(repository, until: .until(scenario.server.clock.now.addingTimeInterval(60)))
            scenario.server.clock.advance(by: 60)
        case .isPublic:
            _ = try await scenario.registry.updateRepository(
                RepositoryName(parsing: repository), isPublic: true, by: .dataOperator)
        default: break
        }
        return (repository, image)
    }

    @Test("each persona gets what it holds and nothing else", arguments: State.allCases, Door.allCases)
    func table(state: State, door: Door) async throws {
        for persona in Scenario.Persona.allCases {
            try await withScenario { scenario in
                let (repository, image) = try await Self.prepare(state, scenario)
                var credentials = TestClient.basic(persona.rawValue, persona.password)
                if door == .bearer {
                    credentials = TestClient.bearer(
                        try await scenario.token(for: persona, scope: "repository:\(repository):pull,push,delete"))
                }
                let standing = Self.standing(of: persona, in: state)
                for route in try Self.routes(repository, image) {
                    let response = try await scenario.client.send(
                        route.method, route.path, headers: route.headers + [credentials], body: route.body)
                    #expect(
                        response.status == route.status(standing, state),
                        "\(persona) \(state) \(door) \(route.method) \(route.path)")
                }
            }
        }
    }

    @Test("no credentials and bad ones are challenged whatever is asked", arguments: State.allCases)
    func unauthenticated(state: State) async throws {
        var settings = RegistrySettings()
        settings.signIns.attempts = 0
        try await withScenario(settings: settings) { scenario in
            let (repository, image) = try await Self.prepare(state, scenario)
            let bad: [[(String, String)]] = [
                [], [TestClient.basic("acme", "wrong password")], [TestClient.basic("nobody", "wrong password")],
                [TestClient.bearer("not.a.token")], [("Authorization", "Basic !!!")], [("Authorization", "Digest x")],
            ]
            for headers in bad {
                for route in try Self.routes(repository, image) {
                    let response = try await scenario.client.send(
                        route.method, route.path, headers: route.headers + headers, body: route.body)
                    #expect(response.status == 401, "\(headers) \(route.method) \(route.path)")
                    let challenge = try #require(response.header("WWW-Authenticate"))
                    #expect(challenge.contains("scope=\"repository:\(repository):"), "\(route.path)")
                }
            }
        }
    }

    @Test("an anonymous token pulls public repositories and nothing else", arguments: State.allCases, [true, false])
    func anonymous(state: State, isAllowed: Bool) async throws {
        var settings = RegistrySettings()
        settings.allowsAnonymousPull = isAllowed
        try await withScenario(settings: settings) { scenario in
            let (repository, image) = try await Self.prepare(state, scenario)
            let token = try await scenario.token(for: nil, scope: "repository:\(repository):pull,push,delete")
            let standing: Standing = state == .isPublic && isAllowed ? .pull : .nothing
            for route in try Self.routes(repository, image) {
                let response = try await scenario.client.send(
                    route.method, route.path, headers: route.headers + [TestClient.bearer(token)], body: route.body)
                #expect(response.status == route.status(standing, state), "\(state) \(route.method) \(route.path)")
            }
        }
    }

    @Test("S-08 a right that the token does not name asks for a better token")
    func insufficientScope() async throws {
        try await withScenario { scenario in
            try await scenario.push(SampleManifest.image(), to: "acme/app", tag: "v1")
            for (scope, method, path) in [
                ("repository:acme/app:push", "GET", "manifests/v1"),
                ("repository:acme/app:pull", "POST", "blobs/uploads/"),
                ("repository:acme/app:pull,push", "DELETE", "manifests/v1"),
                ("repository:acme/other:pull", "GET", "manifests/v1"),
            ] {
                let token = try await scenario.token(for: .owner, scope: scope)
                let response = try await scenario.client.send(
                    method, "/v2/acme/app/\(path)", headers: [TestClient.bearer(token)])
                #expect(response.status == 401, "\(scope)")
                #expect(
                    response.header("WWW-Authenticate")?.contains("error=\"insufficient_scope\"") == true, "\(scope)")
            }
        }
    }
}
