import BerthAccess
import BerthCatalog
import BerthOCI
import BerthRegistry
import BerthTestSupport
import Foundation
import Testing

private let received = "/v2/manage/shared-repositories?center=thirdparty"
private let given = "/v2/manage/shared-repositories?center=self"

private struct Record: Decodable, Equatable {
    let name: String
    let namespace: String
    let domainName: String
    let category: String
    let description: String
    let size: Int64
    let numImages: Int
    let numDownload: Int64
    let tags: [String]
    let status: Bool
    let updatedAt: String
}

@Suite struct SharedListTests {
    @Test("an expired share is listed without a trace of what the repository holds and of what happens in it")
    func expired() async throws {
        try await withScenario { scenario in
            let clock = scenario.server.clock
            let name = try RepositoryName(parsing: "acme/web")
            try await scenario.push(SampleManifest.image("one"), to: "acme/web", tag: "v1")
            try await scenario.push(SampleManifest.image("other"), to: "acme/app", tag: "v1")
            try await scenario.registry.updateRepository(
                name, description: try RepositoryDescription(parsing: "secret plans"), by: .dataOperator)
            try await scenario.share("acme/web", until: .until(clock.now.addingTimeInterval(60)))
            try await scenario.share("acme/app")
            clock.advance(by: 30)
            let before: [Record] = try await scenario.manage("GET", "\(received)&name=web", as: .receiver).record()
            #expect(before.map(\.tags) == [["v1"]] && before.map(\.description) == ["secret plans"])
            clock.advance(by: 30)
            let expired = try await scenario.manage("GET", "\(received)&name=web", as: .receiver)
            let record = try #require(try expired.record([Record].self).first)
            #expect(!record.status && record.tags.isEmpty && record.description.isEmpty)
            #expect(record.size == 0 && record.numImages == 0 && record.numDownload == 0)
            clock.advance(by: 30)
            for tag in ["v2", "v3"] { try await scenario.push(SampleManifest.image(tag), to: "acme/web", tag: tag) }
            let later = try await scenario.manage("GET", "\(received)&name=web", as: .receiver)
            #expect(later.body == expired.body)
            for column in ["updated_at", "tag_count"] {
                let ordered: [Record] = try await scenario.manage(
                    "GET", "\(received)&order_column=\(column)&order_type=desc", as: .receiver
                ).record()
                #expect(ordered.map(\.name) == ["app", "web"], "\(column)")
            }
            let own: [Record] = try await scenario.manage("GET", "\(given)&name=web").record()
            #expect(own.map(\.numImages) == [3])
        }
    }

    @Test("of what the account shares, a user sees what it may manage; of what it was given, every user sees all")
    func rights() async throws {
        try await withScenario { scenario in
            for name in ["web", "app"] {
                try await scenario.push(SampleManifest.image(name), to: "acme/\(name)", tag: "v1")
                try await scenario.share("acme/\(name)")
            }
            try await scenario.push(SampleManifest.image("alone"), to: "acme/alone", tag: "v1")
            try await scenario.registry.setPermission(
                .manage, on: .repository(try RepositoryName(parsing: "acme/app")),
                of: try Scenario.Persona.colleague.qualifiedName(), by: .dataOperator)
            for (persona, mine, theirs) in [
                (Scenario.Persona.owner, ["app", "web"], []), (.manager, ["app", "web"], []), (.writer, [], []),
                (.reader, [], []), (.colleague, ["app"], []), (.receiver, [], ["app", "web"]),
                (.receiverUser, [], ["app", "web"]), (.stranger, [], [String]()),
            ] {
                for (list, expected) in [(given, mine), (received, theirs)] {
                    let answer = try await scenario.manage("GET", "\(list)&order_column=name", as: persona)
                    #expect(try answer.record([Record].self).map(\.name) == expected, "\(persona) \(list)")
                    let range = "0-\(expected.count)/\(expected.count)"
                    #expect(answer.header("Content-Range") == range, "\(persona) \(list)")
                }
            }
        }
    }

    @Test("a share that ends changes the answer at that very millisecond, in lists and in what is filtered")
    func boundary() async throws {
        try await withScenario { scenario in
            try await scenario.push(SampleManifest.image("one"), to: "acme/web", tag: "v1")
            try await scenario.share("acme/web", until: .until(scenario.server.clock.now.addingTimeInterval(60)))
            scenario.server.clock.advance(by: 59.999)
            func names(_ status: Bool) async throws -> [String] {
                let path = "\(received)&status=\(status)"
                return try await scenario.manage("GET", path, as: .receiver).record([Record].self).map(\.name)
            }
            #expect(try await names(true) == ["web"])
            #expect(try await names(false) == [])
            scenario.server.clock.advance(by: 0.001)
            #expect(try await names(true) == [])
            #expect(try await names(false) == ["web"])
        }
    }

    @Test("pages by offset and by marker hold every record once, in every order, while other shares come and go")
    func pages() async throws {
        try await withScenario { scenario in
            let names = (0..<9).map { "app-\($0)" }
            for (number, name) in names.enumerated() {
                try await scenario.push(SampleManifest.image(name), to: "acme/\(name)", tag: "v1")
                try await scenario.share("acme/\(name)")
                if number % 3 == 0 { scenario.server.clock.advance(by: 1) }
            }
            try await scenario.push(SampleManifest.image("late"), to: "acme/zulu", tag: "v1")
            let caller = Administrator.caller(try await scenario.caller(.receiver))
            var list = SharedImageList(of: .received)
            for column in SharedImageSelection.Column.allCases {
                for isDescending in [false, true] {
                    (list.column, list.isDescending) = (column, isDescending)
                    var found: [String] = []
                    for offset in stride(from: 0, to: 10, by: 2) {
                        let page = try await scenario.registry.listSharedImages(
                            list, offset: offset, limit: 2, by: caller)
                        #expect(page.total == 9)
                        found += page.elements.map { String($0.repository.name.name) }
                    }
                    #expect(found.sorted() == names, "\(column)")
                }
            }
            var found: [String] = []
            var last: RepositoryID?
            repeat {
                let page = try await scenario.registry.listSharedImages(list, after: last, limit: 2, by: caller)
                found += page.elements.map { String($0.repository.name.name) }
                last = page.hasMore ? page.elements.last?.repository.id : nil
                if found.count == 2 {
                    try await scenario.share("acme/zulu")
                    try await scenario.registry.removeShare(
                        of: try RepositoryName(parsing: "acme/app-0"),
                        with: try AccountReference(parsing: "bravo"), by: .dataOperator)
                }
            } while last != nil
            #expect(found == names + ["zulu"])
        }
    }

    @Test(
        "a query that cannot be is refused, also as a filter",
        arguments: [
            "v3/manage/shared-repositories?shared_by=self&marker=9223372036854775808",
            "v3/manage/shared-repositories?shared_by=self&marker=-1",
            "v3/manage/shared-repositories?shared_by=self&limit=0",
            "v3/manage/shared-repositories?shared_by=everyone",
            "v2/manage/shared-repositories?filter=center::self%7Ccenter::self",
            "v2/manage/shared-repositories?filter=name::web", "v2/manage/shared-repositories?center=self&status=maybe",
            "v2/manage/shared-repositories?center=self&order_column=r.id;--",
        ])
    func refusals(target: String) async throws {
        try await withScenario { scenario in
            let answer = try await scenario.manage("GET", "/\(target)")
            #expect(answer.status == 400)
        }
    }
}
