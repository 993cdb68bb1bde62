import BerthAccess
import BerthOCI
import BerthRegistry
import BerthTestSupport
import Testing

@testable import BerthServer

/// The management API on what belongs to another account: as if it were not there.
@Suite struct ForeignPathTests {
    /// `acme/app` with everything that a repository can have.
    private static func prepare(_ scenario: Scenario) async throws -> String {
        try await scenario.push(SampleManifest.image(), to: "acme/app", tag: "v1").requiring(201)
        try await scenario.share("acme/app")
        let path = "/v2/manage/namespaces/acme/repos/app"
        try await scenario.manage("POST", "\(path)/triggers", json: ManagementRequests.trigger).requiring(201)
        try await scenario.manage("POST", "\(path)/sync_repo", json: ManagementRequests.synchronization).requiring(200)
        let made = try await scenario.manage(
            "POST", "\(path)/retentions", json: ManagementRequests.retentionRules)
        return "\(try made.requiring(201).json([String: Int].self)["id"] ?? 0)"
    }

    private static func settings() throws -> RegistrySettings {
        var settings = RegistrySettings()
        settings.remoteRegions = [try Region(parsing: "region-2")]
        return settings
    }

    @Test("S-17 S-18 private and missing are indistinguishable in every operation of the management API")
    func indistinguishable() async throws {
        try await withScenario(settings: Self.settings()) { scenario in
            let retention = try await Self.prepare(scenario)
            let user = try await scenario.permissionUser("acme/reader")
            let places = [("acme", "app"), ("acme", "nop"), ("nope", "app")].map {
                ManagementRequests.Place(organization: $0.0, repository: $0.1, retention: retention)
            }
            for (persona, status) in [(Scenario.Persona.stranger, 404), (.colleague, 403)] {
                let token = try await scenario.managementToken(persona)
                for operation in ManagementRequests.all {
                    let json = ManagementRequests.body(of: operation, user: user)
                    var answers: [VisibleAnswer] = []
                    // Who belongs to the account is told that the organization is its own.
                    for place in persona == .colleague ? Array(places[..<2]) : places {
                        let answer = try await scenario.manage(
                            operation, ManagementRequests.target(of: operation, at: place), token: token, json: json)
                        #expect(answer.status == status, "\(persona) \(operation.name): \(answer.text)")
                        answers.append(
                            VisibleAnswer(answer, hiding: ["acme/app", "acme/nop", "nope/app", "acme", "nope"]))
                    }
                    #expect(answers.allSatisfy { $0 == answers[0] }, "\(persona) \(operation.name): \(answers)")
                }
            }
        }
    }

    @Test("S-18 an organization of one's own in the path opens nothing of another's repository of the same name")
    func sameNames() async throws {
        try await withScenario(settings: Self.settings()) { scenario in
            let retention = try await Self.prepare(scenario)
            let token = try await scenario.managementToken(.stranger)
            let path = "/v2/manage/namespaces/cargo/repos/app"
            for operation in ManagementRequests.all where "\(operation.path)".contains("{repository}") {
                let place = ManagementRequests.Place(organization: "cargo", retention: retention)
                let user = try await scenario.permissionUser("acme/reader")
                let answer = try await scenario.manage(
                    operation, ManagementRequests.target(of: operation, at: place), token: token,
                    json: ManagementRequests.body(of: operation, user: user))
                #expect(answer.status == 404, "\(operation.name)")
            }
            #expect(try await scenario.manage("GET", path, as: .stranger).status == 404)
        }
    }

