import BerthAccess
import BerthCatalog
import BerthOCI
import BerthRegistry
import BerthTestSupport
import Foundation
import Testing

@Suite("Overview, reports, quotas, feature gates and agency of the management API")
struct OverviewTests {
    @Test("the overview counts what the account owns, for every user of it and nobody else")
    func overview() async throws {
        try await withScenario { scenario in
            let first = try SampleManifest.image("first layer")
            try await scenario.push(first, to: "acme/app", tag: "v1")
            try await scenario.push(first, to: "acme/app", tag: "v2")
            try await scenario.push(try SampleManifest.image("second layer"), to: "acme/team/web", tag: "v1")
            try await scenario.share("acme/app")
            for persona in [Scenario.Persona.owner, .colleague] {
                let answer = try await scenario.manage("GET", "/v2/manage/overview", as: persona)
                #expect(answer.status == 200)
                let body = try answer.json(OverviewBody.self)
                #expect(body.domainName == "acme" && body.namspaceNum == 1 && body.repoNum == 2)
                #expect(body.imageNum == 3 && body.downflowSize == 0)
                let stored = try await scenario.registry.listRepositories(of: .name(acme()), by: .dataOperator)
                #expect(body.storeSpace == Double(stored.reduce(0) { $0 + $1.size }) / 1_000_000)
            }
            let receiver = try await scenario.manage("GET", "/v2/manage/overview", as: .receiver)
            let body = try receiver.json(OverviewBody.self)
            #expect(body.domainName == "bravo" && body.repoNum == 0 && body.imageNum == 0 && body.storeSpace == 0)
        }
    }

    @Test("a report has thirty days, oldest first; a day without change repeats the day before")
    func report() async throws {
        let clock = ManualClock(now: Date(timeIntervalSince1970: 1_795_262_400))  // 2026-11-21T12:00:00Z
        try await withScenario(clock: clock) { scenario in
            let image = try SampleManifest.image("a layer")
            try await scenario.push(image, to: "acme/app", tag: "v1")
            let stored = try await scenario.usage(of: "acme").bytes
            try await scenario.registry.recordStorage()
            let layer = try #require(image.blobs.last)
            for _ in 0..<3 {
                #expect(try await scenario.send("GET", "/v2/acme/app/blobs/\(layer.digest)").body == layer.bytes)
            }
            try await scenario.registry.recordTraffic()
            clock.advance(by: 3 * 86_400)
            try await scenario.registry.removeRepository(RepositoryName(parsing: "acme/app"), by: .dataOperator)

            let store = try await days("store", in: scenario)
            #expect(store.map(\.date).first == "2026-10-26" && store.map(\.date).last == "2026-11-24")
            #expect(store.count == 30 && store.map(\.date).sorted() == store.map(\.date))
            let megabytes = Double(stored) / 1_000_000
            #expect(store.map(\.value) == Array(repeating: 0, count: 26) + [megabytes, megabytes, megabytes, 0])

            let sent = try await days("downflow", in: scenario)
            let expected = Double(3 * layer.bytes.count) / 1_000_000
            #expect(sent.map(\.value) == Array(repeating: 0, count: 26) + [expected, 0, 0, 0])
            let overview = try await scenario.manage("GET", "/v2/manage/overview").json(OverviewBody.self)
            #expect(overview.downflowSize == expected && overview.storeSpace == 0)
        }
    }

    @Test(
        "there is no other report",
        arguments: ["pulls/daily", "store/weekly", "downflow/monthly", "Store/daily", "store/daily%20"])
    func unknownReport(path: String) async throws {
        try await withScenario { scenario in
            let answer = try await scenario.manage("GET", "/v2/manage/reports/\(path)")
            #expect(answer.status == 400)
            #expect(try answer.json(ManagementRefusal.self).code == "SVCSTG.SWR.4001025")
        }
    }

