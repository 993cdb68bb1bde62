import BerthAccess
import BerthIdentity
import BerthOCI
import BerthRegistry
import BerthTestSupport
import Foundation
import Testing

/// An attempt with docker's API, and what the audit log tells of it.
private struct Attempt: Sendable, CustomTestStringConvertible {
    let method: String
    let path: String
    let persona: Scenario.Persona
    let status: Int
    let line: String?

    init(_ method: String, _ path: String, _ persona: Scenario.Persona, _ status: Int, _ line: String?) {
        (self.method, self.path, self.persona, self.status, self.line) = (method, path, persona, status, line)
    }

    var testDescription: String { "\(persona.rawValue) \(method) \(path)" }
}

@Suite("What the audit log tells of what was refused")
struct AuditRefusalTests {
    private static let digest = "sha256:" + String(repeating: "a", count: 64)

    private static let attempts = [
        Attempt("GET", "acme/app/manifests/v1", .stranger, 404, "cargo/cargo pull refused acme/app:v1 127.0.0.1"),
        Attempt("HEAD", "acme/app/manifests/v1", .stranger, 404, "cargo/cargo pull refused acme/app:v1 127.0.0.1"),
        Attempt("GET", "acme/app/tags/list", .stranger, 404, "cargo/cargo pull refused acme/app 127.0.0.1"),
        Attempt("GET", "acme/app/blobs/\(digest)", .colleague, 404, "acme/colleague pull refused acme/app@ 127.0.0.1"),
        Attempt("DELETE", "acme/app/manifests/v1", .writer, 403, "acme/writer delete refused acme/app:v1 127.0.0.1"),
        Attempt(
            "DELETE", "acme/app/blobs/\(digest)", .receiver, 403, "bravo/bravo delete refused acme/app@ 127.0.0.1"),
        Attempt("PUT", "acme/app/manifests/v2", .receiver, 403, "bravo/bravo push refused acme/app:v2 127.0.0.1"),
        Attempt("POST", "acme/app/blobs/uploads/", .reader, 403, "acme/reader push refused acme/app 127.0.0.1"),
        Attempt(
            "POST", "acme/new/blobs/uploads/", .stranger, 403,
            "cargo/cargo push refused - 127.0.0.1 (acme/new is not there)"),
        // What is not there, and what is wrong with a request, is nobody's refusal.
        Attempt("GET", "acme/new/manifests/v1", .stranger, 404, nil),
        Attempt("GET", "acme/new/manifests/v1", .owner, 404, nil),
        Attempt("GET", "nobody/app/manifests/v1", .stranger, 404, nil),
        Attempt("POST", "nobody/app/blobs/uploads/", .stranger, 403, nil),
        Attempt("GET", "acme/app/manifests/none", .receiver, 404, nil),
        Attempt("DELETE", "acme/app/manifests/none", .owner, 404, nil),
        Attempt("PUT", "acme/app/manifests/v2", .owner, 400, nil),
        Attempt("POST", "acme/app/manifests/v2", .stranger, 405, nil),
    ]

    @Test("docker's API: who tried what on which image is told to its owner")
    func distribution() async throws {
        try await withScenario { scenario in
            try await scenario.push(SampleManifest.image(), to: "acme/app", tag: "v1")
            try await scenario.share("acme/app")
            for attempt in Self.attempts {
                let last = try await scenario.lastAuditID()
                let lines = try await scenario.told {
                    let response = try await scenario.send(
                        attempt.method, "/v2/" + attempt.path, as: attempt.persona,
                        headers: [("Content-Type", "application/vnd.oci.image.manifest.v1+json")],
                        body: attempt.method == "PUT" ? .bytes(Array("{}".utf8)) : .none)
                    #expect(response.status == attempt.status, "\(attempt.testDescription)")
                }
                #expect(lines == (attempt.line.map { [$0] } ?? []), "\(attempt.testDescription)")
                let seen = try await scenario.registry.listAudit(AuditFilter(), by: scenario.actor(.owner))
                let isSeen = seen.contains { $0.id > last && $0.result == .refused }
                #expect(isSeen == (attempt.line != nil), "\(attempt.testDescription)")
            }
        }
    }

    @Test("whoever is refused cannot tell from the answer whether it was told")
    func indistinguishable() async throws {
        try await withScenario { scenario in
            try await scenario.push(SampleManifest.image(), to: "acme/app", tag: "v1")
            func answer(_ path: String) async throws -> [String] {
                let response = try await scenario.send("GET", "/v2/\(path)/manifests/v1", as: .stranger)
                return ["\(response.status)", response.text.replacing(path, with: "")] + response.headerNames
            }
            #expect(try await answer("acme/app") == answer("acme/not"))
            #expect(try await answer("acme/app") == answer("acmf/app"))
        }
    }

