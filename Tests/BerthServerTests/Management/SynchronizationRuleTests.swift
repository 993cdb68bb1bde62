import BerthAccess
import BerthOCI
import BerthRegistry
import BerthTestSupport
import Foundation
import Testing

/// An answer of the operations of synchronization.
private struct Rule: Decodable {
    let id: Int
    let namespace: String
    let repoName: String
    let remoteNamespace: String
    let remoteRegionId: String
    let syncAuto: Bool
    let override: Bool
    let domainID: String
    let domainName: String
    let createdAt: String
    let updatedAt: String
}

private struct Job: Decodable {
    let id: Int
    let tag: String
    let status: String
    let syncOperatorName: String
}

private struct Failure: Decodable {
    let code: String

    enum CodingKeys: String, CodingKey {
        case code = "error_code"
    }
}

private let rules = "/v2/manage/namespaces/acme/repos/app/sync_repo"
private let images = "/v2/manage/namespaces/acme/repos/app/sync_images"
private let jobs = "/v2/manage/namespaces/acme/repos/app/sync_job"

private func target(_ region: String = "region-2", _ organization: String = "acme", _ more: String = "") -> String {
    #"{"remoteRegionId":"\#(region)","remoteNamespace":"\#(organization)"\#(more)}"#
}

/// A registry that knows regions and cannot reach them, with the image `acme/app:v1`.
private func withRegions(_ body: @escaping @Sendable (Scenario) async throws -> Void) async throws {
    var settings = RegistrySettings()
    settings.remoteRegions = try ["region-3", "region-1", "region-2"].map { try Region(parsing: $0) }
    try await withScenario(settings: settings) { scenario in
        try await scenario.push(try SampleManifest.image(), to: "acme/app", tag: "v1")
        try await body(scenario)
    }
}

