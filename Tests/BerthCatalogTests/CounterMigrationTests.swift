import BerthDatabase
import BerthOCI
import BerthTestBasics
import Foundation
import Testing

@testable import BerthCatalog

@Suite struct CounterMigrationTests {
    @Test("data from before there were counters is counted when it is opened, as it is counted from then on")
    func migration() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("berth.sqlite")
        let old = try Database(path: path, migrations: Array(Migration.all.prefix(3)))
        try await old.write { try Self.fill($0) }
        try old.close()

        let catalog = try Catalog(path: path)
        try await catalog.read { catalog throws in
            let held = try #require(try catalog.repository(named: name("team/app")))
            #expect(held.tagCount == 2 && held.size == 3 * 1000 + 10 + 20)
            let other = try #require(try catalog.repository(named: name("team/web/api")))
            #expect(other.tagCount == 0 && other.size == 1000)
            for repository in [held, other] {
                #expect(try catalog.recount(of: repository.id)?.isExact == true)
            }
            let usage = AccountUsage(repositories: 1, tags: 2, bytes: held.size + other.size)
            #expect(try catalog.usage(of: held.owner) == usage)
            #expect(try catalog.recountedUsage(of: held.owner) == usage)
            let organizations = try catalog.organizationSummaries(for: nil, named: nil, includesVisible: false)
            #expect(organizations.map(\.repositoryCount) == [1])
        }
        try catalog.close()
    }

    /// An image of two blobs and a layer that is elsewhere, an index of it, an index of that, and a repository that
    /// holds none of the blobs of its manifest.
    private static func fill(_ database: SQLConnection) throws {
        try database.execute("INSERT INTO accounts VALUES ('acme', 'acme', 'r1', 0)")
        try database.execute("INSERT INTO organizations VALUES (1, 'team', 'acme', 0)")
        try database.execute("INSERT INTO repositories VALUES (1, 'team/app', 1, 0, 1, '', '', 0, 0)")
        try database.execute("INSERT INTO repositories VALUES (2, 'team/web/api', 1, 0, 0, '', '', 0, 0)")
        for blob in [10, 20, 30] {
            try database.execute("INSERT INTO blobs VALUES (?, ?, 0)", bind(digest(blob), blob))
        }
        for blob in [10, 20] {
            try database.execute("INSERT INTO repository_blobs VALUES (1, ?, 0)", bind(digest(blob)))
        }
        for manifest in 1...3 {
            try database.execute("INSERT INTO manifest_bodies VALUES (?, 0, ?)", bind(digest(manifest), [UInt8(0)]))
        }
        for (repository, manifest) in [(1, 1), (1, 2), (1, 3), (2, 1)] {
            try database.execute(
                "INSERT INTO manifests VALUES (?, ?, 'application/json', NULL, 1000, NULL, '{}', 0, 'acme')",
                bind(repository, digest(manifest)))
        }
        for (repository, blob) in [(1, 10), (1, 20), (1, 30), (2, 10)] {
            try database.execute(
                "INSERT INTO manifest_blobs VALUES (?, ?, ?)", bind(repository, digest(1), digest(blob)))
        }
        for parent in [3, 2] {
            try database.execute(
                "INSERT INTO manifest_children VALUES (1, ?, ?)", bind(digest(parent), digest(parent - 1)))
        }
        for tag in ["a", "b"] {
            try database.execute("INSERT INTO tags VALUES (1, ?, ?, 0)", bind(tag, digest(1)))
        }
    }
}
