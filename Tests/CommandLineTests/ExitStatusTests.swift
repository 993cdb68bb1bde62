import BerthTestSupport
import Foundation
import Testing

@Suite struct ExitStatusTests {
    @Test("words that cannot be understood are status 64 and one sentence")
    func usage() async throws {
        try await withInstallation { installation in
            for (words, part) in [
                ("org list extra", "extra"), ("verify --nonsense", "--nonsense"),
                ("org add ships", "--account"), ("org add Ships --account acme", "Ships"),
                ("share add ships/ferry --with globex", "--forever"),
                ("share add ships/ferry --with globex --forever --for 1d", "only one"),
                ("share add ships/ferry --with globex --for 3x", "3x"),
                ("share add ships/ferry --with globex --until yesterday", "yesterday"),
                ("share add ships/ferry --with globex --until 2026-02-30", "2026-02-30"),
                ("share update ships/ferry globex", "name what to change"),
                ("share add ferry --with globex --forever", "ferry"),
                ("repo set ships/ferry", "--public"), ("grant set ships acme/ci push", "read, write or manage"),
                ("user password acme/ci", "--password-stdin"), ("gc --grace soon", "soon"),
                ("serve --nonsense", "--nonsense"), ("serve extra", "extra"), ("serve --listen", "--listen"),
                ("audit list --action shares", "share.add"), ("audit list --since yesterday", "2026-12-31"),
                ("audit list --limit=-1", "0 for all"), ("audit list --repository ships", "repository name"),
                ("key add acme/ci/x", "acme/ci/x"), ("account add -- -acme", "-acme"),
            ] {
                let result = try await installation.run(words.split(separator: " ").map(String.init))
                let sentence = try result.refusal(status: 64)
                #expect(sentence.contains(part), "\(result)")
            }
            let command = try await Program(installation).run(["nonsense"])
            #expect(try command.refusal(status: 64).contains("nonsense"))
            #expect(!FileManager.default.fileExists(atPath: installation.storage))
        }
    }

    @Test("what cannot be done is status 1 and one sentence, also with --json")
    func failures() async throws {
        try await withSite { site in
            for words in [
                "account add acme", "account remove nobody", "account remove acme", "user add nobody/ci",
                "user add acme/acme", "user list nobody", "user disable acme/ci", "user enable acme/ci",
                "user remove acme/ci", "user password acme/ci --password-stdin", "key add acme/ci",
                "key list acme/ci", "key disable AK", "key remove AK", "org add ships --account globex",
                "org add boats --account nobody", "org remove boats", "grant set boats acme/acme read",
                "grant set ships globex/globex read", "grant list boats", "grant remove ships acme/acme",
                "repo list --account nobody", "repo show ships/none", "repo set ships/none --public",
                "repo remove ships/none", "share add ships/none --with globex --forever", "share list ships/none",
                "share show ships/none globex", "share update ships/none globex --forever",
                "share remove ships/none globex", "share received nobody", "audit list --account nobody",
                "backup \(site.installation.storage)",
                "account add \(String(repeating: "0", count: 32))", "certs create --host a/b",
                "org list --config /nonexistent/berth.yaml",
            ] {
                let words = words.split(separator: " ").map(String.init)
                for flags in [[], ["--json"]] {
                    let result = try await site.installation.run(words + flags, input: "a good password\n")
                    #expect(throws: Never.self) { _ = try result.refusal() }
                }
            }
        }
    }

    @Test("a command on a directory without a registry says so and makes nothing")
    func noRegistry() async throws {
        try await withInstallation { installation in
            let sentence = try await installation.run(["org", "list"]).refusal()
            #expect(sentence.contains(installation.storage) && sentence.contains("berth serve"))
            #expect(!FileManager.default.fileExists(atPath: installation.storage))
        }
    }

    @Test("passwords that are too short, or not there, are refused without repeating them")
    func passwords() async throws {
        try await withInstallation { installation in
            try await installation.run(["account", "add", "acme"]).orThrow()
            let words = ["user", "password", "acme", "--password-stdin"]
            let short = try await installation.run(words, input: "s3cr3t\n").refusal()
            #expect(short.contains("8") && !short.contains("s3cr3t"))
            #expect(try await installation.run(words).refusal().contains("standard input"))
        }
    }
}
