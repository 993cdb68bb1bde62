import BerthAccess
import BerthDatabase
import BerthOCI
import BerthTestBasics
import Foundation
import Testing

@testable import BerthCatalog

@Suite struct SharedImageTests {
    @Test("shares from before owners were kept are in their owner's list when the data is opened")
    func olderShares() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("berth.sqlite")
        let old = try Database(path: path, migrations: Array(Migration.all.prefix(3)))
        try await old.write { database in
            for statement in SharedImageTests.olderData { _ = try database.execute(statement) }
        }
        try old.close()
        let catalog = try Catalog(path: path)
        let selection = SharedImageSelection(.given(by: AccountID(rawValue: "a"), managedBy: nil), by: .name)
        let found = try await catalog.read { try $0.sharedImages(selection, region: r1, now: World.start) }
        #expect(found.map(\.repository.name) == [name("team/app")])
        #expect(found.allSatisfy { $0.received == nil })
        try catalog.close()
    }

    private static let olderData: [SQL] = [
        "INSERT INTO accounts (id, name, home_region, created_at) VALUES ('a', 'acme', 'r1', 0), ('b', 'bravo', 'r1', 0)",
        "INSERT INTO organizations (id, name, account_id, created_at) VALUES (1, 'team', 'a', 0)",
        """
        INSERT INTO repositories (id, name, organization_id, is_public, is_published, description, category,
            created_at, updated_at)
        VALUES (1, 'team/app', 1, 0, 1, '', '', 0, 0), (2, 'team/web', 1, 0, 1, '', '', 0, 0)
        """,
        """
        INSERT INTO shares (repository_id, account_id, description, created_by, created_at, updated_at)
        VALUES (1, 'b', '', 'operator', 0, 0)
        """,
    ]

    @Test("without a region or a clock no share is effective, and none is lost from the list")
    func unknownClock() async throws {
        let world = try await World()
        let id = try await world.repository()
        try await world.catalog.write { catalog in
            try catalog.upsertShare(
                of: id, with: world.guest.id, deadline: .forever, description: "",
                by: Creator(id: nil, name: "operator"), now: World.start)
        }
        let selection = SharedImageSelection(.received(by: world.guest.id), by: .updatedAt, isDescending: true)
        for (region, now, isEffective) in [
            (r1, World.start, true), (nil, World.start, false), (r1, nil, false), (r2, World.start, false),
        ] as [(Region?, Date?, Bool)] {
            let found = try await world.catalog.read { try $0.sharedImages(selection, region: region, now: now) }
            #expect(found.map { $0.received?.isEffective } == [isEffective])
        }
    }
}
