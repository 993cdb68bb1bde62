import BerthAccess
import BerthCatalog
import BerthOCI
import Foundation
import Testing

@Suite("The version of the catalog")
struct VersionTests {
    private struct Refusal: Error {}

    /// A change that a decision may rest on.
    private static func rename(_ world: World, _ catalog: Catalog, to text: String = "hash") async throws {
        let user = world.dev.id
        try await catalog.write { try $0.setPassword(text, of: user) }
    }

    @Test("every write changes it by one, here and in what others see, and reading leaves it as it is")
    func writes() async throws {
        let world = try await World()
        let other = try Catalog(path: world.path)
        let first = try world.catalog.version()
        #expect(try other.version() == first)
        for (step, catalog) in [world.catalog, other, other, world.catalog].enumerated() {
            try await Self.rename(world, catalog)
            let expected = first + Int64(step) + 1
            #expect(try world.catalog.version() == expected)
            #expect(try other.version() == expected)
            _ = try await other.read { try $0.counts() }
            _ = try await world.catalog.read { try $0.counts() }
            #expect(try world.catalog.version() == expected)
        }
        try other.close()
    }

    @Test("a write that changes nothing changes it, and one that fails does not")
    func emptyAndFailing() async throws {
        let world = try await World()
        let first = try world.catalog.version()
        try await world.catalog.write { _ in }
        #expect(try world.catalog.version() == first + 1)
        let user = world.dev.id
        await #expect(throws: Refusal.self) {
            try await world.catalog.write { catalog in
                try catalog.setPassword("other", of: user)
                throw Refusal()
            }
        }
        #expect(try world.catalog.version() == first + 1)
        let found = try await world.catalog.read { try $0.user(id: user)?.passwordHash }
        #expect(found == "hash")
    }

    @Test("what is only recorded leaves it as it is, whoever records it, though the change counter moves")
    func records() async throws {
        let world = try await World()
        let other = try Catalog(path: world.path)
        let before = try world.catalog.version()
        for catalog in [world.catalog, other] {
            for step in 1...3 {
                try await catalog.record { try $0.recordMaintenance(.scrub, position: "\(step)", now: World.start) }
                #expect(try world.catalog.version() == before)
                #expect(try other.version() == before)
            }
        }
        try await Self.rename(world, other)
        #expect(try world.catalog.version() == before + 1)
        try other.close()
    }

    @Test("another process changes it by writing and not by recording", arguments: [true, false])
    func otherProcess(isWriting: Bool) async throws {
        let world = try await World()
        let before = try world.catalog.version()
        let path = world.path
        await #expect(processExitsWith: .success) { [path = path as String, isWriting = isWriting as Bool] in
            let catalog = try Catalog(path: path)
            let name = try RepositoryName(parsing: "team/other")
            let make: @Sendable (CatalogWriter) throws -> Void = { catalog in
                for account in try catalog.read.accounts() {
                    for organization in try catalog.read.organizations(of: account.id) {
                        _ = try catalog.insertRepository(
                            named: name, organization: organization.id, by: Creator(id: nil, name: "operator"),
                            now: Date(timeIntervalSince1970: 1_700_000_000))
                    }
                }
            }
            if isWriting { try await catalog.write(make) } else { try await catalog.record(make) }
            try catalog.close()
        }
        #expect(try world.catalog.version() == (isWriting ? before + 1 : before))
        let isThere = try await world.catalog.read { try $0.repository(named: name("team/other")) != nil }
        #expect(isThere)
    }

    @Test("it stays when the catalog is opened again")
    func reopened() async throws {
        let world = try await World()
        for _ in 0..<3 { try await Self.rename(world, world.catalog) }
        let version = try world.catalog.version()
        #expect(version > 3)
        try world.catalog.close()
        let again = try Catalog(path: world.path)
        #expect(try again.version() == version)
        try again.close()
    }

    @Test("what is read between two equal versions is the same, while others write")
    func equalVersions() async throws {
        let world = try await World()
        let other = try Catalog(path: world.path)
        let user = world.dev.id
        try await withThrowingTaskGroup(of: Int.self) { group in
            for (lane, catalog) in [world.catalog, other].enumerated() {
                group.addTask {
                    for step in 0..<150 {
                        try await Self.rename(world, catalog, to: "\(lane).\(step)")
                        if step.isMultiple(of: 10) { try await catalog.record { _ in } }
                    }
                    return 0
                }
            }
            for _ in 0..<3 {
                group.addTask {
                    var equal = 0
                    for _ in 0..<400 {
                        let before = try world.catalog.version()
                        let first = try await world.catalog.read { try $0.user(id: user)?.passwordHash }
                        let second = try await other.read { try $0.user(id: user)?.passwordHash }
                        guard try world.catalog.version() == before else { continue }
                        equal += 1
                        #expect(first == second)
                    }
                    return equal
                }
            }
            try await group.waitForAll()
        }
        let last = try world.catalog.version()
        #expect(try other.version() == last)
        try other.close()
    }

    @Test("of many writes at once none is lost")
    func manyWrites() async throws {
        let world = try await World()
        let other = try Catalog(path: world.path)
        let before = try world.catalog.version()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<100 {
                let catalog = number.isMultiple(of: 2) ? world.catalog : other
                group.addTask { try await Self.rename(world, catalog) }
            }
            try await group.waitForAll()
        }
        #expect(try world.catalog.version() == before + 100)
        try other.close()
    }
}
