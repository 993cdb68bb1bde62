import BerthTestSupport
import Foundation
import Testing

/// A change by a command while the server runs counts at the very next request, also of a token issued before.
@Suite struct LiveChangeTests {
    private static let scope = "repository:ships/ferry:pull,push"

    /// Pulls with a token until that is answered from memory, makes the change, and pulls with the same token.
    private func expect(
        _ status: Int, after words: String, input: String? = nil, on site: Site, token: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        for _ in 0..<3 {
            #expect(try await site.pull("ships/ferry", token: token) == 200, sourceLocation: sourceLocation)
        }
        try await site.installation.run(words.split(separator: " ").map(String.init), input: input).orThrow()
        #expect(try await site.pull("ships/ferry", token: token) == status, sourceLocation: sourceLocation)
    }

    @Test("share remove, and a share that is made again")
    func shares() async throws {
        try await withSite { site in
            try await site.push(try SampleManifest.image(), to: "ships/ferry")
            try await site.done("share", "add", "ships/ferry", "--with", "globex", "--forever")
            let token = try await site.token(for: site.globex, scope: Self.scope)
            let missing = try await site.send("GET", "/v2/ships/none/manifests/1", as: site.globex)
            try await expect(404, after: "share remove ships/ferry globex", on: site, token: token)
            let refused = try await site.send("GET", "/v2/ships/ferry/manifests/1", token: token)
            #expect(refused.text.replacing("ships/ferry", with: "ships/none") == missing.text)
            try await site.done("share", "add", "ships/ferry", "--with", "globex", "--for", "1h")
            #expect(try await site.pull("ships/ferry", token: token) == 200)
            #expect(try await site.send("POST", "/v2/ships/ferry/blobs/uploads/", token: token).status == 403)
        }
    }

    @Test("a token never outlives the share that it rests on")
    func tokenLifetime() async throws {
        try await withSite { site in
            try await site.push(try SampleManifest.image(), to: "ships/ferry")
            try await site.done("share", "add", "ships/ferry", "--with", "globex", "--for", "100s")
            let deadline = try #require(try await site.json("share", "show", "ships/ferry", "globex")["deadline"].text)
            let token = try await site.token(for: site.globex, scope: Self.scope)
            let end = try #require(try OpenSSL.parts(of: token).claims["exp"].integer)
            #expect(Double(end) <= (try Date(deadline, strategy: .iso8601)).timeIntervalSince1970)
        }
    }

    @Test("user disable, and enable brings no token back")
    func disabledUser() async throws {
        try await withSite { site in
            try await site.push(try SampleManifest.image(), to: "ships/ferry")
            let token = try await site.token(for: site.acme, scope: Self.scope)
            try await expect(401, after: "user disable acme", on: site, token: token)
            #expect(try await site.pull("ships/ferry", as: site.acme) == 401)
            try await site.done("user", "enable", "acme")
            #expect(try await site.pull("ships/ferry", token: token) == 401)
            #expect(try await site.pull("ships/ferry", as: site.acme) == 200)
        }
    }

    @Test("user password, user remove and account remove")
    func users() async throws {
        try await withSite { site in
            try await site.push(try SampleManifest.image(), to: "ships/ferry")
            try await site.done("user", "add", "acme/ci")
            try await site.done("grant", "set", "ships", "acme/ci", "read")
            let user = try await site.login(of: "acme/ci")
            let token = try await site.token(for: user, scope: Self.scope)
            try await expect(
                401, after: "user password acme/ci --password-stdin", input: "a good password\n", on: site, token: token
            )
            let second = try await site.token(for: user, scope: Self.scope)
            try await expect(401, after: "user remove acme/ci", on: site, token: second)
            try await site.done("share", "add", "ships/ferry", "--with", "globex", "--forever")
            let third = try await site.token(for: site.globex, scope: Self.scope)
            try await expect(401, after: "account remove globex", on: site, token: third)
        }
    }

    @Test("key disable and key remove", arguments: ["disable", "remove"])
    func keys(verb: String) async throws {
        try await withSite { site in
            try await site.push(try SampleManifest.image(), to: "ships/ferry")
            let token = try await site.token(for: site.acme, scope: Self.scope)
            let key = try #require(site.acme.name.split(separator: "@").last)
            try await expect(401, after: "key \(verb) \(key)", on: site, token: token)
            #expect(try await site.pull("ships/ferry", as: site.acme) == 401)
        }
    }

    @Test("grant remove and a smaller grant")
    func grants() async throws {
        try await withSite { site in
            try await site.push(try SampleManifest.image(), to: "ships/ferry")
            try await site.done("user", "add", "acme/ci")
            try await site.done("grant", "set", "ships/ferry", "acme/ci", "write")
            let token = try await site.token(for: try await site.login(of: "acme/ci"), scope: Self.scope)
            func push() async throws -> Int {
                try await site.send("POST", "/v2/ships/ferry/blobs/uploads/", token: token).status
            }
            #expect(try await push() == 202)
            try await expect(200, after: "grant set ships/ferry acme/ci read", on: site, token: token)
            #expect(try await push() == 403)
            try await expect(404, after: "grant remove ships/ferry acme/ci", on: site, token: token)
        }
    }

    @Test("repo set --private and repo remove")
    func repositories() async throws {
        try await withSite { site in
            try await site.push(try SampleManifest.image(), to: "ships/ferry")
            try await site.done("repo", "set", "ships/ferry", "--public")
            let token = try await site.token(for: site.globex, scope: Self.scope)
            try await expect(404, after: "repo set ships/ferry --private", on: site, token: token)
            let owners = try await site.token(for: site.acme, scope: Self.scope)
            try await expect(404, after: "repo remove ships/ferry", on: site, token: owners)
        }
    }
}