    @Test("a request without credentials, a token that names too little and an expired one are not told")
    func challenges() async throws {
        try await withScenario { scenario in
            try await scenario.push(SampleManifest.image(), to: "acme/app", tag: "v1")
            let other = try await scenario.token(for: .owner, scope: "repository:acme/other:pull")
            let good = try await scenario.token(for: .owner, scope: "repository:acme/app:pull")
            let path = "/v2/acme/app/manifests/v1"
            let last = try await scenario.lastAuditID()
            #expect(try await scenario.client.send("GET", path).status == 401)
            #expect(try await scenario.client.send("GET", path, headers: [TestClient.bearer(other)]).status == 401)
            scenario.server.clock.advance(by: 3600)
            #expect(try await scenario.client.send("GET", path, headers: [TestClient.bearer(good)]).status == 401)
            #expect(try await scenario.auditEntries(after: last).map(\.line) == [])
        }
    }

    @Test("a token of somebody anonymous, and one of a user who is disabled since, are told")
    func tokens() async throws {
        try await withScenario { scenario in
            try await scenario.push(SampleManifest.image(), to: "acme/app", tag: "v1")
            let anonymous = try await scenario.token(for: nil, scope: "repository:acme/app:pull")
            let reader = try await scenario.token(for: .reader, scope: "repository:acme/app:pull")
            try await scenario.registry.setDisabled(
                true, user: Scenario.Persona.reader.qualifiedName(), by: .dataOperator)
            let last = try await scenario.lastAuditID()
            for (token, status) in [(anonymous, 404), (reader, 401)] {
                let response = try await scenario.client.send(
                    "GET", "/v2/acme/app/manifests/v1", headers: [TestClient.bearer(token)])
                #expect(response.status == status)
            }
            let entries = try await scenario.auditEntries(after: last)
            #expect(
                entries.map(\.line) == [
                    "anonymous pull refused acme/app:v1 127.0.0.1",
                    "acme/reader sign-in refused - 127.0.0.1 (these credentials are no longer good: sign in again)",
                ])
        }
    }

    @Test("the management API: the same")
    func management() async throws {
        try await withScenario { scenario in
            try await scenario.push(SampleManifest.image(), to: "acme/app", tag: "v1")
            let app = "/v2/manage/namespaces/acme/repos/app"
            let share = #"{"access_domain":"cargo","permit":"read","deadline":"forever"}"#
            for (method, path, json, persona, line) in [
                ("GET", app, nil, .stranger, "cargo/cargo read refused acme/app 127.0.0.1"),
                (
                    "POST", app + "/access-domains", share, .stranger,
                    "cargo/cargo share.add refused acme/app 127.0.0.1"
                ),
                (
                    "POST", app + "/access-domains", share, .writer,
                    "acme/writer share.add refused acme/app 127.0.0.1 (you may see acme/app, but not share it)"
                ),
                ("DELETE", app, nil, .stranger, "cargo/cargo repository.remove refused acme/app 127.0.0.1"),
                (
                    "DELETE", app + "/tags/v1", nil, .reader,
                    "acme/reader delete refused acme/app:v1 127.0.0.1 (you may see acme/app, but not delete its tags)"
                ),
                (
                    "DELETE", "/v2/manage/namespaces/acme", nil, .stranger,
                    "cargo/cargo organization.remove refused - 127.0.0.1"
                ),
                ("GET", "/v2/manage/namespaces/acme/repos/none", nil, .stranger, ""),
                ("GET", "/v2/manage/namespaces/none", nil, .stranger, ""), ("GET", app + "/tags/none", nil, .owner, ""),
            ] as [(String, String, String?, Scenario.Persona, String)] {
                let last = try await scenario.lastAuditID()
                let status = try await scenario.manage(method, path, as: persona, json: json).status
                #expect(status == 403 || status == 404, "\(method) \(path)")
                let told = try await scenario.auditEntries(after: last).filter { $0.action != .keyAdd }
                #expect(told.map(\.line) == (line.isEmpty ? [] : [line]), "\(method) \(path)")
                let seen = try await scenario.registry.listAudit(AuditFilter(), by: scenario.actor(.owner))
                #expect(seen.contains { $0.id > last && $0.result == .refused } == !line.isEmpty)
            }
        }
    }

    @Test("a push that a quota has no room for is told, with the quota")
    func quota() async throws {
        var settings = RegistrySettings()
        settings.quotas.repositories = 1
        try await withScenario(settings: settings) { scenario in
            try await scenario.push(SampleManifest.image(), to: "acme/app", tag: "v1")
            let lines = try await scenario.told {
                let status = try await scenario.send("POST", "/v2/acme/more/blobs/uploads/").status
                #expect(status == 403)
            }
            #expect(lines.count == 1)
            #expect(lines[0].hasPrefix("acme/acme push refused acme/more 127.0.0.1 (the account acme uses 1 of its 1"))
        }
    }
}
