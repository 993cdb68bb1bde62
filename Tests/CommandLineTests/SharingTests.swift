import BerthTestSupport
import Foundation
import Testing

/// The table of rules of sharing, through commands and real HTTP.
@Suite struct SharingTests {
    private func withFerry(_ body: (Site) async throws -> Void) async throws {
        try await withSite { site in
            try await site.push(try SampleManifest.image(), to: "ships/ferry")
            try await body(site)
        }
    }

    private func refusal(_ site: Site, _ words: String...) async throws -> String {
        try await site.installation.run(["share", "add", "ships/ferry"] + words).refusal()
    }

    @Test("only private images are shared")
    func publicImage() async throws {
        try await withFerry { site in
            try await site.done("repo", "set", "ships/ferry", "--public")
            #expect(try await refusal(site, "--with", "globex", "--forever").contains("public"))
            #expect(try await site.json("share", "list", "ships/ferry") == .list([]))
        }
    }

    @Test("a deadline that has passed is refused", arguments: ["2020-01-01", "2020-01-01T00:00:00Z"])
    func past(deadline: String) async throws {
        try await withFerry { site in
            let sentence = try await refusal(site, "--with", "globex", "--until", deadline)
            #expect(sentence.contains("passed") && sentence.contains("2020-01-0"))
            try await site.done("share", "add", "ships/ferry", "--with", "globex", "--forever")
            let update = try await site.berth("share", "update", "ships/ferry", "globex", "--until", deadline)
            #expect(try update.refusal().contains("passed"))
            #expect(try await site.json("share", "show", "ships/ferry", "globex")["deadline"] == .null)
        }
    }

    @Test("a receiver of another region is refused with both regions named")
    func region() async throws {
        try await withFerry { site in
            try await site.done("account", "add", "faraway", "--region", "region-2")
            let sentence = try await refusal(site, "--with", "faraway", "--forever")
            #expect(sentence.contains("region-1") && sentence.contains("region-2"))
            #expect(try await site.pull("ships/ferry", as: try await site.login(of: "faraway")) == 404)
        }
    }

