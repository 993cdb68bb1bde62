import BerthBlobs
import BerthCatalog
import BerthOCI
import BerthRegistry
import BerthTestSupport
import Foundation
import Testing

/// What the registry does for its data without being asked.
@Suite struct CareTests {
    private static let day = Duration.seconds(24 * 60 * 60)

    @Test("garbage is collected when the interval is over, whoever collected last, and not before")
    func garbageInterval() async throws {
        let clock = ManualClock()
        try await withScenario(clock: clock) { scenario in
            let registry = scenario.registry
            let stray = SampleBlob("a blob of no image")
            try await scenario.push(stray, to: "acme/app")
            #expect(try await registry.collectGarbageIfDue(interval: Self.day)?.deletedBlobs == 0)
            #expect(try await registry.collectGarbageIfDue(interval: Self.day) == nil)
            clock.advance(by: 24 * 60 * 60 + 1)
            #expect(try await registry.collectGarbageIfDue(interval: Self.day)?.deletedBlobs == 1)
            clock.advance(by: 24 * 60 * 60 - 10)
            _ = try await registry.collectGarbage()
            clock.advance(by: 20)
            #expect(try await registry.collectGarbageIfDue(interval: Self.day) == nil)
            clock.advance(by: -48 * 60 * 60)
            #expect(try await registry.collectGarbageIfDue(interval: Self.day) != nil, "the clock was stepped back")
        }
    }

    @Test("a collection that is due does not disturb one that runs, or a backup")
    func garbageBusy() async throws {
        try await withScenario { scenario in
            let lock = try #require(try await scenario.registry.blobs.lock(for: .maintenance))
            #expect(try await scenario.registry.collectGarbageIfDue(interval: Self.day) == nil)
            lock.release()
            #expect(try await scenario.registry.collectGarbageIfDue(interval: Self.day) != nil)
        }
    }

    @Test("R-19 a scrub finds a flipped byte and sets the blob aside; what is sound stays, and a push heals the rest")
    func scrub() async throws {
        let clock = ManualClock()
        try await withScenario(clock: clock) { scenario in
            let image = try SampleManifest.image("layer to be damaged")
            try await scenario.push(image, to: "acme/app", tag: "1")
            let (sound, damaged) = (image.blobs[0], image.blobs[1])
            try flipByte(of: damaged, in: scenario.server.storage)

            let report = try await scenario.registry.scrubIfDue(interval: Self.day, rate: 1 << 30)
            #expect(report == ScrubReport(checkedBlobs: 2, damagedBlobs: 1))
            #expect(scenario.server.log.lines.contains { $0.contains("damaged") && $0.contains("\(damaged.digest)") })
            #expect(try await scenario.send("GET", "/v2/acme/app/blobs/\(damaged.digest)").status == 404)
            #expect(try await scenario.send("GET", "/v2/acme/app/blobs/\(sound.digest)").body == sound.bytes)

            #expect(try await scenario.registry.scrubIfDue(interval: Self.day, rate: 1 << 30) == nil)
            try await scenario.push(image, to: "acme/app", tag: "1")
            #expect(try await scenario.send("GET", "/v2/acme/app/blobs/\(damaged.digest)").body == damaged.bytes)
            clock.advance(by: 24 * 60 * 60 + 1)
            let again = try await scenario.registry.scrubIfDue(interval: Self.day, rate: 1 << 30)
            #expect(again == ScrubReport(checkedBlobs: 2, damagedBlobs: 0))
        }
    }

    @Test("a scrub that was broken off goes on where it was")
    func scrubGoesOn() async throws {
        let clock = ManualClock()
        try await withScenario(clock: clock) { scenario in
            let blobs = (0..<5).map { SampleBlob("blob \($0)") }.sorted { $0.digest < $1.digest }
            for blob in blobs { try await scenario.push(blob, to: "acme/app") }
            let position = blobs[1].digest.description
            try await scenario.registry.catalog.write {
                try $0.recordMaintenance(.scrub, position: position, now: clock.now)
            }
            let report = try await scenario.registry.scrubIfDue(interval: Self.day, rate: 1 << 30)
            #expect(report?.checkedBlobs == 3)
        }
    }

    /// Changes one byte of a stored blob, as a dying disk would.
    private func flipByte(of blob: SampleBlob, in storage: String) throws {
        let path = "\(storage)/blobs/sha256/\(blob.digest.hex.prefix(2))/\(blob.digest.hex)"
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
        try file.write(contentsOf: Data([blob.bytes[0] ^ 1]))
        try file.close()
    }
}
