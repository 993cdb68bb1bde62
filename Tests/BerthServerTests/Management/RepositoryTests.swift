import BerthCatalog
import BerthOCI
import BerthRegistry
import BerthTestSupport
import Foundation
import Testing

@Suite("Repositories through the management API")
struct RepositoryTests {
    private let path = "/v2/manage/namespaces/acme/repos"

    private struct Detail: Decodable {
        let name: String
        let category: String
        let description: String
        let isPublic: Bool
        let numImages: Int
        let path: String
        let creatorName: String
        let created: String
        let updated: String
    }

    private struct Listed: Decodable {
        let name: String
        let category: String
        let tags: [String]
        let numImages: Int
        let totalRange: Int
    }

    @Test("a repository is there at once, as it was asked for, and a push that had begun it is taken over")
    func creation() async throws {
        try await withScenario { scenario in
            try await scenario.push(SampleBlob("begun"), to: "acme/team/web")
            #expect(try await scenario.manage("GET", path + "/team$web").status == 404)
            let body = #"{"repository":"team$web","is_public":true,"category":"database","description":"words"}"#
            let byWriter = try await scenario.manage("POST", path, as: .writer, json: body)
            #expect(byWriter.status == 403, "to make it public needs manage")
            #expect(try await scenario.manage("POST", path, as: .manager, json: body).status == 201)
            let shown = try await scenario.manage("GET", path + "/team%2Fweb").snakeCase(Detail.self)
            #expect(shown.name == "team/web" && shown.category == "database" && shown.description == "words")
            #expect(shown.isPublic && shown.numImages == 0)
            #expect(shown.path == "127.0.0.1:\(scenario.server.port)/acme/team/web")
            let again = try await scenario.manage("POST", path, json: body)
            #expect(again.status == 409)
            #expect(try again.json(ManagementRefusal.self).code.hasSuffix("4090006"))
        }
    }

    @Test("what a push makes is of the category other, also to a filter")
    func pushedCategory() async throws {
        try await withScenario { scenario in
            try await scenario.push(try SampleManifest.image(), to: "acme/app", tag: "v1")
            let listed = try await scenario.manage("GET", "/v2/manage/repos?category=other").snakeCase([Listed].self)
            #expect(listed.map(\.name) == ["app"] && listed.first?.category == "other")
        }
    }

    @Test(
        "a body that is not as it should be makes and changes nothing, and says so with its code",
        arguments: [
            (#"{"repository":"x"}"#, "4001014"), (#"{"repository":"x","is_public":"true"}"#, "4001009"),
            (#"{"repository":"x","is_public":1}"#, "4001009"), (#"{"is_public":true}"#, "4001014"),
            (#"{"repository":"x","is_public":false,"category":"kittens"}"#, "4000014"),
            (#"{"repository":"x","is_public":false,"category":""}"#, "4000014"),
            (#"{"repository":"X","is_public":false}"#, "4001029"),
            (#"{"repository":"a$$b","is_public":false}"#, "4001029"),
            (#"{"repository":"","is_public":false}"#, "4001029"),
            (#"{"repository":"x","is_public":false,"description":7}"#, "4001018"),
            (#"{"repository":"x","is_public":false,"description":"\u0000"}"#, "4001018"),
            (#"[]"#, "4001018"), (#"{"repository":"x","is_public":false"#, "4001018"),
        ])
    func badBodies(body: String, code: String) async throws {
        try await withScenario { scenario in
            let answer = try await scenario.manage("POST", path, json: body)
            #expect(answer.status == 400)
            #expect(try answer.json(ManagementRefusal.self).code.hasSuffix(code), "\(answer.text)")
            #expect(try await scenario.manage("GET", "/v2/manage/repos").text == "[]")
        }
    }

    @Test("a description has 30,000 characters at most, counted as characters are")
    func descriptions() async throws {
        try await withScenario { scenario in
            func create(_ name: String, _ description: String) async throws -> TestResponse {
                try await scenario.manage(
                    "POST", path, json: #"{"repository":"\#(name)","is_public":false,"description":"\#(description)"}"#)
            }
            #expect(try await create("most", String(repeating: "概", count: 30_000)).status == 201)
            let longer = try await create("more", String(repeating: "d", count: 30_001))
            #expect(longer.status == 413)
            #expect(try longer.json(ManagementRefusal.self).code.hasSuffix("4131012"))
        }
    }

    @Test("a shared repository is neither made public nor removed, and the refusal names who it is shared with")
    func shared() async throws {
        try await withScenario { scenario in
            try await scenario.push(try SampleManifest.image(), to: "acme/app", tag: "v1")
            try await scenario.share("acme/app")
            for (method, body) in [("PATCH", #"{"is_public":true,"description":"all"}"#), ("DELETE", nil)] {
                let answer = try await scenario.manage(method, path + "/app", json: body)
                let refusal = try answer.json(ManagementRefusal.self)
                #expect(answer.status == 409 && refusal.code.hasSuffix("4090023"))
                #expect(refusal.message.contains("bravo"))
            }
            let shown = try await scenario.manage("GET", path + "/app").snakeCase(Detail.self)
            #expect(!shown.isPublic && shown.description == "")
        }
    }

    @Test("one with tags is not removed here; at the command line it is")
    func removal() async throws {
        try await withScenario { scenario in
            let name = try RepositoryName(parsing: "acme/app")
            try await scenario.push(try SampleManifest.image(), to: "acme/app", tag: "v1")
            let refused = try await scenario.manage("DELETE", path + "/app")
            #expect(refused.status == 406)
            #expect(try refused.json(ManagementRefusal.self).code.hasSuffix("4060012"))
            try await scenario.registry.removeRepository(name, by: .dataOperator)
            #expect(try await scenario.manage("GET", path + "/app").status == 404)
            let body = #"{"repository":"app","is_public":false}"#
            #expect(try await scenario.manage("POST", path, json: body).status == 201)
            #expect(try await scenario.manage("DELETE", path + "/app").status == 204)
        }
    }

    @Test("a record of a list tells at most 100 tags, the newest, and how many there are")
    func tagsOfRecords() async throws {
        try await withScenario { scenario in
            let image = try SampleManifest.image()
            try await scenario.push(image, to: "acme/app", tag: "t0")
            let name = try RepositoryName(parsing: "acme/app")
            let start = scenario.server.clock.now
            try await scenario.registry.catalog.write { catalog in
                let repository = try #require(try catalog.read.repository(named: name))
                for number in 1..<120 {
                    try catalog.setTag(
                        TagName(parsing: "t\(number)"), to: image.digest, in: repository.id,
                        now: start.addingTimeInterval(Double(number)))
                }
            }
            let listed = try #require(
                try await scenario.manage("GET", "/v2/manage/repos?limit=10").snakeCase([Listed].self).first)
            #expect(listed.numImages == 120 && listed.totalRange == 1)
            #expect(listed.tags == (20..<120).reversed().map { "t\($0)" })
        }
    }
}
