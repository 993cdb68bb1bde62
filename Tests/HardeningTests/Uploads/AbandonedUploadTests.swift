import BerthCatalog
import BerthRegistry
import BerthTestBasics
import BerthTestSupport
import Foundation
import Testing

/// Uploads that nobody comes back to.
@Suite("Abandoned uploads")
struct AbandonedUploadTests {
    private static let day: TimeInterval = 24 * 60 * 60

    /// Makes a file look as if it had been written last so long before `now`.
    private func age(_ path: String, by seconds: TimeInterval, before now: Date) throws {
        try FileManager.default.setAttributes(
            [.modificationDate: now.addingTimeInterval(-seconds)], ofItemAtPath: path)
    }

    @Test("R-32 uploads are forgotten by their last byte and not by their first, with their bytes and their rows")
    func byLastByte() async throws {
        // The uploads begin more than a day ago; files are written at the real time, which is reached below.
        let clock = ManualClock()
        let present = clock.now
        clock.advance(by: -Self.day - 3600)
        try await withScenario(clock: clock) { scenario in
            let blob = SampleBlob(random: 2000)
            let active = try await scenario.startUpload(in: "acme/app")
            var abandoned: [String] = []
            for _ in 0..<20 {
                let session = try await scenario.startUpload(in: "acme/app")
                #expect(try await scenario.patch(session, blob.bytes, 0..<1000).status == 202)
                abandoned.append(session)
            }
            clock.set(present)
            for session in abandoned {
                try age(scenario.server.path(ofUpload: session), by: Self.day + 1, before: present)
            }
            #expect(try await scenario.patch(active, blob.bytes, 0..<1000).status == 202)
            #expect(try await scenario.registry.removeExpiredUploads() == 20)
            for session in abandoned { #expect(try await scenario.received(session) == nil) }
            #expect(try scenario.server.uploadFiles().count == 1)
            #expect(try await scenario.registry.catalog.read { try $0.counts().uploads } == 1)
            #expect(try await scenario.patch(active, blob.bytes, 1000..<2000).status == 202)
            #expect(try await scenario.finish(active, as: blob.digest).status == 201)
        }
    }

    @Test("R-32 strange names among the uploads neither stop the sweep nor are touched by it")
    func strangeNames() async throws {
        try await withScenario { scenario in
            let clock = scenario.server.clock
            let session = try await scenario.startUpload(in: "acme/app")
            let uploads = scenario.server.storage + "/uploads/"
            let outside = scenario.server.directory.file("outside")
            try Data("mine".utf8).write(to: URL(filePath: outside))
            let strange = [
                "with space", ".nfs0001", "..data", "\u{1F4A9}", "6b1c7f0e-0f5d-4b7e-9d5e-0c8a3c1f2d4", "x\ny",
            ]
            for name in strange { try Data("mine".utf8).write(to: URL(filePath: uploads + name)) }
            let (directory, link) = (UUID().uuidString.lowercased(), UUID().uuidString.lowercased())
            try FileManager.default.createDirectory(
                atPath: uploads + directory + "/inner", withIntermediateDirectories: true)
            try FileManager.default.createSymbolicLink(atPath: uploads + link, withDestinationPath: outside)

            clock.advance(by: Self.day + 3600)
            #expect(try await scenario.registry.removeExpiredUploads() == 1)
            #expect(try await scenario.received(session) == nil)
            #expect(Set(try scenario.server.uploadFiles()) == Set(strange + [directory, link]))
            #expect(FileManager.default.contents(atPath: outside) == Data("mine".utf8))
        }
    }

    @Test("R-32 an upload whose file is lost is unknown at once, and its row goes with the others")
    func lostFile() async throws {
        try await withScenario { scenario in
            let session = try await scenario.startUpload(in: "acme/app")
            try FileManager.default.removeItem(atPath: scenario.server.path(ofUpload: session))
            let blob = SampleBlob("lost")
            #expect(try await scenario.received(session) == nil)
            #expect(try await scenario.patch(session, blob.bytes, 0..<4).status == 404)
            #expect(try await scenario.finish(session, as: blob.digest).status == 404)
            scenario.server.clock.advance(by: Self.day + 3600)
            #expect(try await scenario.registry.removeExpiredUploads() == 1)
            #expect(try await scenario.registry.catalog.read { try $0.counts().uploads } == 0)
        }
    }
}
