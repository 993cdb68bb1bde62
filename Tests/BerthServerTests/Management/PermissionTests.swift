import BerthAccess
import BerthCatalog
import BerthOCI
import BerthRegistry
import BerthTestSupport
import Foundation
import Testing

@Suite("Permissions through the management API")
struct PermissionTests {
    private let organization = "/v2/manage/namespaces/acme/access"
    private let repository = "/v2/manage/namespaces/acme/repos/app/access"

    @Test("nobody gives, changes or takes away more than it holds")
    func noEscalation() async throws {
        try await withScenario { scenario in
            try await scenario.push(try SampleManifest.image(), to: "acme/app", tag: "v1")
            let colleague = try await scenario.permissionUser("acme/colleague")
            let id = try await scenario.userID("acme/colleague")
            func post(_ auth: Int, as persona: Scenario.Persona) async throws -> Int {
                try await scenario.manage(
                    "POST", repository, as: persona, json: #"[{\#(colleague),"auth":\#(auth)}]"#
                ).status
            }
            #expect(try await post(7, as: .writer) == 403)
            #expect(try await post(7, as: .manager) == 201)
            let lower = #"[{\#(colleague),"auth":1}]"#
            #expect(try await scenario.manage("PATCH", repository, as: .writer, json: lower).status == 403)
            #expect(try await scenario.manage("DELETE", repository, as: .writer, json: #"["\#(id)"]"#).status == 403)
            #expect(try await permissions(on: "acme/app", in: scenario) == ["acme/colleague manage"])
            #expect(try await scenario.manage("PATCH", repository, as: .manager, json: lower).status == 201)
            #expect(try await scenario.manage("DELETE", repository, as: .writer, json: #"["\#(id)"]"#).status == 204)
            #expect(try await permissions(on: "acme/app", in: scenario).isEmpty)
        }
    }

    @Test("nobody changes its own permission on a repository, not even together with others")
    func oneself() async throws {
        try await withScenario { scenario in
            try await scenario.push(try SampleManifest.image(), to: "acme/app", tag: "v1")
            let writer = try await scenario.permissionUser("acme/writer")
            let colleague = try await scenario.permissionUser("acme/colleague")
            let body = #"[{\#(colleague),"auth":1},{\#(writer),"auth":3}]"#
            let answer = try await scenario.manage("POST", repository, as: .writer, json: body)
            #expect(answer.status == 400)
            #expect(try answer.json(ManagementRefusal.self).code.hasSuffix("4000014"))
            #expect(try await permissions(on: "acme/app", in: scenario).isEmpty)
        }
    }

