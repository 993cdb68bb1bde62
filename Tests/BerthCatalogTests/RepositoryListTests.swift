import BerthAccess
import BerthDatabase
import BerthOCI
import BerthTestBasics
import Foundation
import Testing

@testable import BerthCatalog

@Suite("Lists of one's own repositories")
struct RepositoryListTests {
    @Test(
        "every way to a list shows what Access grants in the own account by a permission, filtered and in order",
        arguments: 30..<34 as Range<UInt64>)
    func contents(seed: UInt64) async throws {
        let state = try await RandomState(seed: seed)
        try await spread(in: state.catalog, seed: seed)
        try await state.catalog.read { catalog throws in
            for case .user(let user) in state.principals {
                for filter in Self.filters {
                    let expected = try Self.expected(for: user, matching: filter, in: catalog)
                    #expect(try catalog.repositoryCount(visibleTo: user, matching: filter) == expected.count)
                    for order in RepositoryOrder.allCases {
                        for descending in [false, true] {
                            let ordered = Self.sort(expected, by: order, descending: descending).map(\.id)
                            let listing = RepositoryListing(
                                visibleTo: user, matching: filter, order: order, descending: descending)
                            for way in RepositoryListing.Way.allCases {
                                let page = listing.page(by: way)
                                let found = try catalog.database.rows(
                                    page.sql, page.values + bind(Limit(.max), Limit(0))
                                ).map { try RepositoryRecord($0).id }
                                #expect(found == ordered, "\(filter) by \(order), \(way)")
                            }
                        }
                    }
                }
            }
        }
    }

    @Test(
        "pages put together are the list, by offset and by marker, whatever their size", arguments: [1, 2, 3, 7, 100])
    func pages(size: Int) async throws {
        let state = try await RandomState(seed: 50)
        try await spread(in: state.catalog, seed: 50)
        try await state.catalog.read { catalog throws in
            for case .user(let user) in state.principals {
                let expected = try Self.expected(for: user, matching: RepositoryFilter(), in: catalog)
                for (order, descending) in [(RepositoryOrder.update, true), (.organization, false)] {
                    var byOffset: [RepositoryID] = []
                    for offset in stride(from: 0, through: expected.count + size, by: size) {
                        let (page, total) = try catalog.repositories(
                            visibleTo: user, matching: RepositoryFilter(), order: order, descending: descending,
                            offset: offset, limit: size)
                        #expect(total == expected.count && page.count == max(0, min(size, total - offset)))
                        byOffset += page.map(\.id)
                    }
                    #expect(byOffset == Self.sort(expected, by: order, descending: descending).map(\.id))
                }
                var byMarker: [RepositoryID] = []
                while true {
                    let page = try catalog.repositories(
                        visibleTo: user, matching: RepositoryFilter(), after: byMarker.last, limit: size)
                    guard !page.isEmpty else { break }
                    byMarker += page.map(\.id)
                }
                #expect(byMarker == expected.map(\.id).sorted { $0.rawValue < $1.rawValue })
            }
        }
    }

    @Test("a text that no name contains is found nowhere, however long it is and whatever it means to a database")
    func hostileTexts() async throws {
        let world = try await World()
        _ = try await world.repository("team/a_b-c.d")
        let admin = world.admin.principal
        try await world.catalog.read { catalog throws in
            func count(_ text: String) throws -> [Int] {
                try [
                    RepositoryFilter(name: text), RepositoryFilter(organization: .containing(text)),
                    RepositoryFilter(organization: .exactly(text)),
                ].map { try catalog.repositoryCount(visibleTo: admin, matching: $0) }
            }
            for text in ["%", "_b-c_", "A_B", "TEAM", "!", "!%", "a%b", "'", "a\u{0}", "ä", "team\n"] {
                #expect(try count(text) == [0, 0, 0], "\(text)")
            }
            #expect(try count(String(repeating: "a", count: 100_000)) == [0, 0, 0])
            #expect(try count("_") == [1, 0, 0] && count("b-c.") == [1, 0, 0] && count("ea") == [0, 1, 0])
            #expect(try count("team") == [0, 1, 1])
        }
    }

