import BerthRegistry
import BerthTestSupport
import Foundation
import NIOHTTP1
import Testing

/// Retention and triggers as a client of the management API meets them.
@Suite("Retention and triggers through the management API")
struct RetentionDoorTests {
    private static let base = "/v2/manage/namespaces/acme/repos/team%24app"
    private static let rule =
        #"{"algorithm":"or","rules":[{"template":"tag_rule","params":{"num":1},"tag_selectors":[{"kind":"regexp","pattern":"^keep"}]}]}"#

    private struct Policy: Decodable {
        struct Rule: Decodable {
            let template: String
            let params: [String: String]
            let tagSelectors: [[String: String]]
        }
        let algorithm: String
        let id: Int
        let scope: String
        let rules: [Rule]
    }

    private struct History: Decodable {
        struct Entry: Decodable {
            let createdAt: String
            let id: Int
            let namespace: String
            let repo: String
            let retentionId: Int
            let ruleType: String
            let tag: String
        }
        let retentionLog: [Entry]
        let total: Int
    }

    private struct Refusal: Decodable {
        let errorCode: String
    }

    private static func expect(
        _ status: Int, _ code: String, _ response: TestResponse, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        #expect(response.status == status, sourceLocation: sourceLocation)
        let refusal = try response.snakeCase(Refusal.self)
        #expect(refusal.errorCode == "SVCSTG.SWR.\(code)", sourceLocation: sourceLocation)
    }

    private static func prepare(_ scenario: Scenario, tags: String...) async throws {
        for tag in tags {
            try await scenario.push(try SampleManifest.image(tag), to: "acme/team/app", tag: tag)
            scenario.server.clock.advance(by: 60)
        }
    }

    @Test("a policy is made, applied, shown, changed and removed, and its history told")
    func retention() async throws {
        try await withScenario { scenario in
            try await Self.prepare(scenario, tags: "v1", "keep-1", "v2", "v3")
            let empty = try await scenario.manage("GET", "\(Self.base)/retentions")
            #expect(empty.status == 200)
            #expect(empty.body == Array("[]".utf8))

            struct Created: Decodable {
                let id: Int
            }
            let created = try await scenario.manage("POST", "\(Self.base)/retentions", json: Self.rule)
            #expect(created.status == 201)
            let id = try created.snakeCase(Created.self).id
            let list = try await scenario.manage("GET", "\(Self.base)/retentions").snakeCase([Policy].self)
            #expect(list.map(\.id) == [id])
            let policy = try await scenario.manage("GET", "\(Self.base)/retentions/\(id)").snakeCase(Policy.self)
            #expect(policy.algorithm == "or")
            #expect(policy.scope == "")
            #expect(policy.rules.first?.template == "tag_rule")
            #expect(policy.rules.first?.params == ["num": "1"])
            #expect(policy.rules.first?.tagSelectors == [["kind": "regexp", "pattern": "^keep"]])
            try Self.expect(
                400, "4000014", try await scenario.manage("POST", "\(Self.base)/retentions", json: Self.rule))

            let response = try await scenario.manage(
                "GET", "\(Self.base)/retentions/histories?filter=limit%3A%3A1%7Coffset%3A%3A1")
            #expect(response.headers.first(name: "Content-Range") == "1-1/2")
            let history = try response.snakeCase(History.self)
            #expect(history.total == 2)
            let entry = try #require(history.retentionLog.first)
            #expect(entry.namespace == "acme")
            #expect(entry.repo == "team/app")
            #expect(entry.retentionId == id)
            #expect(["v1", "v2"].contains(entry.tag))
            #expect(entry.ruleType.contains(#""template":"tag_rule""#))

            let changed = Self.rule.replacing(#""num":1"#, with: #""num":"2""#)
            #expect(
                try await scenario.manage("PATCH", "\(Self.base)/retentions/\(id)", json: changed).status == 201)
            try Self.expect(
                404, "4040091",
                try await scenario.manage("PATCH", "\(Self.base)/retentions/\(id + 1)", json: changed))
            try Self.expect(404, "4040091", try await scenario.manage("GET", "\(Self.base)/retentions/x"))
            #expect(try await scenario.manage("DELETE", "\(Self.base)/retentions/\(id)").status == 200)
            try Self.expect(400, "4000306", try await scenario.manage("DELETE", "\(Self.base)/retentions/\(id)"))
        }
    }

