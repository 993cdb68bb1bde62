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

    @Test("a part of organization/name is found on both sides wherever it stands, in capital letters too")
    func fullNames() async throws {
        let world = try await World()
        for name in ["team/web/front_end", "team/api"] {
            let id = try await world.repository(name)
            try await world.catalog.write { catalog in
                try catalog.upsertShare(
                    of: id, with: world.guest.id, deadline: .forever, description: "",
                    by: Creator(id: nil, name: "operator"), now: World.start)
            }
        }
        let sides: [SharedImageSelection.Side] = [
            .given(by: world.acme.id, managedBy: nil), .received(by: world.guest.id),
        ]
        for side in sides {
            for (text, expected) in [
                ("web/front_end", 1), ("TEAM/web", 1), ("m/a", 1), ("team/", 2), ("team", 2), ("/", 2), ("", 2),
                ("%", 0),
                ("frontXend", 0), ("team/front", 0), ("a\u{0}", 0), (String(repeating: "a", count: 100_000), 0),
            ] {
                var selection = SharedImageSelection(side, by: .name)
                selection.fullName = text
                let asked = selection
                let (found, count) = try await world.catalog.read { catalog in
                    (
                        try catalog.sharedImages(asked, region: r1, now: World.start),
                        try catalog.sharedImageCount(asked, region: r1, now: World.start)
                    )
                }
                #expect(found.count == expected && count == expected, "\(side) \(text.prefix(20))")
            }
        }
    }
}
