import BerthAccess
import BerthOCI
import BerthRegistry
import BerthTestSupport
import Foundation
import Testing

/// Lists, counts, searches and cursors tell of what who asks may pull, and of nothing else.
@Suite struct ListTests {
    /// Each of the three accounts has a private repository whose name, tag and description are its own.
    private static let secrets = [
        Scenario.Persona.owner: "ruby", .receiver: "opal", .stranger: "jade",
    ]

    private static func prepare(_ scenario: Scenario) async throws {
        for (persona, word) in secrets {
            let repository = "\(persona.rawValue)/\(word)-app"
            try await scenario.push(SampleManifest.image(word), to: repository, tag: "\(word)-tag", as: persona)
                .requiring(201)
            try await scenario.registry.updateRepository(
                RepositoryName(parsing: repository), description: RepositoryDescription(parsing: "\(word) plans"),
                by: .dataOperator)
        }
    }

    private static let lists = [
        "/v2/manage/namespaces?mode=visible", "/v2/manage/repos", "/v3/manage/repos", "/v2/manage/overview",
        "/v2/manage/shared-repositories?center=thirdparty", "/v2/manage/shared-repositories?center=self",
        "/v3/manage/shared-repositories?shared_by=thirdparty", "/v3/manage/shared-repositories?shared_by=self",
        "/v3/projects", "/v3/auth/domains",
    ]

    private static func searches(for other: Scenario.Persona, _ word: String) -> [String] {
        [
            "/v2/manage/repos?name=\(word)", "/v2/manage/repos?namespace=\(other.rawValue)",
            "/v2/manage/repos?filter=name::\(word)", "/v2/manage/repos?filter=namespace::\(other.rawValue)",
            "/v3/manage/repos?name=\(word)", "/v3/manage/repos?namespace=\(other.rawValue)",
            "/v2/manage/namespaces?namespace=\(other.rawValue)",
            "/v2/manage/namespaces?filter=namespace::\(other.rawValue)%7Cmode::visible",
            "/v2/manage/shared-repositories?center=self&name=\(word)",
            "/v2/manage/shared-repositories?center=thirdparty&domain_name=\(other.rawValue)",
            "/v2/manage/shared-repositories?center=self&namespace=\(other.rawValue)",
        ]
    }