    @Test(
        "a policy that is not one is refused",
        arguments: [
            #"{"algorithm":"and","rules":[]}"#, #"{"algorithm":"or","rules":[]}"#,
            #"{"algorithm":"or","rules":[{"template":"date_rule","params":{"num":"1"},"tag_selectors":[]}]}"#,
            #"{"algorithm":"or","rules":[{"template":"date_rule","params":{"days":"0"},"tag_selectors":[]}]}"#,
            #"{"algorithm":"or","rules":[{"template":"date_rule","params":{"days":"366"},"tag_selectors":[]}]}"#,
            #"{"algorithm":"or","rules":[{"template":"tag_rule","params":{"num":"1001"},"tag_selectors":[]}]}"#,
            #"{"algorithm":"or","rules":[{"template":"tag_rule","params":{"num":"+1"},"tag_selectors":[]}]}"#,
            #"{"algorithm":"or","rules":[{"template":"x_rule","params":{"num":"1"},"tag_selectors":[]}]}"#,
            #"{"algorithm":"or","rules":[{"template":"tag_rule","params":{"num":"1"},"tag_selectors":[{"kind":"glob","pattern":"a"}]}]}"#,
            #"{"algorithm":"or","rules":[{"template":"tag_rule","params":{"num":"1"},"tag_selectors":[{"kind":"regexp","pattern":"(a"}]}]}"#,
            #"{"algorithm":"or","rules":[{"template":"tag_rule","params":{"num":"1"},"tag_selectors":[{"kind":"regexp","pattern":"(?=a)"}]}]}"#,
        ])
    func badPolicies(_ body: String) async throws {
        try await withScenario { scenario in
            try await Self.prepare(scenario, tags: "v1")
            try Self.expect(400, "4000014", try await scenario.manage("POST", "\(Self.base)/retentions", json: body))
            #expect(try await scenario.manage("GET", "\(Self.base)/retentions").body == Array("[]".utf8))
        }
    }

    @Test("what is not there, and what somebody may not see, is answered in order")
    func refusals() async throws {
        try await withScenario { scenario in
            try await Self.prepare(scenario, tags: "v1")
            for resource in ["retentions", "retentions/histories", "triggers"] {
                try Self.expect(
                    404, "4040010",
                    try await scenario.manage("GET", "/v2/manage/namespaces/acme/repos/none/\(resource)"))
                try Self.expect(
                    404, "4040058",
                    try await scenario.manage("GET", "\(Self.base)/\(resource)", as: .stranger))
                #expect(try await scenario.manage("GET", "\(Self.base)/\(resource)", as: .reader).status == 200)
            }
            try Self.expect(
                403, "4030170",
                try await scenario.manage("POST", "\(Self.base)/retentions", as: .writer, json: Self.rule))
        }
    }

    @Test("a trigger is made, listed, shown with its history, turned off and removed")
    func triggers() async throws {
        try await withScenario { scenario in
            try await Self.prepare(scenario, tags: "v0")
            let trigger =
                #"{"name":"deploy","action":"update","app_type":"deployments","application":"web","cluster_id":"c1","cluster_ns":"default","trigger_type":"tag","condition":"v1;v2","enable":"true"}"#
            #expect(try await scenario.manage("POST", "\(Self.base)/triggers", json: trigger).status == 201)
            try Self.expect(
                400, "4000014", try await scenario.manage("POST", "\(Self.base)/triggers", json: trigger))
            for (old, new, code) in [
                (#""true""#, "true", "4001018"), (#""true""#, #""yes""#, "4000014"), (#""tag""#, #""some""#, "4000014"),
                (#""action":"update","#, "", "4001014"), ("v1;v2", "v1;;v2", "4000014"),
            ] {
                try Self.expect(
                    400, code,
                    try await scenario.manage(
                        "POST", "\(Self.base)/triggers", json: trigger.replacing(old, with: new)))
            }

            try await Self.prepare(scenario, tags: "v1", "v3")
            try await scenario.registry.makeDueTriggerCalls(through: nil)
            let list = try await scenario.manage("GET", "\(Self.base)/triggers")
            #expect(list.status == 200)
            #expect(try list.snakeCase([Shown].self).map(\.name) == ["deploy"])
            let shown = try await scenario.manage("GET", "\(Self.base)/triggers/deploy").snakeCase(Shown.self)
            #expect(shown.enable == "true")
            #expect(shown.triggerMode == "cce")
            #expect(shown.clusterName == "")
            let history = try #require(shown.triggerHistory)
            #expect(history.map(\.tag) == ["v1"])
            #expect(history.first?.result == "failed")

            let off = #"{"enable":"false"}"#
            #expect(try await scenario.manage("PATCH", "\(Self.base)/triggers/deploy", json: off).status == 201)
            let after = try await scenario.manage("GET", "\(Self.base)/triggers/deploy").snakeCase(Shown.self)
            #expect(after.enable == "false")
            #expect(try await scenario.manage("DELETE", "\(Self.base)/triggers/deploy").status == 204)
            for method in ["GET", "DELETE"] {
                try Self.expect(404, "4040126", try await scenario.manage(method, "\(Self.base)/triggers/deploy"))
            }
        }
    }

    private struct Shown: Decodable {
        struct Call: Decodable {
            let tag: String
            let result: String
            let detail: String
        }
        let name: String
        let enable: String
        let triggerMode: String
        let clusterName: String
        let triggerHistory: [Call]?
    }
}