    @Test("descriptions have up to 1,000 characters, counted in Unicode scalars")
    func descriptions() async throws {
        try await withFerry { site in
            let long = String(repeating: "船", count: 1000)
            let sentence = try await refusal(site, "--with", "globex", "--forever", "--description", long + "a")
            #expect(sentence.contains("1000") && sentence.contains("1001"))
            let combined = "e" + String(repeating: "\u{301}", count: 1000)
            #expect(
                try await refusal(site, "--with", "globex", "--forever", "--description", combined).contains("1001"))
            let share = try await site.json(
                "share", "add", "ships/ferry", "--with", "globex", "--forever", "--description", long)
            #expect(share["description"] == .text(long))
        }
    }

    @Test("a receiver that does not exist, and the owner itself, are refused")
    func receivers() async throws {
        try await withFerry { site async throws in
            #expect(try await refusal(site, "--with", "nobody", "--forever").contains("nobody"))
            let id = String(repeating: "0", count: 32)
            #expect(try await refusal(site, "--with", id, "--forever").contains(id))
            #expect(try await refusal(site, "--with", "acme", "--forever").contains("another account"))
            #expect(
                try await site.berth("share", "add", "ships/none", "--with", "globex", "--forever").refusal()
                    .contains("ships/none"))
        }
    }

    @Test("an account is named by its id as well, in every command")
    func byID() async throws {
        try await withFerry { site in
            let accounts = try await site.json("account", "list").list
            let id = try #require(accounts.first { $0["name"] == .text("globex") }?["id"].text)
            let share = try await site.json("share", "add", "ships/ferry", "--with", id, "--for", "30d")
            #expect(share["account"] == .text("globex") && share["account_id"] == .text(id))
            #expect(try await site.pull("ships/ferry", as: site.globex) == 200)
            #expect(try await site.json("share", "received", id).list.count == 1)
            try await site.done("share", "update", "ships/ferry", id, "--description", "by id")
            #expect(try await site.json("share", "show", "ships/ferry", id)["description"] == .text("by id"))
            try await site.done("share", "remove", "ships/ferry", id)
            #expect(try await site.pull("ships/ferry", as: site.globex) == 404)
        }
    }

    @Test("a shared image is neither removed nor made public; the refusal lists the shares")
    func blocked() async throws {
        try await withFerry { site in
            try await site.done("account", "add", "initech")
            for account in ["globex", "initech"] {
                try await site.done("share", "add", "ships/ferry", "--with", account, "--forever")
            }
            for result in [
                try await site.berth("repo", "remove", "ships/ferry"),
                try await site.berth("repo", "set", "ships/ferry", "--public"),
            ] {
                let sentence = try result.refusal()
                #expect(sentence.contains("globex") && sentence.contains("initech"), "\(sentence)")
            }
            #expect(try await site.pull("ships/ferry", as: site.globex) == 200)
            #expect(try await site.pull("ships/ferry") == 401)
            // Tags and manifests of it may go.
            #expect(try await site.send("DELETE", "/v2/ships/ferry/manifests/1", as: site.acme).status == 202)
            for account in ["globex", "initech"] { try await site.done("share", "remove", "ships/ferry", account) }
            try await site.done("repo", "remove", "ships/ferry")
        }
    }

    @Test("one share an account: a second is refused, update changes it")
    func twice() async throws {
        try await withFerry { site in
            try await site.done("share", "add", "ships/ferry", "--with", "globex", "--forever", "--description", "a")
            #expect(try await refusal(site, "--with", "globex", "--for", "1d").contains("already"))
            let changed = try await site.json(
                "share", "update", "ships/ferry", "globex", "--until", "2099-12-31T12:00:00+01:00")
            #expect(changed["deadline"] == .text("2099-12-31T11:00:00Z") && changed["description"] == .text("a"))
        }
    }

    @Test("an expired share ends pulling, stays listed, blocks nothing and does not come back with the name")
    func expiry() async throws {
        try await withFerry { site in
            try await site.done("share", "add", "ships/ferry", "--with", "globex", "--for", "2s")
            let token = try await site.token(for: site.globex, scope: "repository:ships/ferry:pull")
            try await eventually("the share expires") {
                try await site.json("share", "show", "ships/ferry", "globex")["status"] == .text("expired")
            }
            #expect(try await site.pull("ships/ferry", as: site.globex) == 404)
            #expect(try await site.pull("ships/ferry", token: token) != 200)
            let received = try await site.json("share", "received", "globex")
            #expect(received.list.count == 1 && received[0]["status"] == .text("expired"))
            #expect(received[0]["tags"] == .list([]) && received[0]["size"] == .null)
            #expect(received[0]["pull_command"] == .null && received[0]["deadline"].shape == "instant")
            #expect(try await site.done("share", "received", "globex").contains(" ago)"))
            #expect(try await site.json("repo", "show", "ships/ferry")["shares"] == .integer(0))

            try await site.done("repo", "set", "ships/ferry", "--public")
            try await site.done("repo", "set", "ships/ferry", "--private")
            try await site.done("repo", "remove", "ships/ferry")
            try await site.push(try SampleManifest.image(), to: "ships/ferry")
            #expect(try await site.json("share", "list", "ships/ferry") == .list([]))
            #expect(try await site.json("share", "received", "globex") == .list([]))
            #expect(try await site.pull("ships/ferry", as: site.globex) == 404)
        }
    }

    @Test("an expired share is replaced by a new one, and update makes it effective again")
    func renewal() async throws {
        try await withFerry { site in
            for words in [
                ["share", "add", "ships/ferry", "--with", "globex", "--forever"],
                ["share", "update", "ships/ferry", "globex", "--for", "1h"],
            ] {
                _ = try await site.berth("share", "remove", "ships/ferry", "globex")
                try await site.done("share", "add", "ships/ferry", "--with", "globex", "--for", "1s")
                try await eventually("the share expires") {
                    try await site.json("share", "show", "ships/ferry", "globex")["status"] == .text("expired")
                }
                try await site.installation.run(words).orThrow()
                #expect(try await site.pull("ships/ferry", as: site.globex) == 200)
            }
        }
    }

    @Test("a receiver pulls every byte and can do nothing else")
    func pullOnly() async throws {
        try await withSite { site in
            let image = try SampleManifest.image("shared layer")
            try await site.push(image, to: "ships/ferry")
            try await site.done("share", "add", "ships/ferry", "--with", "globex", "--forever")
            let path = "/v2/ships/ferry"
            let manifest = try await site.send("GET", "\(path)/manifests/1", as: site.globex)
            #expect(manifest.body == image.bytes)
            for blob in image.blobs {
                #expect(try await site.send("GET", "\(path)/blobs/\(blob.digest)", as: site.globex).body == blob.bytes)
            }
            for (method, path) in [
                ("POST", "\(path)/blobs/uploads/"), ("PUT", "\(path)/manifests/2"), ("DELETE", "\(path)/manifests/1"),
                ("DELETE", "\(path)/blobs/\(image.blobs[0].digest)"), ("POST", "/v2/ships/other/blobs/uploads/"),
            ] {
                #expect(try await site.send(method, path, as: site.globex).status == 403, "\(method) \(path)")
            }
        }
    }
}
