import BerthAccess
import BerthRegistry
import Foundation

extension Scenario {
    /// Asks for a token with a body as it stands.
    package func signIn(_ body: String, query: String = "") async throws -> TestResponse {
        try await client.send(
            "POST", "/v3/auth/tokens\(query)", headers: [("Content-Type", "application/json")],
            body: .bytes(Array(body.utf8)))
    }

    /// The body of a request for a token.
    ///
    /// - Parameters:
    ///   - user: The members that name the user, as JSON without braces.
    ///   - scope: The scope, as JSON; none without it.
    package func signInBody(user: String, password: String, scope: String? = nil) -> String {
        let identity = #"{"methods":["password"],"password":{"user":{\#(user),"password":"\#(password)"}}}"#
        return #"{"auth":{"identity":\#(identity)\#(scope.map { #","scope":\#($0)"# } ?? "")}}"#
    }

    package func signInBody(_ persona: Persona, password: String? = nil, scope: String? = nil) throws -> String {
        let name = try persona.qualifiedName()
        return signInBody(
            user: #""name":"\#(name.user)","domain":{"name":"\#(name.account)"}"#,
            password: password ?? persona.password, scope: scope)
    }

    /// A token for the management API.
    package func managementToken(_ persona: Persona = .owner, scope: String? = nil) async throws -> String {
        try await signIn(try signInBody(persona, scope: scope)).requiring(201).requiredHeader("X-Subject-Token")
    }

    /// The status of a request of the management API, or of IAM, with a token.
    package func status(
        _ target: String = "/v2/manage/namespaces", token: String, headers: [(String, String)] = []
    ) async throws -> Int {
        try await client.send("GET", target, headers: [("X-Auth-Token", token)] + headers).status
    }

    /// The id of a user, by its qualified name.
    package func userID(_ name: String) async throws -> String {
        let name = try QualifiedUserName(parsing: name)
        let users = try await registry.listUsers(of: .name(name.account), by: .dataOperator)
        guard let user = users.first(where: { $0.name == name }) else {
            throw AdministrationError(.userUnknown, "there is no user \(name)")
        }
        return user.id.rawValue
    }

    /// The id of the persona.
    package func userID(of persona: Persona) async throws -> String { try await userID(persona.rawValue) }

    /// A user as the body of a permission names it, without braces.
    package func permissionUser(_ name: String) async throws -> String {
        let user = try QualifiedUserName(parsing: name).user
        return #""user_id":"\#(try await userID(name))","user_name":"\#(user)""#
    }

    /// The ids of the persona's account and project, as IAM tells them.
    package func ids(of persona: Persona) async throws -> (account: String, project: String) {
        struct Projects: Decodable {
            struct Entry: Decodable {
                let id: String
                let domainId: String
            }
            let projects: [Entry]
        }
        let answer = try await manage("GET", "/v3/projects", as: persona)
        let found = try answer.snakeCase(Projects.self).projects
        guard found.count == 1 else { throw UnexpectedAnswer(answer, expected: "one project") }
        return (found[0].domainId, found[0].id)
    }
}
