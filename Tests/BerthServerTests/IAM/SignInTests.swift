import BerthAccess
import BerthIdentity
import BerthRegistry
import BerthTestSupport
import Foundation
import Testing

/// The body of an answer with a token.
private struct Answer: Decodable {
    struct Named: Decodable, Equatable {
        let id: String
        let name: String
    }
    struct User: Decodable {
        let id: String
        let name: String
        let domain: Named
    }
    struct Token: Decodable {
        let methods: [String]
        let issuedAt: String
        let expiresAt: String
        let user: User
        let project: Named?
        let domain: Named?
        let roles: [Named]
        let catalog: [String]
    }
    let token: Token
}

@Suite struct SignInTests {
    @Test("a password buys a token for a day, whichever way user, account and scope are named")
    func forms() async throws {
        let clock = ManualClock(now: Date(timeIntervalSince1970: 1_795_262_400))  // 2026-11-21T12:00:00Z
        try await withScenario(clock: clock) { scenario in
            let ids = try await scenario.ids(of: .manager)
            let id = try await scenario.userID(of: .manager)
            let users = [
                #""name":"manager","domain":{"name":"acme"}"#, #""name":"manager","domain":{"id":"\#(ids.account)"}"#,
                #""id":"\#(id)""#, #""id":"\#(id)","domain":{"name":"acme"}"#,
            ]
            for user in users {
                for scope in [#"{"project":{"name":"region-1"}}"#, #"{"project":{"id":"\#(ids.project)"}}"#] {
                    let token = try await signIn(scenario, user: user, scope: scope)
                    #expect(token.user.id == id)
                    #expect(token.project == Answer.Named(id: ids.project, name: "region-1"))
                    #expect(token.domain == nil)
                }
                let accounts = [nil, #"{"domain":{"name":"acme"}}"#, #"{"domain":{"id":"\#(ids.account)"}}"#]
                for scope in accounts {
                    let token = try await signIn(scenario, user: user, scope: scope)
                    #expect(token.user.domain == Answer.Named(id: ids.account, name: "acme"))
                    #expect(token.domain == token.user.domain)
                    #expect(token.project == nil)
                }
            }
        }
    }

    /// Signs the manager in, uses the token, and gives what is said of it.
    private func signIn(_ scenario: Scenario, user: String, scope: String?) async throws -> Answer.Token {
        let body = scenario.signInBody(user: user, password: Scenario.Persona.manager.password, scope: scope)
        let response = try await scenario.signIn(body, query: "?nocatalog=true")
        try #require(response.status == 201, "\(body): \(response.text)")
        #expect(response.header("Cache-Control") == "no-store")
        let token = try response.snakeCase(Answer.self).token
        #expect(token.methods == ["password"])
        #expect(token.catalog.isEmpty)
        #expect(token.roles.count == 1)
        #expect(token.user.name == "manager")
        #expect(token.issuedAt == "2026-11-21T12:00:00.000000Z")
        #expect(token.expiresAt == "2026-11-22T12:00:00.000000Z")
        let text = try #require(response.header("X-Subject-Token"))
        let status = try await scenario.status(token: text)
        #expect(status == 200)
        return token
    }

    @Test("S-42 whoever cannot sign in, for whatever reason, is told the same")
    func oneAnswer() async throws {
        var settings = RegistrySettings()
        settings.signIns.attempts = 0
        try await withScenario(settings: settings) { scenario in
            let registry = scenario.registry
            try await registry.setDisabled(
                true, user: try Scenario.Persona.reader.qualifiedName(), by: .dataOperator)
            try await registry.addUser(try QualifiedUserName(parsing: "acme/keyless"), by: .dataOperator)
            let (account, _) = try await scenario.ids(of: .stranger)
            let known = #""name":"manager""#
            let password = Scenario.Persona.manager.password
            let bodies = [
                try scenario.signInBody(.manager, password: "wrong"), try scenario.signInBody(.manager, password: ""),
                try scenario.signInBody(.manager, password: String(repeating: "x", count: 4000)),
                try scenario.signInBody(.reader),
                scenario.signInBody(user: #""name":"keyless","domain":{"name":"acme"}"#, password: ""),
                scenario.signInBody(user: #""name":"nobody","domain":{"name":"acme"}"#, password: password),
                scenario.signInBody(user: #"\#(known),"domain":{"name":"bravo"}"#, password: password),
                scenario.signInBody(user: #"\#(known),"domain":{"name":"no/such"}"#, password: password),
                scenario.signInBody(user: #"\#(known),"domain":{"id":"\#(account)"}"#, password: password),
                scenario.signInBody(user: #"\#(known),"domain":{"id":"acme"}"#, password: password),
                scenario.signInBody(user: #""id":"manager""#, password: password),
                scenario.signInBody(user: #""name":"acme/manager","domain":{"name":"acme"}"#, password: password),
                scenario.signInBody(user: #""name":"' OR 1=1 --","domain":{"name":"acme"}"#, password: password),
            ]
            for body in bodies {
                let answer = try await scenario.signIn(body)
                #expect(answer.status == 401 && answer.header("X-Subject-Token") == nil, "\(body)")
                let refusal = try answer.json(IAMRefusal.self).error
                #expect(refusal.code == 401 && refusal.title == "Unauthorized", "\(body)")
                #expect(refusal.message == "The username or password is wrong.", "\(body)")
            }
        }
    }

    @Test("a scope that is not one's own is refused, and does not tell whether there is such a thing")
    func foreignScopes() async throws {
        try await withScenario { scenario in
            let (account, project) = try await scenario.ids(of: .stranger)
            let own = try await scenario.ids(of: .owner)
            var answers: Set<String> = []
            for scope in [
                #"{"project":{"id":"\#(project)"}}"#, #"{"project":{"id":"\#(String(repeating: "0", count: 32))"}}"#,
                #"{"project":{"name":"region-2"}}"#, #"{"domain":{"name":"cargo"}}"#, #"{"domain":{"name":"nobody"}}"#,
                #"{"domain":{"id":"\#(account)"}}"#, #"{"project":{"name":"\#(own.project)"}}"#,
            ] {
                let answer = try await scenario.signIn(try scenario.signInBody(.owner, scope: scope))
                #expect(answer.status == 401, "\(scope)")
                answers.insert(answer.text)
            }
            #expect(answers.count == 1)
        }
    }

    @Test("a request that cannot be read is 400 in IAM's form, with what was expected")
    func malformed() async throws {
        try await withScenario { scenario in
            let good = try scenario.signInBody(.owner)
            let bodies = [
                "", "x", "[]", "{}", "null", #"{"auth":null}"#, #"{"auth":{}}"#, #"{"auth":{"identity":[]}}"#,
                String(good.dropLast()), good + "x", good.replacing(#"["password"]"#, with: "[]"),
                good.replacing(#"["password"]"#, with: #"["token"]"#),
                good.replacing(#"["password"]"#, with: #"["password","totp"]"#),
                good.replacing(#""methods":["password"],"#, with: ""),
                good.replacing(#","domain":{"name":"acme"}"#, with: ""),
                good.replacing(#"{"name":"acme"}"#, with: "{}"), good.replacing(#"{"name":"acme"}"#, with: "7"),
                scenario.signInBody(user: #""domain":{"name":"acme"}"#, password: "x"),
                good.replacing(#""password-of-acme""#, with: "7"), good.replacing(#""password-of-acme""#, with: "null"),
                try scenario.signInBody(.owner, scope: "{}"), try scenario.signInBody(.owner, scope: "7"),
                try scenario.signInBody(.owner, scope: #"{"project":{}}"#),
                try scenario.signInBody(
                    .owner, scope: #"{"project":{"name":"region-1"},"domain":{"name":"acme"}}"#),
                String(repeating: "[", count: 5000),
            ]
            for body in bodies {
                let answer = try await scenario.signIn(body)
                #expect(answer.status == 400, "\(body.prefix(300)): \(answer.status)")
                let refusal = try answer.json(IAMRefusal.self)
                #expect(refusal.error.code == 400 && !refusal.error.message.isEmpty)
            }
            let long = try await scenario.signIn(
                try scenario.signInBody(.owner, password: String(repeating: "x", count: 70_000)))
            let refusal = try long.json(IAMRefusal.self)
            #expect(long.status == 413 && refusal.error.code == 413)
            let wrongMethod = try await scenario.client.send("GET", "/v3/auth/tokens")
            #expect(wrongMethod.status == 405 && wrongMethod.header("Allow") == "POST")
        }
    }
}