    @Test("a part of organization/name is found wherever it stands, in capital letters too, and nothing else is")
    func fullNames() async throws {
        let world = try await World()
        for name in ["team/web/front_end", "team/api", "team/team-web"] { _ = try await world.repository(name) }
        let user = world.admin.principal
        try await world.catalog.read { catalog throws in
            func found(_ text: String) throws -> [String] {
                try catalog.repositories(
                    visibleTo: user, matching: RepositoryFilter(fullName: text), order: .name, descending: false,
                    offset: 0, limit: 9
                ).page.map { String($0.name.name) }
            }
            for text in ["web/front_end", "web/front", "t_e", "TEAM/web/", "m/web", "/web/", "b/f"] {
                #expect(try found(text) == ["web/front_end"], "\(text)")
            }
            #expect(try found("team-w") == ["team-web"] && found("team/team") == ["team-web"])
            #expect(try found("web") == ["team-web", "web/front_end"] && found("/api") == ["api"])
            for text in ["", "t", "team", "TEAM/", "eam/", "/"] { #expect(try found(text).count == 3, "\(text)") }
            for text in ["frontXend", "%", "te%", "team/front", "eam/eb", "//", "team/web//", "!", "a\u{0}", "ä", "'"] {
                #expect(try found(text).isEmpty, "\(text)")
            }
            #expect(try found(String(repeating: "a", count: 100_000)).isEmpty)
        }
    }

    @Test("no list reads a table through, sorts what it walks, or looks at what another account owns")
    func plans() async throws {
        let world = try await World()
        for user in [world.admin.principal, world.dev.principal] {
            for filter in Self.filters {
                try await world.catalog.read { catalog throws in
                    for order in RepositoryOrder.allCases {
                        for way in order.hasIndex ? RepositoryListing.Way.allCases : [.gathering] {
                            let page = RepositoryListing(
                                visibleTo: user, matching: filter, order: order, descending: true
                            ).page(by: way)
                            let plan = try Self.plan(of: page, values: bind(Limit(100), Limit(0)), in: catalog)
                            try Self.check(plan)
                            let sorts = plan.filter { $0.contains("TEMP B-TREE") }
                            // One is of the page itself, which is short.
                            #expect(
                                sorts.count <= (way == .gathering ? 2 : 1), "\(filter) by \(order), \(way): \(plan)")
                        }
                    }
                    let count = RepositoryListing(visibleTo: user, matching: filter).count
                    try Self.check(try Self.plan(of: count, in: catalog))
                }
            }
        }
    }

    @Test("walking is for the beginnings of long lists, gathering for short lists and far pages of them")
    func ways() {
        func isWalked(_ visible: Int, _ end: Int) -> Bool {
            RepositoryListing.isWalked(visible: visible, of: 100_000, end: end)
        }
        #expect(isWalked(100_000, 100) && isWalked(100_000, 100_000) && isWalked(50_000, 100))
        #expect(!isWalked(1_000, 100) && !isWalked(1, 1) && !isWalked(10_000, 9_000))
        #expect(RepositoryListing.isWalked(visible: 3, of: 0, end: 3), "a count that is behind does no harm")
    }

    @Test("the newest tags of many repositories come at once, a bounded number of each")
    func newestTags() async throws {
        let world = try await World()
        var repositories: [RepositoryID] = []
        for number in 0..<205 { repositories.append(try await world.repository("team/r\(number)")) }
        let (first, last) = (repositories[3], repositories[204])
        try await world.catalog.write { catalog throws in
            let image = try Sample.image(9, config: 1)
            for number in 0..<12 {
                try catalog.push(
                    image, tags: ["t\(number)"], to: first, now: World.start.addingTimeInterval(Double(number % 4)))
            }
            try catalog.push(image, tags: ["only"], to: last)
        }
        let ids = repositories
        try await world.catalog.read { catalog throws in
            let tags = try catalog.newestTags(in: ids, limit: 5)
            #expect(tags.count == 2 && tags[last] == [tag("only")])
            #expect(tags[first]?.map(\.description) == ["t7", "t3", "t11", "t6", "t2"])
            #expect(try catalog.newestTags(in: [], limit: 5).isEmpty)
            #expect(try catalog.newestTags(in: first, limit: 100).count == 12)
        }
    }

