import BerthAccess
import BerthRegistry
import BerthTestSupport
import Foundation
import Testing

extension Scenario {
    /// Asks for a token with a body as it stands.
    func signIn(_ body: String, query: String = "") async throws -> TestResponse {
        try await client.send(
            "POST", "/v3/auth/tokens\(query)", headers: [("Content-Type", "application/json")],
            body: .bytes(Array(body.utf8)))
    }

    /// The body of a request for a token.
    ///
    /// - Parameters:
    ///   - user: The members that name the user, as JSON without braces.
    ///   - scope: The scope, as JSON; none without it.
    func signInBody(user: String, password: String, scope: String? = nil) -> String {
        let identity = #"{"methods":["password"],"password":{"user":{\#(user),"password":"\#(password)"}}}"#
        return #"{"auth":{"identity":\#(identity)\#(scope.map { #","scope":\#($0)"# } ?? "")}}"#
    }

    func signInBody(_ persona: Persona, password: String? = nil, scope: String? = nil) throws -> String {
        let name = try persona.qualifiedName()
        return signInBody(
            user: #""name":"\#(name.user)","domain":{"name":"\#(name.account)"}"#,
            password: password ?? persona.password, scope: scope)
    }

    /// A token for the management API.
    func managementToken(_ persona: Persona = .owner, scope: String? = nil) async throws -> String {
        let answer = try await signIn(try signInBody(persona, scope: scope))
        try #require(answer.status == 201, "\(answer.text)")
        return try #require(answer.header("X-Subject-Token"))
    }

    /// The status of a request of the management API, or of IAM, with a token.
    func status(
        _ target: String = "/v2/manage/namespaces", token: String, headers: [(String, String)] = []
    ) async throws -> Int {
        try await client.send("GET", target, headers: [("X-Auth-Token", token)] + headers).status
    }

    /// The id of the persona.
    func userID(of persona: Persona) async throws -> String {
        let name = try persona.qualifiedName()
        let users = try await registry.listUsers(of: .name(name.account), by: .dataOperator)
        return try #require(users.first { $0.name == name }).id.rawValue
    }

    /// The ids of the persona's account and project, as IAM tells them.
    func ids(of persona: Persona) async throws -> (account: String, project: String) {
        struct Projects: Decodable {
            struct Entry: Decodable {
                let id: String
                let domainId: String
            }
            let projects: [Entry]
        }
        let found = try await manage("GET", "/v3/projects", as: persona).snakeCase(Projects.self).projects
        try #require(found.count == 1)
        return (found[0].domainId, found[0].id)
    }
}

/// The body of a refusal of IAM.
struct IAMRefusal: Decodable, Equatable {
    struct Fault: Decodable, Equatable {
        let code: Int
        let message: String
        let title: String
    }

    let error: Fault
}
