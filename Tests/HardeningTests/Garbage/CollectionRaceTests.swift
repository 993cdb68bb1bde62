import BerthAccess
import BerthCatalog
import BerthOCI
import BerthRegistry
import BerthTestSupport
import Foundation
import Testing

/// Garbage collection beside pushes that rely on what it might take.
@Suite struct CollectionRaceTests {
    private static let grace = Duration.seconds(60 * 60)

    /// A scenario with the grace that the collections of this suite have.
    private func withGrace(_ body: @escaping @Sendable (Scenario) async throws -> Void) async throws {
        var settings = RegistrySettings()
        settings.garbageGrace = Self.grace
        try await withScenario(settings: settings, body)
    }

    private func collect(_ scenario: Scenario) async throws -> Int {
        try await scenario.registry.collectGarbage(grace: Self.grace).deletedBlobs
    }

    @Test(
        "R-01 no manifest is refused for want of a blob that was pushed within the grace, whatever is collected between"
    )
    func freshBlobs() async throws {
        try await withGrace { scenario in
            let isDone = Flag()
            async let collections = Self.collectAgainAndAgain(scenario, until: isDone)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for worker in 0..<4 {
                    group.addTask {
                        for round in 0..<10 {
                            let image = try SampleManifest.image("worker \(worker) round \(round)")
                            let pushed = try await scenario.push(image, to: "acme/app\(worker)", tag: "latest")
                            #expect(pushed.status == 201, "\(pushed.text)")
                            for blob in image.blobs {
                                #expect(try await scenario.holds(blob, in: "acme/app\(worker)"))
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            isDone.raise()
            #expect(try await collections > 0)
        }
    }

    private static func collectAgainAndAgain(_ scenario: Scenario, until isDone: Flag) async throws -> Int {
        var count = 0
        repeat {
            _ = try await scenario.registry.collectGarbage(grace: grace)
            count += 1
        } while !isDone.isRaised
        return count
    }

    @Test(
        "R-02 an old orphan that a client is told of is kept for the manifest that relies on it; one that is not goes")
    func oldOrphan() async throws {
        try await withGrace { scenario in
            let (asked, forgotten) = (try SampleManifest.image("asked for"), try SampleManifest.image("forgotten"))
            for blob in asked.blobs + forgotten.blobs { try await scenario.push(blob, to: "acme/app") }
            scenario.server.clock.advance(by: 2 * 60 * 60)
            for blob in asked.blobs {
                #expect(try await scenario.send("HEAD", "/v2/acme/app/blobs/\(blob.digest)").status == 200)
            }
            #expect(try await collect(scenario) == forgotten.blobs.count)
            #expect(try await scenario.put(asked, to: "acme/app", tag: "1").status == 201)
            for blob in asked.blobs { #expect(try await scenario.holds(blob, in: "acme/app")) }
            #expect(try await scenario.put(forgotten, to: "acme/app", tag: "2").status == 400)
        }
    }

    @Test("R-02 of a collection and a manifest that relies on its garbage, at once, the manifest is whole or refused")
    func atOnce() async throws {
        try await withGrace { scenario in
            for round in 0..<12 {
                let image = try SampleManifest.image("round \(round)")
                for blob in image.blobs { try await scenario.push(blob, to: "acme/app") }
                scenario.server.clock.advance(by: 2 * 60 * 60)
                async let collected = collect(scenario)
                let pushed = try await scenario.put(image, to: "acme/app", tag: "\(round)")
                _ = try await collected
                guard pushed.status == 201 else {
                    #expect(pushed.errorCodes.contains("MANIFEST_BLOB_UNKNOWN"), "\(pushed.text)")
                    continue
                }
                for blob in image.blobs { #expect(try await scenario.holds(blob, in: "acme/app")) }
            }
        }
    }

    @Test(
        "R-03 a blob that is mounted while it is about to be collected is in the other repository, or was not mounted")
    func mounting() async throws {
        try await withGrace { scenario in
            for round in 0..<12 {
                let blob = SampleBlob("round \(round)")
                try await scenario.push(blob, to: "acme/app")
                scenario.server.clock.advance(by: 2 * 60 * 60)
                async let collected = collect(scenario)
                let mount = try await scenario.send(
                    "POST", "/v2/acme/web/blobs/uploads/?mount=\(blob.digest)&from=acme/app")
                _ = try await collected
                #expect([201, 202, 503].contains(mount.status), "\(mount.text)")
                #expect(try await scenario.holds(blob, in: "acme/web") == (mount.status == 201))
            }
        }
    }

    @Test("R-09 a long collection holds up no push and no pull: all of them end while it still runs")
    func noGlobalLock() async throws {
        try await withGrace { scenario in
            let kept = try SampleManifest.image("kept")
            try await scenario.push(kept, to: "acme/app", tag: "1")
            let owner = scenario.registry
            try await owner.catalog.write { catalog in
                for number in 0..<3000 {
                    try catalog.addBlob(SampleBlob("garbage \(number)").digest, size: 1, now: .distantPast)
                }
            }
            let (started, hasStarted) = AsyncStream<Void>.makeStream()
            let removed = Counter()
            async let report = owner.collectGarbage(grace: Self.grace) { report in
                removed.set(report.deletedBlobs)
                hasStarted.finish()
            }
            for await _ in started {}
            for round in 0..<5 {
                #expect(try await scenario.push(try SampleManifest.image("\(round)"), to: "acme/new").status == 201)
                #expect(try await scenario.holds(kept.blobs[1], in: "acme/app"))
            }
            let removedMeanwhile = removed.value
            #expect(try await report.deletedBlobs == 3000)
            #expect(removedMeanwhile < 3000, "the collection had ended before the pushes")
        }
    }
}

/// Says once that something is over.
private final class Flag: Sendable {
    private let raised = Counter()

    var isRaised: Bool { raised.value > 0 }

    func raise() { raised.set(1) }
}
