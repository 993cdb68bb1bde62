import BerthTestSupport
import Foundation
import Testing

@Suite struct LifeCycleTests {
    @Test("accounts: added with an admin user, listed, removed when they own nothing")
    func accounts() async throws {
        try await withSite { site in
            let added = try await site.json("account", "add", "initech", "--region", "region-2")
            #expect(added["name"] == .text("initech") && added["region"] == .text("region-2"))
            let users = try await site.json("user", "list", "initech")
            #expect(users.list.count == 1 && users[0]["name"] == .text("initech/initech"))
            #expect(users[0]["admin"] == .boolean(true) && users[0]["has_password"] == .boolean(false))
            #expect(try await site.berth("account", "add", "initech").refusal().contains("initech"))
            #expect(try await site.berth("account", "remove", "acme").refusal().contains("ships"))

            let login = try await site.login(of: "initech")
            #expect(try await site.send("GET", "/v2/", as: login).status == 200)
            let id = try #require(added["id"].text)
            try await site.done("account", "remove", id)
            #expect(try await site.send("GET", "/v2/", as: login).status == 401)
            #expect(try await site.json("account", "list").list.allSatisfy { $0["name"] != .text("initech") })
            // Another account of that name is another one.
            #expect(try await site.json("account", "add", "initech")["id"] != .text(id))
        }
    }

    @Test("users: added, given a password, disabled, enabled, removed")
    func users() async throws {
        try await withSite { site in
            let (old, new) = (
                Login(name: "acme/ci", password: "the old password"), Login(name: "acme/ci", password: "the new one")
            )
            func status(_ login: Login) async throws -> Int { try await site.send("GET", "/v2/", as: login).status }
            let user = try await site.json("user", "add", "acme/ci")
            #expect(user["admin"] == .boolean(false) && user["has_password"] == .boolean(false))
            #expect(try await status(old) == 401)
            try await site.done("user", "password", "acme/ci", "--password-stdin", input: old.password + "\n")
            #expect(try await status(old) == 200)
            try await site.done("user", "password", "acme/ci", "--password-stdin", input: new.password)
            #expect(try await status(old) == 401)
            #expect(try await status(new) == 200)
            try await site.done("user", "disable", "acme/ci")
            #expect(try await status(new) == 401)
            #expect(try await site.json("user", "list", "acme").list.contains { $0["disabled"] == .boolean(true) })
            try await site.done("user", "enable", "acme/ci")
            #expect(try await status(new) == 200)
            try await site.done("user", "remove", "acme/ci")
            #expect(try await status(new) == 401)
        }
    }

    @Test("access keys: the secret is shown once, by key add alone")
    func keys() async throws {
        try await withSite { site in
            let key = try await site.json("key", "add", "acme")
            let (name, secret) = (try #require(key["access_key"].text), try #require(key["secret_key"].text))
            #expect(name.count == 20 && secret.count == 40 && key["user"] == .text("acme/acme"))
            let listed = try await site.done("key", "list", "acme", "--json")
            #expect(listed.contains(name) && !listed.contains(secret))
            for file in try FileManager.default.contentsOfDirectory(atPath: site.installation.storage) {
                let bytes = FileManager.default.contents(atPath: "\(site.installation.storage)/\(file)") ?? Data()
                #expect(bytes.range(of: Data(secret.utf8)) == nil, "\(file)")
            }
            try await site.done("key", "disable", name)
            let states = try await site.json("key", "list", "acme").list
            #expect(states.first { $0["access_key"] == .text(name) }?["disabled"] == .boolean(true))
            try await site.done("key", "remove", name)
            #expect(try await site.json("key", "list", "acme").list.allSatisfy { $0["access_key"] != .text(name) })
            #expect(try await site.berth("key", "remove", name).refusal().contains(name))
        }
    }

    @Test("organizations: unique, removed when they are empty")
    func organizations() async throws {
        try await withSite { site in
            #expect(try await site.berth("org", "add", "ships", "--account", "globex").refusal().contains("ships"))
            #expect(
                try await site.berth("org", "add", "manage", "--account", "acme").refusal(status: 64).contains("manage")
            )
            try await site.push(try SampleManifest.image(), to: "ships/ferry")
            #expect(try await site.berth("org", "remove", "ships").refusal().contains("repositories"))
            try await site.done("repo", "remove", "ships/ferry")
            try await site.done("org", "remove", "ships")
            #expect(try await site.json("org", "list") == .list([]))
            let answer = try await site.send("POST", "/v2/ships/ferry/blobs/uploads/", as: site.acme)
            #expect(answer.status == 403)
        }
    }

    @Test("permissions: the larger one counts, they are replaced, and other accounts' users get none")
    func grants() async throws {
        try await withSite { site in
            try await site.push(try SampleManifest.image(), to: "ships/ferry")
            try await site.done("user", "add", "acme/ci")
            let user = try await site.login(of: "acme/ci")
            func push() async throws -> Int {
                try await site.send("POST", "/v2/ships/ferry/blobs/uploads/", as: user).status
            }
            #expect(try await site.pull("ships/ferry", as: user) == 404)
            try await site.done("grant", "set", "ships", "acme/ci", "read")
            #expect(try await site.pull("ships/ferry", as: user) == 200)
            #expect(try await push() == 403)
            try await site.done("grant", "set", "ships/ferry", "acme/ci", "write")
            #expect(try await push() == 202)
            try await site.done("grant", "set", "ships/ferry", "acme/ci", "read")
            #expect(try await push() == 403)
            let listed = try await site.json("grant", "list", "ships/ferry")
            #expect(listed.list.count == 1 && listed[0]["permission"] == .text("read"))
            try await site.done("grant", "remove", "ships/ferry", "acme/ci")
            #expect(try await site.pull("ships/ferry", as: user) == 200)
            try await site.done("grant", "remove", "ships", "acme/ci")
            #expect(try await site.pull("ships/ferry", as: user) == 404)
            let sentence = try await site.berth("grant", "set", "ships", "globex", "read").refusal()
            #expect(sentence.contains("share"))
        }
    }

    @Test("repositories: made by a push, described, made public and private, removed")
    func repositories() async throws {
        try await withSite { site in
            try await site.push(try SampleManifest.image(), to: "ships/ferry")
            #expect(try await site.pull("ships/ferry") == 401)
            try await site.done("repo", "set", "ships/ferry", "--public", "--description", "the web shop")
            let shown = try await site.json("repo", "show", "ships/ferry")
            #expect(shown["visibility"] == .text("public") && shown["description"] == .text("the web shop"))
            let token = try await site.token(for: nil, scope: "repository:ships/ferry:pull")
            #expect(try await site.pull("ships/ferry", token: token) == 200)
            #expect(try await site.pull("ships/ferry", as: site.globex) == 200)
            try await site.done("repo", "set", "ships/ferry", "--private")
            #expect(try await site.json("repo", "show", "ships/ferry")["description"] == .text("the web shop"))
            #expect(try await site.pull("ships/ferry", token: token) != 200)
            #expect(try await site.pull("ships/ferry", as: site.globex) == 404)
            try await site.done("repo", "remove", "ships/ferry")
            #expect(try await site.pull("ships/ferry", as: site.acme) == 404)
            #expect(try await site.json("repo", "list") == .list([]))
        }
    }

    @Test("an upload that came to no image is in no list")
    func unpublished() async throws {
        try await withSite { site in
            try await site.push(SampleBlob("only a layer"), to: "ships/ferry")
            #expect(try await site.json("repo", "list") == .list([]))
            #expect(try await site.berth("repo", "show", "ships/ferry").refusal().contains("ships/ferry"))
        }
    }
}
