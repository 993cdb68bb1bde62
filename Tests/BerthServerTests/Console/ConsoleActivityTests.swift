import BerthAccess
import BerthOCI
import BerthRegistry
import BerthTestSupport
import Foundation
import Testing

@testable import BerthServer

@Suite("The activity of an image in the console")
struct ConsoleActivityTests {
    private static let page = "/console/images/acme/app?tab=activity"

    /// The texts of the cells of each row.
    private static func rows(_ page: String) -> [[String]] {
        page.split(separator: "<tr>").dropFirst(2).map { row in
            row.matches(of: #/<t[hd][^>]*>(.*?)</t[hd]>/#).map { cell in
                String(cell.1).replacing(#/<[^>]*>/#, with: " ").split(separator: " ").joined(separator: " ")
            }
        }
    }

    private static func prepare(_ scenario: Scenario) async throws -> SampleManifest {
        let image = try SampleManifest.image()
        try await scenario.push(image, to: "acme/app", tag: "v1").requiring(201)
        try await scenario.share("acme/app")
        return image
    }

    @Test("an owner sees who pulled what, when, from where, and under which share; layers only when it asks")
    func underShare() async throws {
        try await withScenario { scenario in
            let image = try await Self.prepare(scenario)
            scenario.server.clock.advance(by: 60)
            let blob = try #require(image.blobs.first)
            for path in ["manifests/v1", "blobs/\(blob.digest)"] {
                _ = try await scenario.send("GET", "/v2/acme/app/\(path)", as: .receiverUser).requiring(200)
            }
            try await scenario.registry.writeAudit()
            let visitor = try await ConsoleVisitor.signedIn(.owner, in: scenario)
            let page = try await visitor.get(Self.page).requiring(200).text
            let time = try #require(page.firstMatch(of: #/<time datetime="([^"]+)"/#)).1
            #expect(String(time) == scenario.server.clock.now.rfc3339)
            let rows = Self.rows(page).map { Array($0.dropFirst()) }
            let short = image.digest.hex.prefix(12)
            #expect(
                rows == [
                    ["bravo/user", "Pull", "v1 \(short)", "Share with bravo", "", "127.0.0.1"],
                    ["Operator of the registry", "Share", "", "", "with bravo forever", ""],
                    ["acme/acme", "Push", "v1 \(short)", "", "", "127.0.0.1"],
                ])
            let all = Self.rows(try await visitor.get(Self.page + "&blobs=1").requiring(200).text)
            #expect(all.filter { $0[5] == "blob" && $0[4] == "Share with bravo" && $0[2] == "Pull" }.count == 1)
            #expect(all.count == rows.count + 1)
        }
    }

