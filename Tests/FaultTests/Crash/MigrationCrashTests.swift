import BerthTestBasics
import BerthTestSupport
import Foundation
import Testing

@Suite struct MigrationCrashTests {
    private static let kills = FaultSettings.kills(percent: 14, of: 1)
    private static let copies = 1_500

    @Test("R-23 a start that is killed while it migrates leaves one version or the next, and the last one finishes")
    func killedMigrations() async throws {
        let seed = FaultSettings.seed &+ 1_000
        var generator = SeededGenerator(seed: seed)
        try await withFaultSite { site in
            let image = try SampleManifest.image("from before the upgrade")
            try await withServer(on: site) { _, client async throws in
                #expect(try await client.pushImage(image, as: "1").status == 201)
            }
            try await OldDatabase.takeBack(site.installation, copies: Self.copies)
            let references = try await OldDatabase.references()
            let database = site.installation.storage + "/berth.sqlite"
            let whole = try Data(contentsOf: URL(fileURLWithPath: database))
            #expect(try await OldDatabase.describe(database) == references[3])

            let undisturbed = try await Self.migrationTime(of: site)
            var seen: [Int: Int] = [:]
            try Self.restore(whole, to: database)
            for kill in 1...Self.kills {
                let server = try site.installation.start(["serve", "--listen", "127.0.0.1:0"])
                try await Task.sleep(for: undisturbed * Double.random(in: 0.1...1.1, using: &generator))
                server.send(SIGKILL)
                _ = await server.status()
                let left = try await OldDatabase.describe(database)
                try #require(left == references[left.version], "seed \(seed), kill \(kill): \(left)")
                seen[left.version, default: 0] += 1
                // Most go on from where the kill left it; those that have arrived begin again.
                if left.version == references.keys.max() { try Self.restore(whole, to: database) }
            }
            #expect(seen.count > 1, "every start was killed at the same version: \(seen)")

            try await withServer(on: site) { _, client async throws in
                #expect(try await client.holds(image, as: "1"))
                let copy = RepositoryClient(client: client.client, login: client.login, repository: "ships/copy7")
                #expect(try await copy.holds(image, as: "1"))
                #expect(try await client.pushImage(try SampleManifest.image("from after it"), as: "2").status == 201)
            }
            #expect(try await site.verify().damaged.isEmpty)
        }
    }

    @Test("R-23 a database of a newer Berth is refused in one sentence by server and commands, and is not changed")
    func newer() async throws {
        try await withFaultSite { site in
            let database = site.installation.storage + "/berth.sqlite"
            let script = """
                import sqlite3, sys
                database = sqlite3.connect(sys.argv[1])
                database.execute("INSERT INTO schema_versions VALUES (999, 'from the future')")
                database.commit()
                """
            try await Tool.run(["python3", "-c", script, database]).orThrow()
            let before = try await OldDatabase.describe(database)
            let commands = [
                ["serve", "--listen", "127.0.0.1:0"], ["gc"], ["verify"], ["org", "list"],
                ["account", "add", "globex"],
                ["backup", site.installation.directory + "/backup"],
            ]
            for command in commands {
                let sentence = try await site.installation.run(command).refusal()
                #expect(sentence.contains("version 999") && sentence.contains("newer berth"), "\(command): \(sentence)")
            }
            #expect(try await OldDatabase.describe(database) == before)
        }
    }

    /// How long a start takes that migrates and is left alone.
    private static func migrationTime(of site: FaultSite) async throws -> Duration {
        let clock = ContinuousClock()
        let start = clock.now
        let server = try await BerthProcess.start(in: site.installation)
        let time = start.duration(to: clock.now)
        await server.kill()
        return time
    }

    private static func restore(_ data: Data, to path: String) throws {
        for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
        try data.write(to: URL(fileURLWithPath: path))
    }
}

/// Runs `body` with a server on data that stays, and stops it.
func withServer(
    on site: FaultSite, _ body: (BerthProcess, RepositoryClient) async throws -> Void
) async throws {
    let server = try await BerthProcess.start(in: site.installation)
    do {
        try await body(server, site.client(of: server))
    } catch {
        await server.stop()
        throw error
    }
    await server.stop()
}
