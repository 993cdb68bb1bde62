import BerthTestBasics
import BerthTestSupport
import Foundation
import Testing

@Suite struct PushCrashTests {
    private static let servers = 3
    private static let killsEach = FaultSettings.kills(percent: 62, of: servers)

    @Test(
        "R-11 whatever a server is killed at, what was acknowledged is there, nothing is there by half, pushes go on",
        arguments: 1...servers)
    func killedServers(server: Int) async throws {
        let seed = FaultSettings.seed &+ UInt64(server)
        try await withFaultSite { site in
            var lane = CrashLane(site: site, seed: seed)
            for kill in 1...Self.killsEach {
                try await lane.restart(verifying: kill % 5 == 0) { server, lane in
                    await lane.workUntilKilled(server)
                }
            }
            try await lane.restart(verifying: true) { server, _ in await server.stop() }
            #expect(lane.acknowledged > Self.killsEach, "the workers hardly got anything done: seed \(seed)")
        }
    }
}

/// One data directory whose server is killed again and again, with the clients that use it.
private struct CrashLane: Sendable {
    let site: FaultSite
    let seed: UInt64
    private var generator: SeededGenerator
    private var workers: [CrashWorker]
    private var starts = 0

    init(site: FaultSite, seed: UInt64) {
        (self.site, self.seed) = (site, seed)
        generator = SeededGenerator(seed: seed)
        workers = (1...3).map { CrashWorker("dock\($0)", seed: seed &* 31 &+ UInt64($0)) }
    }

    var acknowledged: Int { workers.map(\.acknowledged).reduce(0, +) }

    /// Starts a server, checks all that must hold after a crash, and goes on with `body`.
    mutating func restart(
        verifying: Bool, _ body: (BerthProcess, inout CrashLane) async throws -> Void
    ) async throws {
        starts += 1
        let server = try await BerthProcess.start(in: site.installation)
        for index in workers.indices {
            try await workers[index].recover(on: site.client(of: server, workers[index].repository))
        }
        var problems = try await workers.flatMap(\.problems) + site.faults()
        if verifying { problems += try await site.verify().damaged }
        guard problems.isEmpty else {
            await server.kill()
            throw ToolFailure(
                "after \(starts - 1) kills with BERTH_FAULT_SEED=\(FaultSettings.seed) (\(seed)):\n"
                    + problems.joined(separator: "\n") + "\n\(server.log.suffix(4000))")
        }
        try await body(server, &self)
    }

    /// Lets the clients work and kills the server under them after a random time.
    mutating func workUntilKilled(_ server: BerthProcess) async {
        let pause = Duration.milliseconds(Int.random(in: 0...250, using: &generator))
        let (site, clients) = (site, workers)
        workers = await withTaskGroup(of: (Int, CrashWorker)?.self) { group in
            for (index, worker) in clients.enumerated() {
                group.addTask {
                    var worker = worker
                    await worker.work(on: site.client(of: server, worker.repository))
                    return (index, worker)
                }
            }
            group.addTask {
                try? await Task.sleep(for: pause)
                await server.kill()
                return nil
            }
            var changed = clients
            for await case let (index, worker)? in group { changed[index] = worker }
            return changed
        }
    }
}