    @Test("an entry names a user of the owning account by id and name; all entries are taken or none")
    func entries() async throws {
        try await withScenario { scenario in
            try await scenario.push(try SampleManifest.image(), to: "acme/app", tag: "v1")
            let good = #"{\#(try await scenario.permissionUser("acme/colleague")),"auth":1}"#
            let strange = #"{\#(try await scenario.permissionUser("bravo/user")),"auth":1}"#
            let id = try await scenario.userID("acme/reader")
            let mixed = #"{"user_id":"\#(id)","user_name":"writer","auth":1}"#
            for (path, taken) in [(organization, "4090076"), (repository, "4090089")] {
                let before = try await permissions(on: path == organization ? "acme" : "acme/app", in: scenario)
                for (body, status, code) in [
                    ("[\(good),\(strange)]", 400, "4001067"), ("[\(good),\(mixed)]", 400, "4001067"),
                    ("[\(good),\(good)]", 400, "4000014"), ("[]", 400, "4000014"),
                    ("[\(good),{\"auth\":1}]", 400, "4001014"), ("{}", 400, "4001018"), ("[", 400, "4001018"),
                    ("[\(good.replacing(":1}", with: ":2}"))]", 400, path == organization ? "4001065" : "4001066"),
                    ("[" + Array(repeating: good, count: 1001).joined(separator: ",") + "]", 400, "4000014"),
                ] {
                    let answer = try await scenario.manage("POST", path, json: body)
                    let refusal = try answer.json(ManagementRefusal.self)
                    #expect(answer.status == status && refusal.code.hasSuffix(code), "\(body.prefix(200)) \(refusal)")
                }
                let after = try await permissions(on: path == organization ? "acme" : "acme/app", in: scenario)
                #expect(after == before)
                #expect(try await scenario.manage("POST", path, json: "[\(good)]").status == 201)
                let again = try await scenario.manage("POST", path, json: "[\(good)]")
                #expect(again.status == 409)
                #expect(try again.json(ManagementRefusal.self).code.hasSuffix(taken))
            }
        }
    }

    @Test("what nobody gave is neither changed nor taken away, and says which kind it is")
    func missing() async throws {
        try await withScenario { scenario in
            try await scenario.push(try SampleManifest.image(), to: "acme/app", tag: "v1")
            let entry = #"[{\#(try await scenario.permissionUser("acme/colleague")),"auth":1}]"#
            let ids = #"["\#(try await scenario.userID("acme/colleague"))","nobody"]"#
            for (path, code) in [(organization, "4040078"), (repository, "4040091")] {
                for (method, body) in [("PATCH", entry), ("DELETE", ids)] {
                    let answer = try await scenario.manage(method, path, json: body)
                    #expect(answer.status == 404, "\(method) \(path)")
                    #expect(try answer.json(ManagementRefusal.self).code.hasSuffix(code), "\(method) \(path)")
                }
            }
        }
    }

    @Test("who sees permissions sees its own effective one, and the others that were given")
    func overview() async throws {
        struct Body: Decodable {
            struct Entry: Decodable {
                let userName: String
                let auth: Int
            }
            let name: String
            let creatorName: String?
            let selfAuth: Entry
            let othersAuths: [Entry]
        }
        try await withScenario { scenario in
            try await scenario.push(try SampleManifest.image(), to: "acme/app", tag: "v1")
            let owner = try await scenario.manage("GET", organization).snakeCase(Body.self)
            #expect(owner.name == "acme" && owner.selfAuth.userName == "acme" && owner.selfAuth.auth == 7)
            #expect(owner.othersAuths.map { "\($0.userName) \($0.auth)" } == ["manager 7", "reader 1", "writer 3"])
            #expect(owner.creatorName == "acme", "the operator made it, for the account")
            let reader = try await scenario.manage("GET", repository, as: .reader).snakeCase(Body.self)
            #expect(reader.name == "app" && reader.selfAuth.auth == 1 && reader.othersAuths.isEmpty)
            #expect(reader.creatorName == nil)
        }
    }

    @Test("who makes an organization is listed with manage on it; the list counts people and repositories")
    func creator() async throws {
        struct List: Decodable {
            struct Entry: Decodable {
                let name: String
                let auth: Int
                let creatorName: String
                let accessUserCount: Int
                let repoCount: Int
            }
            let namespaces: [Entry]
        }
        try await withScenario { scenario in
            let path = "/v2/manage/namespaces"
            #expect(try await scenario.manage("POST", path, json: #"{"namespace":"own"}"#).status == 201)
            let made = #"{"repository":"team$web","is_public":false,"category":"lang","description":"d"}"#
            #expect(try await scenario.manage("POST", path + "/own/repos", json: made).status == 201)
            let own = try #require(
                try await scenario.manage("GET", path + "?namespace=own").snakeCase(List.self).namespaces.first)
            #expect(own.name == "own" && own.auth == 7 && own.creatorName == "acme")
            #expect(own.accessUserCount == 1 && own.repoCount == 1)
            #expect(try await permissions(on: "own", in: scenario) == ["acme/acme manage"])
        }
    }

    @Test("an organization of which only a repository may be seen is listed when asked for, and counts what is seen")
    func visible() async throws {
        struct List: Decodable {
            struct Entry: Decodable {
                let name: String
                let auth: Int
                let repoCount: Int
            }
            let namespaces: [Entry]
        }
        try await withScenario { scenario in
            for name in ["acme/app", "acme/secret"] {
                try await scenario.push(try SampleManifest.image(name), to: name, tag: "v1")
            }
            let body = #"[{\#(try await scenario.permissionUser("acme/colleague")),"auth":1}]"#
            #expect(try await scenario.manage("POST", repository, json: body).status == 201)
            let path = "/v2/manage/namespaces"
            #expect(try await scenario.manage("GET", path, as: .colleague).snakeCase(List.self).namespaces.isEmpty)
            let seen = try await scenario.manage("GET", path + "?filter=mode::visible", as: .colleague).snakeCase(
                List.self)
            #expect(seen.namespaces.map(\.name) == ["acme"] && seen.namespaces.first?.auth == 0)
            #expect(seen.namespaces.first?.repoCount == 1, "that there is another one is not told")
            #expect(try await scenario.manage("GET", path + "/acme", as: .colleague).status == 200)
            let listed = try await scenario.manage("GET", "/v2/manage/repos", as: .colleague)
            #expect(listed.header("Content-Range") == "0-1/1" && !listed.text.contains("secret"))
        }
    }

    private func permissions(on target: String, in scenario: Scenario) async throws -> [String] {
        try await scenario.registry.listPermissions(on: PermissionTarget(parsing: target), by: .dataOperator)
            .map { "\($0.user) \($0.permission)" }
    }
}