    @Test("S-15 referrers are those of the repository that was asked, for who may pull it")
    func referrers() async throws {
        try await withScenario { scenario in
            let subject = try SampleManifest.image("subject")
            let theirs = try SampleManifest.image("their signature", subject: subject.descriptor)
            let own = try SampleManifest.image("own signature", subject: subject.descriptor)
            try await scenario.push(subject, to: "acme/app", tag: "v1").requiring(201)
            try await scenario.push(theirs, to: "acme/app").requiring(201)
            try await scenario.push(own, to: "cargo/app", as: .stranger).requiring(201)
            func referrers(_ repository: String, as persona: Scenario.Persona, query: String = "") async throws
                -> TestResponse
            {
                try await scenario.send("GET", "/v2/\(repository)/referrers/\(subject.digest)\(query)", as: persona)
            }
            for query in ["", "?n=1&last=sha256:" + String(repeating: "0", count: 64)] {
                let found = try await referrers("cargo/app", as: .stranger, query: query)
                #expect(found.text.contains(own.digest.description) && !found.text.contains(theirs.digest.description))
                #expect(found.header("Link") == nil)
            }
            let (real, missing) = (
                try await referrers("acme/app", as: .stranger), try await referrers("acme/nop", as: .stranger)
            )
            #expect(real.status == 404)
            let names = ["acme/app", "acme/nop"]
            #expect(VisibleAnswer(real, hiding: names) == VisibleAnswer(missing, hiding: names))
            try await scenario.share("acme/app", until: .until(scenario.server.clock.now.addingTimeInterval(60)))
            let shared = try await referrers("acme/app", as: .receiver)
            #expect(
                shared.text.contains(theirs.digest.description) && !shared.text.contains(own.digest.description))
            scenario.server.clock.advance(by: 60)
            #expect(try await referrers("acme/app", as: .receiver).status == 404)
        }
    }

    @Test("S-16 no list, count or search tells an account of what another has")
    func otherAccounts() async throws {
        try await withScenario { scenario in
            try await Self.prepare(scenario)
            for (persona, own) in Self.secrets {
                for (other, word) in Self.secrets where other != persona {
                    for target in Self.lists + Self.searches(for: other, word) {
                        let answer = try await scenario.manage("GET", target, as: persona)
                        #expect(answer.status == 200, "\(persona) \(target)")
                        #expect(!answer.text.contains(word), "\(persona) \(target)")
                    }
                    for target in Self.searches(for: other, word) {
                        let answer = try await scenario.manage("GET", target, as: persona)
                        let nothing = ["[]", #"{"repos":[]}"#, #"{"namespaces":[]}"#]
                        #expect(nothing.contains(answer.text), "\(persona) \(target): \(answer.text)")
                        #expect((answer.header("Content-Range") ?? "0-0/0") == "0-0/0", "\(persona) \(target)")
                    }
                }
                let all = try await scenario.manage("GET", "/v2/manage/repos", as: persona)
                #expect(all.header("Content-Range") == "0-1/1" && all.text.contains("\(own)-app"), "\(persona)")
                let overview = try await scenario.manage("GET", "/v2/manage/overview", as: persona)
                for count in [#""namspace_num":1,"#, #""repo_num":1,"#, #""image_num":1,"#] {
                    #expect(overview.text.contains(count), "\(persona) \(overview.text)")
                }
            }
            let colleague = try await scenario.manage("GET", "/v2/manage/repos", as: .colleague)
            #expect(colleague.text == "[]" && colleague.header("Content-Range") == "0-0/0")
        }
    }

    @Test("S-16 the pages of _catalog are full of what the caller may pull, and their cursors name nothing else")
    func catalogPages() async throws {
        try await withScenario { scenario in
            for number in 0..<4 {
                let image = try SampleManifest.index(of: [], annotations: ["number": "\(number)"])
                for (repository, persona) in [
                    ("acme/a\(number)", Scenario.Persona.owner), ("bravo/b\(number)", .receiver),
                    ("cargo/c\(number)", .stranger),
                ] { try await scenario.push(image, to: repository, tag: "v1", as: persona).requiring(201) }
            }
            try await scenario.share("acme/a2")
            let expected = ["acme/a2", "bravo/b0", "bravo/b1", "bravo/b2", "bravo/b3"]
            for start in ["/v2/_catalog?n=2", "/v2/_catalog?n=2&last=acme/a1", "/v2/_catalog?n=2&last=aaaa"] {
                var (found, path): ([String], String?) = ([], start)
                while let next = path {
                    let page = try await scenario.send("GET", next, as: .receiver)
                    let names = try page.json([String: [String]].self)["repositories"] ?? []
                    let link = page.header("Link").map { String($0.dropFirst().prefix { $0 != ">" }) }
                    #expect(names.count == 2 || link == nil)
                    if let link { #expect(link.hasSuffix("last=" + (names.last ?? "").replacing("/", with: "%2F"))) }
                    found += names
                    path = link
                }
                #expect(found == expected, "\(start)")
            }
        }
    }

    @Test("S-16 who is not signed in gets no list at all")
    func anonymous() async throws {
        try await withScenario { scenario in
            try await Self.prepare(scenario)
            let token = try await scenario.token(for: nil, scope: "registry:catalog:*", "repository:acme/ruby-app:pull")
            for target in Self.lists + ["/v2/_catalog", "/v2/_catalog?n=1", "/v2/acme/ruby-app/tags/list"] {
                let answer = try await scenario.client.send("GET", target)
                #expect(answer.status == 401, "\(target)")
                #expect(!answer.text.contains("ruby-tag"), "\(target)")
            }
            let catalog = try await scenario.client.send("GET", "/v2/_catalog", headers: [TestClient.bearer(token)])
            #expect(catalog.status == 401 || catalog.text == #"{"repositories":[]}"#)
            let tags = try await scenario.client.send(
                "GET", "/v2/acme/ruby-app/tags/list", headers: [TestClient.bearer(token)])
            #expect(tags.status == 404)
        }
    }
}