    private static let filters = [
        RepositoryFilter(), RepositoryFilter(organization: .exactly("org1")),
        RepositoryFilter(organization: .containing("org")), RepositoryFilter(name: "po1"),
        RepositoryFilter(fullName: "po1"), RepositoryFilter(fullName: "RG1/"), RepositoryFilter(fullName: "g2/rep"),
        RepositoryFilter(category: "linux"), RepositoryFilter(isPublic: true), RepositoryFilter(isPublic: false),
        RepositoryFilter(organization: .exactly("org2"), name: "repo", category: "other", isPublic: false),
    ]

    /// Gives the repositories categories and instants, so that filters and orders tell them apart.
    private func spread(in catalog: Catalog, seed: UInt64) async throws {
        try await catalog.write { catalog throws in
            var random = SeededGenerator(seed: seed)
            for repository in try catalog.read.repositories() {
                try catalog.updateRepository(
                    repository.id, category: Bool.random(using: &random) ? "linux" : "other",
                    now: World.start.addingTimeInterval(Double(Int.random(in: 0..<5, using: &random))))
                try catalog.database.execute(
                    "UPDATE repositories SET size = ?, pull_count = ? WHERE id = ?",
                    bind(Int.random(in: 0..<5, using: &random), Int.random(in: 0..<5, using: &random), repository.id))
            }
        }
    }

    private static func expected(
        for user: Principal.User, matching filter: RepositoryFilter, in catalog: CatalogReader
    ) throws -> [RepositoryRecord] {
        try catalog.repositories(of: user.account).filter { record in
            let permissions = try catalog.permissions(
                of: user.id, organization: record.organization, repository: record.id)
            let isNamed =
                switch filter.organization {
                case .exactly(let name): record.name.organization == name
                case .containing(let part): record.name.organization.contains(part)
                case nil: true
                }
            return (user.isAdmin || !permissions.isEmpty) && isNamed
                && filter.name.map { record.name.name.contains($0) } ?? true
                && filter.fullName.map { record.name.description.contains($0.lowercased()) } ?? true
                && filter.category.map { record.category == $0 } ?? true
                && filter.isPublic.map { record.isPublic == $0 } ?? true
        }
    }

    private static func sort(
        _ records: [RepositoryRecord], by order: RepositoryOrder, descending: Bool
    ) -> [RepositoryRecord] {
        func key(_ record: RepositoryRecord) -> String {
            switch order {
            case .update: String(record.updatedAt.milliseconds)
            case .name: String(record.name.name)
            case .organization: String(record.name.organization)
            case .tags: String(record.tagCount)
            case .visibility: record.isPublic ? "1" : "0"
            case .size: String(1_000_000_000 + record.size)
            case .pulls: String(1_000_000_000 + record.pullCount)
            case .id: ""
            }
        }
        let sorted = records.sorted { (key($0), $0.id.rawValue) < (key($1), $1.id.rawValue) }
        return descending ? sorted.reversed() : sorted
    }

    private static func plan(
        of statement: BoundSQL, values: [SQLValue] = [], in catalog: CatalogReader
    ) throws -> [String] {
        try catalog.database.rows("EXPLAIN QUERY PLAN" + statement.sql, statement.values + values).map { row in
            guard case .text(let detail) = row["detail"] else { return "" }
            return detail
        }
    }

    /// Of tables, a plan searches: repositories by account, organization or id, the others by what they are found by.
    private static func check(_ plan: [String]) throws {
        let temporary = ["SCAN page", "SCAN gathered", "SCAN CONSTANT ROW"]
        for step in plan where step.hasPrefix("SCAN") { #expect(temporary.contains(step), "\(plan)") }
        for step in plan where step.hasPrefix("SEARCH r ") {
            #expect(
                ["account_id=? AND is_published=?", "organization_id=? AND is_published=?", "rowid=?"].contains {
                    step.contains($0)
                }, "\(plan)")
        }
        for step in plan where step.hasPrefix("SEARCH o ") || step.hasPrefix("SEARCH f ") {
            #expect(["account_id=?", "name=?", "rowid=?"].contains { step.contains($0) }, "\(plan)")
        }
    }
}