    @Test("S-18 a child is looked up under its parent: the id of another's is the id of none")
    func childrenOfOthers() async throws {
        try await withScenario(settings: Self.settings()) { scenario in
            let retention = try await Self.prepare(scenario)
            let next = "\((Int(retention) ?? 0) + 1)"
            try await scenario.registry.addAccount(AccountName(parsing: "delta"), by: .dataOperator)
            let own = "/v2/manage/namespaces/cargo/repos/app"
            try await scenario.push(SampleManifest.index(of: []), to: "cargo/app", tag: "own", as: .stranger)
                .requiring(201)
            let users = try await ["acme/reader", "acme/writer"].asyncMap { try await scenario.userID($0) }
            let change = #"{"permit":"read","deadline":"forever"}"#
            for (method, foreign, missing, json, status) in [
                ("GET", "retentions/\(retention)", "retentions/\(next)", nil, 404),
                ("PATCH", "retentions/\(retention)", "retentions/\(next)", ManagementRequests.retentionRules, 404),
                ("DELETE", "retentions/\(retention)", "retentions/\(next)", nil, 400),
                ("GET", "triggers/deploy", "triggers/nobody", nil, 404),
                ("PATCH", "triggers/deploy", "triggers/nobody", #"{"enable":"false"}"#, 404),
                ("DELETE", "triggers/deploy", "triggers/nobody", nil, 404),
                ("GET", "tags/v1", "tags/v9", nil, 404), ("DELETE", "tags/v1", "tags/v9", nil, 404),
                ("GET", "v1/accessories", "v9/accessories", nil, 404),
                ("GET", "access-domains/bravo", "access-domains/delta", nil, 200),
                ("PATCH", "access-domains/bravo", "access-domains/delta", change, 404),
                ("DELETE", "access-domains/bravo", "access-domains/delta", nil, 404),
            ] as [(String, String, String, String?, Int)] {
                var answers: [VisibleAnswer] = []
                for child in [foreign, missing] {
                    let answer = try await scenario.manage(method, "\(own)/\(child)", as: .stranger, json: json)
                    #expect(answer.status == status, "\(method) \(child): \(answer.text)")
                    answers.append(
                        VisibleAnswer(
                            answer, hiding: ["bravo", "delta", "v1", "v9", "deploy", "nobody", retention, next]))
                }
                #expect(answers[0] == answers[1], "\(method) \(foreign)")
            }
            for target in ["/v2/manage/namespaces/cargo/access", "\(own)/access"] {
                for method in ["POST", "PATCH", "DELETE"] {
                    let answers = try await [users[0], "nobody-has-this-id"].asyncMap { id in
                        let entry = #"[{"user_id":"\#(id)","user_name":"reader","auth":1}]"#
                        return VisibleAnswer(
                            try await scenario.manage(
                                method, target, as: .stranger, json: method == "DELETE" ? #"["\#(id)"]"# : entry),
                            hiding: [id])
                    }
                    #expect((400..<500).contains(answers[0].status), "\(method) \(target)")
                    #expect(answers[0] == answers[1], "\(method) \(target)")
                }
            }
            let tags = try await scenario.manage("GET", "/v2/manage/namespaces/acme/repos/app/tags/v1")
            #expect(tags.status == 200)
            let base = "/v2/manage/namespaces/acme/repos/app"
            #expect(try await scenario.manage("GET", "\(base)/triggers/deploy").text.contains(#""enable":"true""#))
            #expect(try await scenario.manage("GET", "\(base)/retentions/\(retention)").status == 200)
            #expect(try await scenario.manage("GET", "\(base)/access-domains/bravo").text.contains(#""exist":true"#))
        }
    }

    @Test("S-18 the project of another account is no project, in the path and in the header")
    func projects() async throws {
        try await withScenario { scenario in
            let foreign = try await scenario.ids(of: .owner).project
            let missing = String(foreign.reversed())
            for target in ["quotas", "feature-gates"] {
                let answers = try await [foreign, missing].asyncMap { project in
                    VisibleAnswer(
                        try await scenario.manage(
                            "GET", "/v2/manage/projects/\(project)/\(target)", as: .stranger), hiding: [project])
                }
                #expect((400..<500).contains(answers[0].status), "\(target)")
                #expect(answers[0] == answers[1], "\(target)")
            }
            let headers = try await [foreign, missing].asyncMap { project in
                VisibleAnswer(
                    try await scenario.manage(
                        "GET", "/v2/manage/repos", as: .stranger, headers: [("X-Project-Id", project)]),
                    hiding: [project])
            }
            #expect(headers[0].status == 403 && headers[0] == headers[1])
        }
    }
}

extension Sequence where Element: Sendable {
    /// Maps one element after the other.
    fileprivate func asyncMap<Result>(_ transform: (Element) async throws -> Result) async rethrows -> [Result] {
        var results: [Result] = []
        for element in self { results.append(try await transform(element)) }
        return results
    }
}