@Suite("Synchronization rules")
struct SynchronizationRuleTests {
    @Test("a rule is made, listed, changed and removed")
    func lifeOfARule() async throws {
        try await withRegions { scenario in
            let created = try await scenario.manage("POST", rules, json: target())
            #expect(created.status == 200)
            #expect(created.text == "{}")
            let first = try await scenario.manage("GET", rules, as: .reader).json([Rule].self)
            #expect(first.count == 1)
            #expect(first.first?.syncAuto == false)
            #expect(first.first?.override == false)
            #expect(first.first?.namespace == "acme")
            #expect(first.first?.repoName == "app")
            #expect(first.first?.domainName == "acme")
            #expect(first.first?.remoteRegionId == "region-2")
            let change = target("region-2", "acme", #","syncAuto":true,"override":true"#)
            #expect(try await scenario.manage("POST", rules, json: change).status == 200)
            let second = try await scenario.manage("GET", rules).json([Rule].self)
            #expect(second.map(\.id) == first.map(\.id))
            #expect(second.first?.syncAuto == true)
            #expect(second.first?.override == true)
            let removed = try await scenario.manage("DELETE", rules, json: target())
            #expect(removed.status == 200)
            #expect(removed.body.isEmpty)
            #expect(try await scenario.manage("GET", rules).text == "[]")
            let again = try await scenario.manage("DELETE", rules, json: target())
            #expect(again.status == 400)
            #expect(try again.json(Failure.self).code == "SVCSTG.SWR.4001158")
        }
    }

    @Test("the regions are those of the settings without this one")
    func regions() async throws {
        try await withRegions { scenario in
            let answer = try await scenario.manage("GET", "/v2/manage/regions", as: .stranger)
            #expect(answer.text == #"[{"regionID":"region-2"},{"regionID":"region-3"}]"#)
        }
    }

    @Test(
        "what cannot be copied to is refused",
        arguments: [
            (target("region-9"), 500, "5001101"), (target("region-1"), 400, "4000014"),
            (target("region 2"), 400, "4000014"), (target("region-2", "Acme"), 400, "4001028"),
            (target("region-2", "bravo"), 403, "4030170"), (#"{"remoteRegionId":"region-2"}"#, 400, "4001014"),
            (target("region-2", "acme", #","syncAuto":"yes""#), 400, "4001018"), ("[]", 400, "4001018"),
        ])
    func refused(body: String, status: Int, code: String) async throws {
        try await withRegions { scenario in
            let answer = try await scenario.manage("POST", rules, json: body)
            #expect(answer.status == status)
            #expect(try answer.json(Failure.self).code == "SVCSTG.SWR.\(code)")
            #expect(try await scenario.manage("GET", rules).text == "[]")
        }
    }

    @Test("rules need manage, copies write, both lists read; others are told nothing or refused")
    func rights() async throws {
        try await withRegions { scenario in
            try await scenario.share("acme/app")
            let order = target("region-2", "acme", #","imageTag":["v1"]"#)
            let page = jobs + "?filter=limit%3A%3A10%7Coffset%3A%3A0"
            for (persona, rule, copy, list) in [
                (Scenario.Persona.owner, 200, 200, 200), (.manager, 200, 200, 200), (.writer, 403, 200, 200),
                (.reader, 403, 403, 200), (.receiver, 403, 403, 403), (.colleague, 403, 403, 403),
                (.stranger, 404, 404, 404),
            ] {
                let found = [
                    try await scenario.manage("POST", rules, as: persona, json: target()).status,
                    try await scenario.manage("DELETE", rules, as: persona, json: target()).status,
                    try await scenario.manage("POST", images, as: persona, json: order).status,
                    try await scenario.manage("GET", rules, as: persona).status,
                    try await scenario.manage("GET", page, as: persona).status,
                ]
                #expect(found == [rule, rule, copy, list, list], "\(persona)")
            }
        }
    }

    @Test("jobs come in pages, the newest first, with the range; past the end comes an empty page")
    func jobPages() async throws {
        try await withRegions { scenario in
            let tags = (1...12).map { "\"t\($0)\"" }.joined(separator: ",")
            let answer = try await scenario.manage(
                "POST", images, as: .writer, json: target("region-2", "acme", #","imageTag":[\#(tags),"t1"]"#))
            #expect(answer.status == 200)
            #expect(try answer.json([String].self) == (1...12).map { "t\($0)" })
            let first = try await scenario.manage("GET", jobs + "?filter=limit::10%7Coffset::0")
            #expect(first.header("Content-Range") == "0-10/12")
            #expect(try first.json([Job].self).map(\.tag) == (3...12).reversed().map { "t\($0)" })
            #expect(try first.json([Job].self).allSatisfy { $0.syncOperatorName == "writer" })
            let second = try await scenario.manage("GET", jobs + "?filter=limit::10%7Coffset::10%7Corder::desc")
            #expect(second.header("Content-Range") == "10-2/12")
            let past = try await scenario.manage("GET", jobs + "?filter=limit::10%7Coffset::20")
            #expect(past.text == "[]")
            #expect(past.header("Content-Range") == "20-0/12")
            let oldest = try await scenario.manage("GET", jobs + "?limit=1&offset=0&order=asc")
            #expect(try oldest.json([Job].self).map(\.tag) == ["t1"])
        }
    }

    @Test(
        "a page of jobs that is not asked for properly is refused",
        arguments: [
            "", "?limit=10", "?filter=limit::10", "?filter=offset::0", "?filter=limit::-1%7Coffset::0",
            "?filter=limit::10%7Coffset::x", "?filter=limit::10%7Coffset::0%7Corder::up", "?filter=limit",
            "?filter=limit::10%7Coffset::0%7Cname::x", "?filter=limit::1001%7Coffset::0",
        ])
    func badPages(query: String) async throws {
        try await withRegions { scenario in
            let answer = try await scenario.manage("GET", jobs + query)
            #expect(answer.status == 400)
        }
    }

    @Test(
        "copies that cannot be asked for are refused",
        arguments: [
            (#","imageTag":[]"#, "4000014"), (#","imageTag":["not a tag"]"#, "4009021"),
            (#","imageTag":"v1""#, "4001018"), ("", "4001014"), (#","imageTag":["v1",7]"#, "4001018"),
        ])
    func badOrders(tags: String, code: String) async throws {
        try await withRegions { scenario in
            let answer = try await scenario.manage("POST", images, json: target("region-2", "acme", tags))
            #expect(answer.status == 400)
            #expect(try answer.json(Failure.self).code == "SVCSTG.SWR.\(code)")
        }
    }

    @Test("an image that is not there cannot be copied")
    func unknownImage() async throws {
        try await withRegions { scenario in
            let path = "/v2/manage/namespaces/acme/repos/nothing/sync_repo"
            let answer = try await scenario.manage("POST", path, json: target())
            #expect(answer.status == 404)
            #expect(try answer.json(Failure.self).code == "SVCSTG.SWR.4040010")
        }
    }
}
