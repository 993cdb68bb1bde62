import BerthAccess
import BerthOCI
import BerthRegistry
import BerthTestSupport
import Foundation
import Testing

/// Organizations, repositories and their permissions: every operation × every persona.
@Suite("Who may do what with organizations and repositories")
struct OwnershipTableTests {
    /// One operation with what each persona is answered, in the order of ``Scenario/Persona``.
    struct Row: Sendable, CustomTestStringConvertible {
        let method: String
        /// `#` stands for a number that is new each time.
        let path: String
        /// `USER` stands for the id and the name of a user of `acme` that is new each time.
        var body: String?
        let statuses: [Int]

        var testDescription: String { "\(method) \(path) \(body ?? "")" }
    }

    private static let organization = "/v2/manage/namespaces/acme"
    private static let shared = organization + "/repos/app"
    private static let entry = #"[{USER,"auth":1}]"#

    static let rows = [
        Row(method: "GET", path: organization, statuses: [200, 200, 200, 200, 403, 404, 404, 404]),
        Row(
            method: "POST", path: "/v2/manage/namespaces", body: #"{"namespace":"new#"}"#,
            statuses: [201, 403, 403, 403, 403, 201, 403, 201]),
        Row(method: "DELETE", path: organization, statuses: [406, 406, 403, 403, 403, 404, 404, 404]),
        Row(method: "GET", path: organization + "/access", statuses: [200, 200, 200, 200, 403, 404, 404, 404]),
        Row(
            method: "POST", path: organization + "/access", body: entry,
            statuses: [201, 201, 403, 403, 403, 404, 404, 404]),
        Row(
            method: "POST", path: organization + "/repos", body: #"{"repository":"r#","is_public":false}"#,
            statuses: [201, 201, 201, 403, 403, 404, 404, 404]),
        Row(method: "GET", path: shared, statuses: [200, 200, 200, 200, 403, 200, 200, 404]),
        Row(
            method: "GET", path: organization + "/repos/open",
            statuses: [200, 200, 200, 200, 200, 200, 200, 200]),
        Row(
            method: "GET", path: organization + "/repos/missing",
            statuses: [404, 404, 404, 404, 403, 404, 404, 404]),
        Row(
            method: "PATCH", path: shared, body: ##"{"is_public":false,"description":"#"}"##,
            statuses: [201, 201, 201, 403, 403, 403, 403, 404]),
        Row(
            method: "PATCH", path: shared, body: #"{"is_public":true}"#,
            statuses: [409, 409, 403, 403, 403, 403, 403, 404]),
        Row(
            method: "PATCH", path: organization + "/repos/open", body: #"{"is_public":true,"category":"arm"}"#,
            statuses: [201, 201, 201, 403, 403, 403, 403, 403]),
        Row(method: "DELETE", path: shared, statuses: [409, 409, 403, 403, 403, 403, 403, 404]),
        Row(
            method: "DELETE", path: organization + "/repos/open", statuses: [406, 406, 403, 403, 403, 403, 403, 403]),
        Row(method: "GET", path: shared + "/access", statuses: [200, 200, 200, 200, 403, 403, 403, 404]),
        Row(
            method: "GET", path: organization + "/repos/open/access",
            statuses: [200, 200, 200, 200, 403, 403, 403, 403]),
        Row(
            method: "POST", path: shared + "/access", body: entry,
            statuses: [201, 201, 201, 403, 403, 403, 403, 404]),
        Row(method: "GET", path: "/v2/manage/namespaces", statuses: Array(repeating: 200, count: 8)),
        Row(method: "GET", path: "/v2/manage/repos", statuses: Array(repeating: 200, count: 8)),
        Row(method: "GET", path: "/v3/manage/repos", statuses: Array(repeating: 200, count: 8)),
    ]

    @Test("every persona is answered as the table says, and a refusal says why")
    func table() async throws {
        try await withScenario { scenario in
            try await prepare(scenario)
            var number = 0
            for row in Self.rows {
                for (persona, status) in zip(Scenario.Persona.allCases, row.statuses) {
                    number += 1
                    var body = row.body?.replacing("#", with: "\(number)")
                    if body?.contains("USER") == true {
                        let user = try await newUser(number, in: scenario)
                        body = body?.replacing("USER", with: user)
                    }
                    let answer = try await scenario.manage(row.method, row.path, as: persona, json: body)
                    #expect(answer.status == status, "\(persona): \(row.testDescription) \(answer.text)")
                    if status >= 400 {
                        #expect(try !answer.json(ManagementRefusal.self).message.isEmpty)
                    }
                }
            }
        }
    }

    @Test("lists hold what a persona has a permission on in its own account, never what is shared or public")
    func lists() async throws {
        struct Listed: Decodable {
            let name: String
        }
        struct Marked: Decodable {
            let repos: [Listed]
        }
        try await withScenario { scenario in
            try await prepare(scenario)
            for persona in Scenario.Persona.allCases {
                let expected: [String] =
                    switch persona {
                    case .owner, .manager, .writer, .reader: ["app", "open"]
                    case .colleague, .receiver, .receiverUser, .stranger: []
                    }
                let pages = try await scenario.manage("GET", "/v2/manage/repos", as: persona)
                #expect(try pages.json([Listed].self).map(\.name).sorted() == expected, "\(persona)")
                #expect(pages.header("Content-Range") == "0-\(expected.count)/\(expected.count)")
                let marked = try await scenario.manage("GET", "/v3/manage/repos", as: persona).json(Marked.self)
                #expect(marked.repos.map(\.name) == expected, "\(persona)")
            }
        }
    }

    /// Of `acme`: `app`, shared with `bravo`, and `open`, which is public; both have a tag.
    private func prepare(_ scenario: Scenario) async throws {
        for name in ["acme/app", "acme/open"] {
            try await scenario.push(try SampleManifest.image(name), to: name, tag: "v1")
        }
        try await scenario.share("acme/app")
        try await scenario.registry.updateRepository(
            RepositoryName(parsing: "acme/open"), isPublic: true, by: .dataOperator)
    }

    private func newUser(_ number: Int, in scenario: Scenario) async throws -> String {
        let name = try QualifiedUserName(parsing: "acme/new\(number)")
        _ = try await scenario.registry.addUser(name, by: .dataOperator)
        return try await scenario.permissionUser(name.description)
    }
}
