import BerthTestSupport
import Foundation
import Testing

@Suite struct JSONShapeTests {
    private static let shapes = [
        ("account add initech", "{created_at: instant, id: text, name: text, region: text}"),
        ("account list", "[{created_at: instant, id: text, name: text, region: text}]"),
        ("account remove initech", "{removed: text}"),
        ("user add acme/ci", user), ("user list acme", "[\(user)]"),
        ("user password acme/ci --password-stdin", "{name: text}"),
        ("user disable acme/ci", "{disabled: boolean, name: text}"),
        ("user enable acme/ci", "{disabled: boolean, name: text}"),
        ("key add acme/ci", "{access_key: text, secret_key: text, user: text}"),
        ("key list acme", "[{access_key: text, created_at: instant, disabled: boolean, user: text}]"),
        ("org add boats --account acme", organization), ("org list", "[\(organization)]"),
        ("org remove boats", "{removed: text}"),
        ("grant set ships acme/ci write", permission), ("grant list ships", "[\(permission)]"),
        ("grant remove ships acme/ci", "{on: text, permission: null, user: text}"),
        ("user remove acme/ci", "{removed: text}"),
        ("repo list", "[\(repository)]"),
        ("repo set ships/ferry --description shop", repository),
        (
            "repo show ships/ferry",
            """
            {account: text, created_at: instant, description: text, pull_command: text, repository: text, \
            shares: integer, size: integer, tag_count: integer, tags: [text], updated_at: instant, visibility: text}
            """
        ),
        ("share add ships/ferry --with globex --for 1d", share("instant")),
        ("share list ships/ferry", "[\(share("instant"))]"),
        ("share show ships/ferry globex", share("instant")),
        (
            "share received globex",
            """
            [{deadline: instant, owner: text, pull_command: text, repository: text, size: integer, status: text, \
            tags: [text]}]
            """
        ),
        ("share update ships/ferry globex --forever", share("null")),
        ("share list ships/ferry", "[\(share("null"))]"),
        (
            "share received globex",
            """
            [{deadline: null, owner: text, pull_command: text, repository: text, size: integer, status: text, \
            tags: [text]}]
            """
        ),
        ("share remove ships/ferry globex", "{removed: text, repository: text}"),
        (
            "audit list --action share",
            """
            [{account: null, action: text, actor: text, address: null, at: instant, count: integer, detail: text, \
            digest: null, reference: null, repository: text, result: text, shared: boolean}]
            """
        ),
        ("gc", "{deleted_blobs: integer, freed_bytes: integer}"),
        ("verify", "{checked_blobs: integer, damaged: [], orphans: []}"),
        ("backup BACKUP", "{copied_blobs: integer, copied_bytes: integer, directory: text, missing: []}"),
        (
            "certs create",
            """
            {authority: text, authority_key: text, certificate: text, hosts: [text], key: text, not_after: instant}
            """
        ),
        ("certs rotate-token-key", "{key_id: text, old_key_verifies_until: instant}"),
        ("repo remove ships/ferry", "{removed: text}"),
        ("key disable KEY", "{access_key: text, disabled: boolean}"), ("key remove KEY", "{removed: text}"),
        ("version", "{version: text}"),
    ]

    private static let user =
        "{admin: boolean, created_at: instant, disabled: boolean, has_password: boolean, id: text, name: text}"
    private static let organization = "{account: text, created_at: instant, name: text}"
    private static let permission = "{on: text, permission: text, user: text}"
    private static let repository = """
        {account: text, created_at: instant, description: text, repository: text, shares: integer, size: integer, \
        tag_count: integer, updated_at: instant, visibility: text}
        """

    private static func share(_ deadline: String) -> String {
        """
        {account: text, account_id: text, created_at: instant, created_by: text, deadline: \(deadline), \
        description: text, permission: text, repository: text, status: text}
        """
    }

    /// A settings file that names the public address.
    private static func file(_ host: String, _ site: Site) throws -> String {
        let path = site.installation.directory + "/berth.yaml"
        try "public-url: https://\(host)\n".write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    private static func words(_ words: String, in site: Site) -> [String] {
        words.split(separator: " ").map { word in
            switch word {
            case "BACKUP": site.installation.directory + "/copy"
            case "KEY": String(site.globex.name.drop { $0 != "@" }.dropFirst())
            default: String(word)
            }
        }
    }

    @Test("every command prints one line of JSON with exactly its keys and types, and nothing on standard error")
    func shapes() async throws {
        try await withSite { site in
            try await site.push(try SampleManifest.image(), to: "ships/ferry")
            for (words, shape) in Self.shapes {
                let words = Self.words(words, in: site) + ["--json"]
                let result = try await site.installation.run(words, input: "a good password\n").orThrow()
                #expect(result.errors.isEmpty && result.output.split(separator: "\n").count == 1, "\(result)")
                #expect(try JSONValue(parsing: result.output).shape == shape, "\(words)")
            }
        }
    }

    @Test("every command but serve has a shape; that of restore, which needs an empty directory, is in BackupTests")
    func complete() {
        let known = CommandPath.leaves.map(\.words)
        let covered = Self.shapes.map { $0.0.split(separator: " ").map(String.init) }
        for command in known where command != ["serve"] && command != ["restore"] {
            #expect(covered.contains { $0.starts(with: command) }, "\(command)")
        }
    }

    @Test("what JSON says is true: sizes in bytes, tags, the pull command at the public address")
    func values() async throws {
        try await withSite { site in
            let image = try SampleManifest.image("layer of values")
            try await site.push(image, to: "ships/ferry", tag: "2")
            let bytes = image.blobs.reduce(Int64(image.bytes.count)) { $0 + Int64($1.bytes.count) }
            let accounts = try await site.json("account", "list").list
            let globex = try #require(accounts.first { $0["name"] == .text("globex") })
            let share = try await site.json(
                "share", "add", "ships/ferry", "--with", "globex", "--until", "2099-12-31", "--description", "audit")
            #expect(share["repository"] == .text("ships/ferry") && share["account"] == .text("globex"))
            #expect(share["account_id"] == globex["id"] && share["permission"] == .text("pull"))
            #expect(share["deadline"] == .text("2100-01-01T00:00:00Z") && share["description"] == .text("audit"))
            #expect(share["status"] == .text("effective") && share["created_by"] == .text("operator"))

            let host = "registry.example.com"
            let received = try await site.json("share", "received", "globex", "--config", try Self.file(host, site))
            #expect(received.list.count == 1 && received[0]["owner"] == .text("acme"))
            #expect(received[0]["tags"] == .list([.text("2")]))
            #expect(received[0]["size"] == .integer(bytes))
            #expect(received[0]["pull_command"] == .text("docker pull \(host)/ships/ferry:2"))
            let shown = try await site.json("repo", "show", "ships/ferry")
            #expect(shown["size"] == .integer(bytes) && shown["shares"] == .integer(1))
            #expect(shown["visibility"] == .text("private") && shown["account"] == .text("acme"))
        }
    }
}