    @Test(
        "who manages the image sees it, other users of the account are told whom to ask, and others have no such tab",
        arguments: [
            (.owner, 200, true), (.manager, 200, true), (.writer, 200, false), (.reader, 200, false),
            (.receiver, 200, false), (.receiverUser, 200, false), (.colleague, 403, false), (.stranger, 404, false),
            (nil, 303, false),
        ] as [(Scenario.Persona?, Int, Bool)])
    func visibility(persona: Scenario.Persona?, status: Int, isShown: Bool) async throws {
        try await withScenario { scenario in
            _ = try await Self.prepare(scenario)
            let visitor = try await ConsoleVisitor.signedIn(as: persona, in: scenario)
            for query in ["", "&kind=sharing", "&blobs=1", "&before=1000"] {
                let answer = try await visitor.get(Self.page + query)
                #expect(answer.status == status)
                #expect(answer.text.contains("with bravo forever") == isShown)
                #expect(
                    answer.text.contains("Only users with the permission manage")
                        == (!isShown && persona?.isOwn == true))
            }
            let isReceiver = persona == .receiver || persona == .receiverUser
            if isReceiver {
                let page = try await visitor.get(Self.page).text
                #expect(!page.contains("tab=activity\">Activity"), "a receiver learns nothing of others")
            }
        }
    }

    @Test("the filter shows one kind of action; refusals are marked")
    func kinds() async throws {
        try await withScenario { scenario in
            let image = try await Self.prepare(scenario)
            let name = try RepositoryName(parsing: "acme/app")
            let registry = scenario.registry
            _ = try await scenario.send("GET", "/v2/acme/app/manifests/v1", as: .reader).requiring(200)
            _ = try await scenario.send("GET", "/v2/acme/app/manifests/v1", as: .stranger).requiring(404)
            try await registry.updateRepository(name, category: .arm, by: .dataOperator)
            try await registry.setPermission(
                .read, on: .repository(name), of: Scenario.Persona.colleague.qualifiedName(), by: .dataOperator)
            _ = try await scenario.send("DELETE", "/v2/acme/app/manifests/\(image.digest)").requiring(202)
            try await registry.writeAudit()
            let visitor = try await ConsoleVisitor.signedIn(.owner, in: scenario)
            for (kind, actions) in [
                ("pulls", ["Pull Refused", "Pull"]), ("pushes", ["Push"]), ("deletions", ["Delete"]),
                ("sharing", ["Share"]), ("settings", ["Give permission", "Change settings"]),
            ] {
                let page = try await visitor.get(Self.page + "&kind=\(kind)").requiring(200).text
                #expect(Set(Self.rows(page).map { $0[2] }) == Set(actions), "\(kind)")
                #expect(page.contains("value=\"\(kind)\" selected"))
            }
            let all = Self.rows(try await visitor.get(Self.page).text)
            #expect(all.count == 7)
            #expect(all.contains { $0[1] == "cargo/cargo" && $0[2] == "Pull Refused" && $0[4].isEmpty })
        }
    }

    @Test("older records are found page by page, each once, and the newest again from there")
    func paging() async throws {
        try await withScenario { scenario in
            let image = try await Self.prepare(scenario)
            for number in 0..<60 {
                _ = try await scenario.send(
                    "PUT", "/v2/acme/app/manifests/tag-\(number)",
                    headers: [("Content-Type", image.mediaType.rawValue)], body: .bytes(image.bytes)
                ).requiring(201)
            }
            let visitor = try await ConsoleVisitor.signedIn(.owner, in: scenario)
            var next: String? = Self.page + "&kind=pushes"
            var seen: [String] = []
            var sizes: [Int] = []
            while let path = next {
                let page = try await visitor.get(path).requiring(200).text
                let rows = Self.rows(page)
                sizes.append(rows.count)
                seen += rows.compactMap { $0[3].split(separator: " ").first.map(String.init) }
                #expect(page.contains(">Newest</a>") == (path != Self.page + "&kind=pushes"))
                let link = page.firstMatch(of: #/rel="next" href="([^"]+)"/#)
                next = link.map { String($0.1).replacing("&amp;", with: "&") }
            }
            #expect(sizes == [25, 25, 11])
            #expect(seen == (0..<60).reversed().map { "tag-\($0)" } + ["v1"])
        }
    }

    @Test("a pull by digest names the tags that the manifest has now, since docker asks for digests")
    func names() async throws {
        try await withScenario { scenario in
            let image = try await Self.prepare(scenario)
            for tag in ["v2", "v3", "v4"] {
                try await scenario.push(image, to: "acme/app", tag: tag).requiring(201)
            }
            let path = "/v2/acme/app/manifests/\(image.digest)"
            _ = try await scenario.send("GET", path, as: .receiver).requiring(200)
            try await scenario.registry.writeAudit()
            let visitor = try await ConsoleVisitor.signedIn(.owner, in: scenario)
            func tags() async throws -> [String] {
                Self.rows(try await visitor.get(Self.page + "&kind=pulls").requiring(200).text).map { $0[3] }
            }
            let short = image.digest.hex.prefix(12)
            #expect(try await tags() == ["now v1, v2, v3, … \(short)"])
            for tag in ["v1", "v2"] {
                _ = try await scenario.send("DELETE", "/v2/acme/app/manifests/\(tag)").requiring(202)
            }
            #expect(try await tags() == ["now v3, v4 \(short)"])
            _ = try await scenario.send("DELETE", path).requiring(202)
            #expect(try await tags() == ["\(short)"])
        }
    }

    @Test("what happened several times is one row with its number")
    func times() async throws {
        try await withScenario { scenario in
            _ = try await Self.prepare(scenario)
            try await scenario.registry.writeAudit()
            for _ in 0..<3 {
                _ = try await scenario.send("GET", "/v2/acme/app/manifests/v1", as: .receiver).requiring(200)
            }
            try await scenario.registry.writeAudit()
            let visitor = try await ConsoleVisitor.signedIn(.owner, in: scenario)
            let rows = Self.rows(try await visitor.get(Self.page + "&kind=pulls").text)
            let three = rows.contains { $0[2] == "Pull 3 times" }
            let total = rows.map { $0[2].split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 1 }.reduce(0, +)
            #expect(three || total == 3, "the writer in the background may have come between")
        }
    }

    @Test("it says how long records are kept, or that none are", arguments: [0, 1, 30])
    func keeping(days: Int) async throws {
        var settings = RegistrySettings()
        settings.auditDays = days
        try await withScenario(settings: settings) { scenario in
            _ = try await Self.prepare(scenario)
            let visitor = try await ConsoleVisitor.signedIn(.owner, in: scenario)
            let page = try await visitor.get(Self.page).requiring(200).text
            #expect(page.contains("This registry keeps no audit log") == (days == 0))
            #expect(page.contains("<table") == (days > 0))
            #expect(page.contains("records are kept for 1 day.") == (days == 1))
            #expect(page.contains("records are kept for 30 days.") == (days == 30))
        }
    }

    @Test(
        "queries that make no sense show something that does, and never what they hold",
        arguments: [
            "kind=%3Cscript%3E", "before=x", "before=-1", "before=99999999999999999999", "before=0", "blobs=%3Cb%3E",
            "kind=&before=&blobs=",
        ])
    func nonsense(query: String) async throws {
        try await withScenario { scenario in
            _ = try await Self.prepare(scenario)
            let visitor = try await ConsoleVisitor.signedIn(.owner, in: scenario)
            let page = try await visitor.get(Self.page + "&" + query).requiring(200).text
            #expect(!page.contains("<script>") && !page.contains("<b>"))
        }
    }

    @Test("every action on an image has words in both languages")
    func words() {
        let onImages = AuditAction.allCases.filter {
            ["pull", "read", "push", "delete", "copy", "share", "permission", "repository"].contains($0.group)
        }
        #expect(onImages.count == 13)
        for action in onImages {
            for language in Language.allCases {
                let key = "activity.action.\(action.rawValue)"
                #expect(Texts.of(language)[key] != key)
            }
        }
    }
}

extension Scenario.Persona {
    /// Whether it is a user of the owning account.
    fileprivate var isOwn: Bool { rawValue.hasPrefix("acme") && self != .colleague }
}