    @Test("quotas tell the limits and what is used; -1 is no limit")
    func quotas() async throws {
        var settings = RegistrySettings()
        settings.quotas = Quotas(organizations: 5, tags: 40)
        try await withScenario(settings: settings) { scenario in
            try await scenario.push(try SampleManifest.image(), to: "acme/app", tag: "v1")
            let project = try await project(of: "acme", in: scenario)
            let answer = try await scenario.manage("GET", "/v2/manage/projects/\(project)/quotas", as: .reader)
            #expect(answer.status == 200)
            let quotas = try answer.json(QuotaBody.self).quotas
            #expect(quotas.map(\.key) == ["namespace", "repo", "tag", "storage"])
            #expect(quotas.map(\.limit) == [5, -1, 40, -1])
            let stored = try await scenario.usage(of: "acme").bytes
            #expect(quotas.map(\.used) == [1, 1, 1, stored])
            #expect(quotas.map(\.unit) == ["", "", "", "byte"])
        }
    }

    @Test("what a quota forbids is 400 with a code of its own, and anything can be removed")
    func quotasUsedUp() async throws {
        var settings = RegistrySettings()
        settings.quotas = Quotas(organizations: 2, repositories: 1, tags: 1)
        try await withScenario(settings: settings) { scenario in
            func make(organization: String) async throws -> TestResponse {
                try await scenario.manage("POST", "/v2/manage/namespaces", json: #"{"namespace":"\#(organization)"}"#)
            }
            func make(repository: String) async throws -> TestResponse {
                try await scenario.manage(
                    "POST", "/v2/manage/namespaces/acme/repos",
                    json: #"{"repository":"\#(repository)","is_public":false}"#)
            }
            #expect(try await make(organization: "second").status == 201)
            let organization = try await make(organization: "third")
            #expect(organization.status == 400)
            #expect(try organization.json(ManagementRefusal.self).code == "SVCSTG.SWR.4000097")
            #expect(try await make(repository: "app").status == 201)
            let repository = try await make(repository: "web")
            #expect(repository.status == 400)
            #expect(try repository.json(ManagementRefusal.self).code == "SVCSTG.SWR.4000098")
            #expect(try await scenario.push(try .image(), to: "acme/app", tag: "v1").status == 201)
            let tag = try await scenario.manage(
                "POST", "/v2/manage/namespaces/acme/repos/app/tags",
                json: #"{"source_tag":"v1","destination_tag":"v2"}"#)
            #expect(tag.status == 400)
            #expect(try tag.json(ManagementRefusal.self).code == "SVCSTG.SWR.4000099")
            #expect(try await scenario.manage("DELETE", "/v2/manage/namespaces/second").status == 204)
            #expect(try await make(organization: "third").status == 201)
        }
    }

    @Test("a project of another account and one that does not exist are one answer; no project is another")
    func projects() async throws {
        try await withScenario { scenario in
            let foreign = try await project(of: "bravo", in: scenario)
            for operation in ["quotas", "feature-gates"] {
                var messages: Set<String> = []
                for id in [foreign.rawValue, String(repeating: "0", count: 32)] {
                    let answer = try await scenario.manage("GET", "/v2/manage/projects/\(id)/\(operation)")
                    let refusal = try answer.json(ManagementRefusal.self)
                    #expect(answer.status == 403 && refusal.code == "SVCSTG.SWR.4039001")
                    messages.insert(refusal.message.replacing(id, with: ""))
                }
                #expect(messages.count == 1)
                for text in ["%7Bproject_id%7D", "%00", String(repeating: "a", count: 65), "a%2Fb"] {
                    let answer = try await scenario.manage("GET", "/v2/manage/projects/\(text)/\(operation)")
                    let code = (try? answer.json(ManagementRefusal.self))?.code
                    #expect(answer.status == 400 && code == "SVCSTG.SWR.4000014" || answer.status == 404, "\(text)")
                }
            }
            let literal = try await scenario.manage("GET", "/v2/manage/projects/%7Bproject_id%7D/quotas")
            #expect(literal.status == 400)
        }
    }

    @Test("feature gates say what there is")
    func featureGates() async throws {
        try await withScenario { scenario in
            let project = try await project(of: "acme", in: scenario)
            let answer = try await scenario.manage("GET", "/v2/manage/projects/\(project)/feature-gates")
            #expect(answer.status == 200)
            let text = answer.text
            for gate in ["list_v3", "authorization_token", "image_sync", "image_quota", "cosign_signature"] {
                #expect(text.contains(#""enable_\#(gate)":true"#), "\(gate)")
            }
            for gate in [
                "sm3", "image_scan", "hss_service", "cci_service", "pipeline", "experience", "image_label",
                "enterprise_edition_link",
            ] {
                #expect(text.contains(#""enable_\#(gate)":false"#), "\(gate)")
            }
            #expect(text.contains(#""swr_util_download_url":"""#))
        }
    }

    @Test("an agency is created once, by an admin user")
    func agency() async throws {
        try await withScenario { scenario in
            let before = try await scenario.manage("GET", "/v2/manage/agency", as: .colleague)
            #expect(before.status == 200 && before.text.contains(#""is_agency":false"#))
            let refused = try await scenario.manage("POST", "/v2/manage/agency", as: .manager)
            #expect(refused.status == 403)
            let created = try await scenario.manage("POST", "/v2/manage/agency")
            #expect(created.status == 204 && created.body.isEmpty)
            let again = try await scenario.manage("POST", "/v2/manage/agency")
            #expect(again.status == 409)
            let account = try await scenario.registry.catalog.read { try $0.account(named: acme()) }
            let after = try await scenario.manage("GET", "/v2/manage/agency", as: .colleague)
            #expect(after.text == #"{"domain_id":"\#(try #require(account).id)","is_agency":true}"#)
            let other = try await scenario.manage("GET", "/v2/manage/agency", as: .receiver)
            #expect(other.text.contains(#""is_agency":false"#))
        }
    }

    @Test("a version is described in the list and by itself, and no other is there")
    func versions() async throws {
        try await withScenario { scenario in
            struct Version: Decodable, Equatable {
                let id: String
                let status: String
                let links: [String: String]
            }
            let list = try await scenario.client.send("GET", "/").json([String: [Version]].self)
            let one = try await scenario.client.send("GET", "/v2").json([String: Version].self)
            #expect(list["versions"] == [try #require(one["version"])])
            #expect(one["version"]?.id == "v2" && one["version"]?.status == "CURRENT")
            #expect(one["version"]?.links["rel"] == "self")
            #expect(try await scenario.client.send("GET", "/v1").status == 404)
        }
    }

    private func days(_ resource: String, in scenario: Scenario) async throws -> [ReportEntry] {
        try await scenario.manage("GET", "/v2/manage/reports/\(resource)/daily", as: .colleague)
            .json([ReportEntry].self)
    }

    private func project(of account: String, in scenario: Scenario) async throws -> ProjectID {
        let name = try AccountName(parsing: account)
        let project = try await scenario.registry.catalog.read { catalog in
            try catalog.account(named: name).flatMap { try catalog.project(of: $0.id) }
        }
        return try #require(project)
    }
}

private func acme() throws -> AccountName { try AccountName(parsing: "acme") }

private struct OverviewBody: Decodable {
    let domainName: String
    let namspaceNum: Int
    let repoNum: Int
    let imageNum: Int
    let storeSpace: Double
    let downflowSize: Double

    enum CodingKeys: String, CodingKey {
        case domainName = "domain_name"
        case namspaceNum = "namspace_num"
        case repoNum = "repo_num"
        case imageNum = "image_num"
        case storeSpace = "store_space"
        case downflowSize = "downflow_size"
    }
}

private struct QuotaBody: Decodable {
    struct Entry: Decodable {
        let key: String
        let limit: Int64
        let used: Int64
        let unit: String

        enum CodingKeys: String, CodingKey {
            case used, unit
            case key = "quota_key"
            case limit = "quota_limit"
        }
    }
    let quotas: [Entry]
}

private struct ReportEntry: Decodable {
    let date: String
    let value: Double
}
