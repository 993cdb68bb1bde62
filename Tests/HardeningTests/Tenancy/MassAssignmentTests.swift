import BerthAccess
import BerthOCI
import BerthRegistry
import BerthTestSupport
import Foundation
import Testing

/// A body sets the fields that its operation has, and nothing else that a record of the same thing shows.
@Suite struct MassAssignmentTests {
    private static let organization = "/v2/manage/namespaces/acme"

    /// What nobody may set, under the names that answers and databases have for it.
    private static let foreign = """
        "id":1,"ns_id":1,"account_id":"x","owner":"cargo","owner_id":"x","domain_id":"x","domain_name":"cargo",\
        "creator_id":"x","creator_name":"cargo","role":"admin","admin":true,"is_admin":true,"auth":7,"size":1,\
        "num_images":9,"num_download":9,"quota":-1,"quota_limit":-1,"status":true,"is_published":true,\
        "created":"2000-01-01T00:00:00Z","created_at":"2000-01-01T00:00:00Z","updated_at":"2000-01-01T00:00:00Z",\
        "region":"region-2","home_region":"region-2"
        """

    private static func with(_ fields: String) -> String { "{\(fields),\(foreign)}" }

    @Test("S-19 an organization belongs to the account of who makes it, whatever else the body says")
    func organizations() async throws {
        try await withScenario { scenario in
            let made = try await scenario.manage(
                "POST", "/v2/manage/namespaces", json: Self.with(#""namespace":"extra""#))
            #expect(made.status == 201)
            let shown = try await scenario.manage("GET", "/v2/manage/namespaces/extra").snakeCase(OrganizationSeen.self)
            #expect(shown.name == "extra" && shown.creatorName == "acme")
            #expect(shown.id != 1)
            #expect(try await scenario.manage("GET", "/v2/manage/namespaces/extra", as: .stranger).status == 404)
            #expect(try await scenario.manage("GET", "/v2/manage/namespaces/extra", as: .manager).status == 403)
        }
    }

    @Test("S-19 a repository is made and changed in what the operation says and in nothing else")
    func repositories() async throws {
        try await withScenario { scenario in
            let fields = #""repository":"app","is_public":false,"description":"plain""#
            let now = scenario.server.clock.now
            let path = Self.organization + "/repos"
            #expect(
                try await scenario.manage("POST", path, as: .writer, json: Self.with(fields)).status == 201)
            let made = try await scenario.manage("GET", path + "/app").snakeCase(RepositorySeen.self)
            scenario.server.clock.advance(by: 60)
            let change = Self.with(
                #""is_public":false,"description":"plain","name":"other","repository":"other","namespace":"cargo""#)
            #expect(try await scenario.manage("PATCH", path + "/app", as: .writer, json: change).status == 201)
            let changed = try await scenario.manage("GET", path + "/app").snakeCase(RepositorySeen.self)
            for seen in [made, changed] {
                #expect(seen.name == "app" && seen.creatorName == "writer" && seen.description == "plain")
                #expect(seen.size == 0 && seen.numImages == 0 && seen.numDownload == 0 && !seen.isPublic)
                #expect(seen.domainId == made.domainId && seen.id == made.id && seen.created == made.created)
            }
            #expect(made.created.hasPrefix(now.formatted(.iso8601.year().month().day())))
            #expect(try await scenario.manage("GET", path + "/other").status == 404)
            #expect(
                try await scenario.manage("GET", "/v2/manage/namespaces/cargo/repos/app", as: .stranger).status == 404)
        }
    }

    @Test("S-19 a share is of the repository in the path and with the account that it was made with")
    func shares() async throws {
        try await withScenario { scenario in
            for name in ["acme/app", "acme/other"] {
                try await scenario.push(SampleManifest.image(name), to: name, tag: "v1").requiring(201)
            }
            let path = Self.organization + "/repositories/app/access-domains"
            let fields = #""permit":"read","deadline":"forever","namespace":"acme","repository":"other""#
            let made = try await scenario.manage(
                "POST", path, json: Self.with(fields + #","access_domain":"bravo","access_domain_id":"x""#))
            #expect(made.status == 201)
            let changed = try await scenario.manage(
                "PATCH", path + "/bravo", json: Self.with(fields + #","access_domain":"cargo""#))
            #expect(changed.status == 201)
            let listed = try await scenario.manage("GET", path).snakeCase([ShareSeen].self)
            #expect(listed.map(\.accessDomain) == ["bravo"] && listed.map(\.repository) == ["app"])
            #expect(listed.map(\.creatorName) == ["acme"])
            for (repository, persona, status) in [
                ("acme/app", Scenario.Persona.receiver, 200), ("acme/other", .receiver, 404),
                ("acme/app", .stranger, 404),
            ] {
                let answer = try await scenario.send("GET", "/v2/\(repository)/manifests/v1", as: persona)
                #expect(answer.status == status, "\(repository) \(persona)")
            }
        }
    }

    @Test("S-19 a permission, a policy and a trigger take nothing from fields that are not theirs")
    func children() async throws {
        try await withScenario { scenario in
            try await scenario.push(SampleManifest.index(of: []), to: "acme/app", tag: "v1").requiring(201)
            let path = Self.organization + "/repos/app"
            let colleague = try await scenario.permissionUser("acme/colleague")
            let entry = #"[{\#(colleague),"auth":1,"admin":true,"is_admin":true,"permission":7,"role":"admin"}]"#
            #expect(try await scenario.manage("POST", path + "/access", json: entry).status == 201)
            #expect(try await scenario.send("GET", "/v2/acme/app/manifests/v1", as: .colleague).status == 200)
            #expect(try await scenario.send("DELETE", "/v2/acme/app/manifests/v1", as: .colleague).status == 403)
            let users = try await scenario.registry.listUsers(
                of: AccountReference(parsing: "acme"), by: .dataOperator)
            #expect(users.filter(\.isAdmin).map(\.name.description) == ["acme/acme"])

            let trigger = ManagementRequests.trigger.dropLast() + ",\(Self.foreign)}"
            #expect(try await scenario.manage("POST", path + "/triggers", json: String(trigger)).status == 201)
            let change = Self.with(#""enable":"false","name":"other","application":"other""#)
            #expect(try await scenario.manage("PATCH", path + "/triggers/deploy", json: change).status == 201)
            let shown = try await scenario.manage("GET", path + "/triggers/deploy").snakeCase(TriggerSeen.self)
            #expect(shown.name == "deploy" && shown.application == "web" && shown.enable == "false")
            #expect(shown.creatorName == "acme" && !shown.createdAt.hasPrefix("2000"))

            let rules = ManagementRequests.retentionRules.dropLast() + #","id":4711,"scope":"all","repo":"other"}"#
            let policy = try await scenario.manage("POST", path + "/retentions", json: String(rules))
            #expect(policy.status == 201 && !policy.text.contains("4711"))
            #expect(try await scenario.manage("GET", path + "/retentions/4711").status == 404)
        }
    }

    @Test("S-19 a field has one spelling: another one beside it or in its place is a field that is not there")
    func spelling() async throws {
        try await withScenario { scenario in
            let path = Self.organization + "/repos"
            for (number, fields) in [
                #""isPublic":true,"is_public":false"#, #""is_public":false,"isPublic":true"#,
                #""is_public":false,"IsPublic":true,"IS_PUBLIC":true,"is__public":true,"_is_public":true"#,
            ].enumerated() {
                let body = #"{"repository":"app\#(number)",\#(fields)}"#
                #expect(try await scenario.manage("POST", path, json: body).status == 201, "\(fields)")
                let shown = try await scenario.manage("GET", path + "/app\(number)").snakeCase(RepositorySeen.self)
                #expect(!shown.isPublic, "\(fields)")
            }
            let body = #"{"repository":"camel","isPublic":false}"#
            #expect(try await scenario.manage("POST", path, json: body).status == 400)
        }
    }

    @Test("S-19 a sign-in takes no rights and no life from what else it says")
    func signIn() async throws {
        try await withScenario { scenario in
            let body =
                try scenario.signInBody(.reader).dropLast(2)
                + #","roles":[{"name":"admin"}],"expires_at":"2099-01-01T00:00:00Z"},"is_admin":true}"#
            let answer = try await scenario.signIn(String(body)).requiring(201)
            #expect(!answer.text.contains("2099"))
            let token = try answer.requiredHeader("X-Subject-Token")
            let made = try await scenario.client.send(
                "POST", "/v2/manage/namespaces", headers: [("X-Auth-Token", token)],
                body: .bytes(Array(#"{"namespace":"mine"}"#.utf8)))
            #expect(made.status == 403)
            let form =
                "grant_type=password&service=berth&username=acme/reader"
                + "&password=\(Scenario.Persona.reader.password)&scope=repository:acme/app:pull,push,delete"
                + "&access=push&expires_in=999999&account=cargo&admin=true"
            let bought = try await scenario.client.send("POST", "/token", body: .bytes(Array(form.utf8)))
            let token2 = try bought.json(BoughtToken.self)
            #expect(token2.lifetime == 300)
            let pushed = try await scenario.client.send(
                "POST", "/v2/acme/app/blobs/uploads/", headers: [TestClient.bearer(token2.token)])
            #expect(pushed.status == 403)
        }
    }
}

private struct OrganizationSeen: Decodable {
    let id: Int
    let name: String
    let creatorName: String
}

private struct RepositorySeen: Decodable {
    let id: Int
    let name: String
    let description: String
    let creatorName: String
    let domainId: String
    let size: Int
    let isPublic: Bool
    let numImages: Int
    let numDownload: Int
    let created: String
}

private struct ShareSeen: Decodable {
    let repository: String
    let accessDomain: String
    let creatorName: String
}

private struct TriggerSeen: Decodable {
    let name: String
    let application: String
    let enable: String
    let creatorName: String
    let createdAt: String
}

private struct BoughtToken: Decodable {
    let token: String
    let lifetime: Int

    enum CodingKeys: String, CodingKey {
        case token
        case lifetime = "expires_in"
    }
}
