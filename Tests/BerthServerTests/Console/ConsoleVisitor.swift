import BerthTestSupport
import Foundation

/// A browser at the console: it keeps its cookie and says where its forms come from.
struct ConsoleVisitor: Sendable {
    let scenario: Scenario
    var cookie = ""

    static func signedIn(_ persona: Scenario.Persona, in scenario: Scenario) async throws -> ConsoleVisitor {
        var visitor = ConsoleVisitor(scenario: scenario)
        let answer = try await visitor.signIn(persona.rawValue, persona.password).requiring(303)
        visitor.cookie = String(try answer.requiredHeader("Set-Cookie").prefix { $0 != ";" })
        return visitor
    }

    /// Signed in as a persona; for none, nobody is.
    static func signedIn(as persona: Scenario.Persona?, in scenario: Scenario) async throws -> ConsoleVisitor {
        guard let persona else { return ConsoleVisitor(scenario: scenario) }
        return try await signedIn(persona, in: scenario)
    }

    var origin: String { "http://\(scenario.client.host):\(scenario.client.port)" }

    func signIn(_ user: String, _ password: String, next: String = "") async throws -> TestResponse {
        try await post("/console/sign-in", ["user": user, "password": password, "next": next], token: "")
    }

    func get(_ path: String, headers: [(String, String)] = []) async throws -> TestResponse {
        try await scenario.client.send("GET", path, headers: headers + cookies)
    }

    /// Sends a form with the token of the session, or with another one.
    func post(
        _ path: String, _ fields: [String: String], token: String? = nil, origin: String? = nil,
        headers more: [(String, String)] = []
    ) async throws -> TestResponse {
        var fields = fields
        fields["csrf"] = if let token { token } else { try await formToken() }
        let body = fields.map { "\(Self.escape($0.key))=\(Self.escape($0.value))" }.joined(separator: "&")
        let headers = [("Content-Type", "application/x-www-form-urlencoded"), ("Origin", origin ?? self.origin)] + more
        return try await scenario.client.send(
            "POST", path, headers: (headers + cookies).filter { !$0.1.isEmpty }, body: .bytes(Array(body.utf8)))
    }

    /// What the forms of the pages carry.
    func formToken() async throws -> String {
        let page = try await get("/console/images").requiring(200).text
        let match = try #/name="csrf" value="([^"]+)"/#.firstMatch(in: page)
        return match.map { String($0.1) } ?? ""
    }

    private var cookies: [(String, String)] { cookie.isEmpty ? [] : [("Cookie", cookie)] }

    private static func escape(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    }
}
