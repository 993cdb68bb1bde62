import BerthCatalog
import BerthOCI
import BerthTestBasics
import BerthTestSupport
import Foundation
import Testing

@Suite struct GarbageCrashTests {
    private static let servers = 2
    private static let killsEach = FaultSettings.kills(percent: 24, of: servers)

    /// Who is killed in a round.
    private enum Victim: CaseIterable {
        case collector, server, both
    }

    @Test(
        "R-08 a killed collection takes nothing that is in use, and the next one finishes its work",
        arguments: 1...servers)
    func killedCollections(server: Int) async throws {
        let seed = FaultSettings.seed &+ UInt64(100 + server)
        var generator = SeededGenerator(seed: seed)
        try await withFaultSite { site in
            var worker = CrashWorker("dock", seed: seed, sharesWithCollector: true)
            let rounds = CollectorRounds(site: site)
            var server = try await BerthProcess.start(in: site.installation)
            var interrupted = 0
            for kill in 1...Self.killsEach {
                let victim = generator.pick([Victim.collector, .collector, .server, .both])
                let garbage = try await rounds.makeGarbage("\(seed) \(kill)", count: 100)
                let collector = try rounds.startCollector(isDryRun: Int.random(in: 0..<8, using: &generator) == 0)
                let pause = Duration.milliseconds(Int.random(in: 0...250, using: &generator))
                let waitsForWork = Int.random(in: 0..<4, using: &generator) > 0
                worker = await rounds.work(worker, on: site.client(of: server, "dock")) { [server] in
                    if waitsForWork { await rounds.waitForFirst(of: garbage, while: collector) }
                    try? await Task.sleep(for: pause)
                    if victim != .server { collector.send(SIGKILL) }
                    if victim != .collector { await server.kill() }
                }
                if victim == .server { _ = await collector.status() }
                let left = garbage.filter { site.installation.hasFile(of: $0) }.count
                if (1..<garbage.count).contains(left) { interrupted += 1 }
                if victim != .collector { server = try await BerthProcess.start(in: site.installation) }
                try await worker.recover(on: site.client(of: server, "dock"))
                var problems = try await worker.problems + site.faults()
                if kill % 6 == 0 { problems += try await site.verify().damaged }
                try #require(
                    problems.isEmpty,
                    "after \(kill) kills with BERTH_FAULT_SEED=\(FaultSettings.seed): \(problems) \(server.log.suffix(4000))"
                )
                _ = await collector.status()
                let rerun = try await site.installation.run(["gc", "--grace", "0s"])
                #expect(rerun.status == 0, "\(rerun)")
                #expect(!garbage.contains { site.installation.hasFile(of: $0) }, "seed \(seed), kill \(kill)")
            }
            await server.stop()
            // What a killed push had published and not yet committed is an orphan until repair hands it to gc.
            _ = try await site.verify("--repair")
            try await site.installation.run(["gc", "--grace", "0s"]).orThrow()
            let answer = try await site.verify()
            #expect(answer.damaged.isEmpty && answer.orphans.isEmpty, "seed \(seed): \(answer)")
            #expect(worker.acknowledged > Self.killsEach / 2, "the worker hardly got anything done: seed \(seed)")
            #expect(interrupted > 0, "no collection was killed at its work: seed \(seed)")
        }
    }
}

/// What a round of killing a collection is made of.
private struct CollectorRounds: Sendable {
    let site: FaultSite

    /// Puts blobs into the store that nothing refers to, as a push does that never came to its manifest.
    func makeGarbage(_ name: String, count: Int) async throws -> [Digest] {
        let blobs = (0..<count).map { SampleBlob("garbage \(name) \($0)") }
        for blob in blobs {
            let path = site.installation.path(of: blob.digest)
            try FileManager.default.createDirectory(
                atPath: URL(fileURLWithPath: path).deletingLastPathComponent().path, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
            guard FileManager.default.createFile(atPath: path, contents: Data(blob.bytes)) else {
                throw ToolFailure("cannot write \(path)")
            }
        }
        let catalog = try Catalog(path: site.installation.storage + "/berth.sqlite")
        try await catalog.write { catalog in
            for blob in blobs { try catalog.addBlob(blob.digest, size: Int64(blob.bytes.count), now: Date()) }
        }
        try catalog.close()
        return blobs.map(\.digest)
    }

    func startCollector(isDryRun: Bool) throws -> ChildProcess {
        try site.installation.start(["gc", "--grace", "0s"] + (isDryRun ? ["--dry-run"] : []))
    }

    /// Waits until the collection removes files, or has ended without doing so.
    func waitForFirst(of garbage: [Digest], while collector: ChildProcess) async {
        let end = Flag()
        // Not cancelled: that would kill the collection. It ends with it.
        Task {
            _ = await collector.status()
            end.set()
        }
        while !end.isSet, garbage.allSatisfy({ site.installation.hasFile(of: $0) }) {
            try? await Task.sleep(for: .milliseconds(2))
        }
    }

    /// Lets a worker work while `body` runs.
    func work(
        _ worker: CrashWorker, on client: RepositoryClient, during body: @escaping @Sendable () async -> Void
    ) async -> CrashWorker {
        let end = Flag()
        return await withTaskGroup(of: CrashWorker?.self) { group in
            group.addTask {
                var worker = worker
                await worker.work(on: client) { end.isSet }
                return worker
            }
            group.addTask {
                await body()
                end.set()
                return nil
            }
            var changed = worker
            for await case let worker? in group { changed = worker }
            return changed
        }
    }
}
