import BerthOCI
import BerthRegistry
import BerthTestSupport
import Foundation
import Testing

/// A user with read alone, signed in by every means there is.
@Suite struct SameDenialTests {
    private struct Operation {
        let method: String
        let path: String
        let status: Int
        var headers: [(String, String)] = []
        var body = TestBody.none
    }

    /// What a reader may do, and what it may not.
    private static func operations(on image: SampleManifest) -> [Operation] {
        let type = [("Content-Type", image.mediaType.rawValue)]
        let (repository, blob) = ("/v2/acme/app", image.blobs[0].digest)
        return [
            Operation(method: "GET", path: "\(repository)/manifests/v1", status: 200),
            Operation(method: "HEAD", path: "\(repository)/blobs/\(blob)", status: 200),
            Operation(method: "GET", path: "\(repository)/tags/list", status: 200),
            Operation(method: "GET", path: "/v2/cargo/app/tags/list", status: 404),
            Operation(method: "POST", path: "\(repository)/blobs/uploads/", status: 403),
            Operation(method: "POST", path: "\(repository)/blobs/uploads/?mount=\(blob)&from=acme/app", status: 403),
            Operation(
                method: "PUT", path: "\(repository)/manifests/v2", status: 403, headers: type,
                body: .bytes(image.bytes)),
            Operation(method: "DELETE", path: "\(repository)/manifests/\(image.digest)", status: 403),
            Operation(method: "DELETE", path: "\(repository)/blobs/\(blob)", status: 403),
            Operation(method: "POST", path: "/v2/acme/new/blobs/uploads/", status: 403),
        ]
    }

    /// Basic credentials of the reader.
    private static func logins(in scenario: Scenario) async throws -> [(name: String, header: (String, String))] {
        let reader = Scenario.Persona.reader
        let key = try await scenario.registry.addAccessKey(to: reader.qualifiedName(), by: .dataOperator)
        return [
            ("password", TestClient.basic(reader.rawValue, reader.password)),
            ("access key", TestClient.basic(key.loginName, key.loginPassword)),
            ("temporary login", try await scenario.temporaryLogin(for: reader)),
        ]
    }

    @Test("S-38 basic credentials of every kind and the tokens that they buy are refused the same")
    func distribution() async throws {
        try await withScenario { scenario in
            let image = try SampleManifest.image()
            try await scenario.push(image, to: "acme/app", tag: "v1")
            let scope = "repository:acme/app:pull,push,delete&scope=repository:acme/new:*&scope=repository:cargo/app:*"
            for login in try await Self.logins(in: scenario) {
                let answer = try await scenario.client.send(
                    "GET", "/token?service=berth&scope=\(scope)", headers: [login.header])
                #expect(try IssuedToken(answer).scopes.first == "repository:acme/app:pull")
                let token = try answer.json(Body.self).token
                for operation in Self.operations(on: image) {
                    var answers: Set<String> = []
                    for credentials in [login.header, TestClient.bearer(token)] {
                        let answer = try await scenario.client.send(
                            operation.method, operation.path, headers: operation.headers + [credentials],
                            body: operation.body)
                        #expect(
                            answer.status == operation.status,
                            "\(login.name), \(credentials.1.prefix(6)): \(operation.method) \(operation.path)")
                        answers.insert(answer.text)
                    }
                    #expect(answers.count == 1, "\(login.name): \(operation.method) \(operation.path)")
                }
            }
            #expect(try await scenario.send("GET", "/v2/acme/app/manifests/v1").status == 200)
        }
    }

    private struct Body: Decodable {
        let token: String
    }

    @Test("S-38 the management API refuses a signature and a token the same, and takes neither basic nor bearer")
    func management() async throws {
        try await withScenario { scenario in
            try await scenario.push(try SampleManifest.image(), to: "acme/app", tag: "v1")
            let token = try await scenario.managementToken(for: .reader)
            let bearer = try await scenario.token(for: .reader, scope: "repository:acme/app:pull")
            let repository = "/v2/manage/namespaces/acme/repos/app"
            for (method, path, json) in [
                ("GET", repository, nil), ("PATCH", repository, #"{"is_public":true}"#), ("DELETE", repository, nil),
                ("DELETE", "\(repository)/tags/v1", nil), ("DELETE", "/v2/manage/namespaces/acme", nil),
                (
                    "POST", "\(repository)/access-domains",
                    #"{"access_domain":"bravo","permit":"read","deadline":"forever"}"#
                ),
            ] as [(String, String, String?)] {
                let signed = try await scenario.manage(method, path, as: .reader, json: json)
                #expect(signed.status == (method == "GET" ? 200 : 403), "\(method) \(path): \(signed.text)")
                let content = json.map { TestBody.bytes(Array($0.utf8)) } ?? .none
                let type = ("Content-Type", "application/json")
                let withToken = try await scenario.client.send(
                    method, path, headers: [type, ("X-Auth-Token", token)], body: content)
                #expect(withToken.status == signed.status && withToken.text == signed.text, "\(method) \(path)")
                let reader = Scenario.Persona.reader
                for credentials in [TestClient.basic(reader.rawValue, reader.password), TestClient.bearer(bearer)] {
                    let refused = try await scenario.client.send(
                        method, path, headers: [type, credentials], body: content)
                    #expect(refused.status == 401, "\(method) \(path)")
                }
                scenario.waitAMinute()
            }
            #expect(try await scenario.send("GET", "/v2/acme/app/manifests/v1").status == 200)
        }
    }
}
