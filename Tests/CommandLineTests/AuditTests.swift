import BerthOCI
import BerthTestSupport
import Foundation
import Testing

@Suite("berth audit list")
struct AuditTests {
    /// The records that the words choose, when there are as many of them, which a server writes by and by.
    private static func records(_ count: Int, _ words: String, in site: Site) async throws -> [JSONValue] {
        let arguments = ["audit", "list", "--json"] + words.split(separator: " ").map(String.init)
        var found: [JSONValue] = []
        try await eventually("\(count) records of \(words)") {
            found = try JSONValue(parsing: try await site.installation.run(arguments).orThrow().output).list
            return found.count == count
        }
        return found
    }

    private static func share(_ site: Site) async throws -> SampleManifest {
        let image = try SampleManifest.image()
        try await site.push(image, to: "ships/ferry")
        try await site.done("share", "add", "ships/ferry", "--with", "globex", "--forever")
        return image
    }

    @Test("what the server and the command line do is in one list, whose JSON has these keys and types")
    func shape() async throws {
        try await withSite { site in
            let image = try await Self.share(site)
            #expect(try await site.pull("ships/ferry", as: site.globex) == 200)
            let pull = try await Self.records(1, "--repository ships/ferry --action pull", in: site)[0]
            #expect(
                pull.shape == """
                    {account: text, action: text, actor: text, address: text, at: instant, count: integer, detail: text, \
                    digest: text, reference: text, repository: text, result: text, shared: boolean}
                    """)
            #expect(pull["actor"] == .text("globex/globex") && pull["account"] == .text("globex"))
            #expect(pull["action"] == .text("pull") && pull["result"] == .text("done"))
            #expect(pull["repository"] == .text("ships/ferry") && pull["reference"] == .text("1"))
            #expect(pull["digest"] == .text(image.digest.description) && pull["address"] == .text("127.0.0.1"))
            #expect(pull["shared"] == .boolean(true) && pull["count"] == .integer(1))

            let share = try await Self.records(1, "--action share.add", in: site)[0]
            #expect(share["actor"] == .text("operator") && share["detail"] == .text("with globex forever"))
        }
    }

    @Test("account, repository, action, time and number choose the records, the newest first")
    func filters() async throws {
        try await withSite { site in
            _ = try await Self.share(site)
            try await site.done("share", "remove", "ships/ferry", "globex")
            let shares = try await Self.records(2, "--action share", in: site)
            #expect(shares.map { $0["action"] } == [.text("share.remove"), .text("share.add")])
            #expect(try await Self.records(1, "--action share --limit 1", in: site) == [shares[0]])
            #expect(try await Self.records(2, "--action share --since 1h", in: site) == shares)
            #expect(try await Self.records(2, "--action share --since 2020-01-01", in: site) == shares)
            #expect(try await Self.records(0, "--action share --since 2999-01-01", in: site) == [])
            #expect(try await Self.records(2, "--action share --account acme", in: site) == shares)
            #expect(try await Self.records(0, "--action share --account globex", in: site) == [])
            #expect(try await Self.records(0, "--repository ships/other", in: site) == [])
            let some = try await site.json("audit", "list", "--limit", "3").list
            let all = try await site.json("audit", "list", "--limit", "0").list
            #expect(some.count == 3 && all.count > 5)
        }
    }

    @Test("people read a table, in which what somebody typed plays no tricks on the terminal")
    func table() async throws {
        try await withSite { site in
            let (name, value) = TestClient.basic("ev\u{1B}[2Jil\nx", "wrong")
            #expect(try await site.send("GET", "/v2/", headers: [(name, value)]).status == 401)
            _ = try await Self.records(1, "--action sign-in", in: site)
            let text = try await site.done("audit", "list", "--action", "sign-in")
            let lines = text.split(separator: "\n")
            #expect(lines.count == 2)
            #expect(
                lines[0].split(separator: " ").map(String.init) == [
                    "TIME", "WHO", "ACTION", "RESULT", "IMAGE", "FROM", "TIMES", "DETAIL",
                ])
            #expect(lines[1].contains("ev\u{FFFD}[2Jil x") && lines[1].contains("refused"))
            #expect(!text.contains("\u{1B}"))
        }
    }
}
