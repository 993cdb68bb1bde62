import BerthAccess
import BerthOCI
import BerthRegistry
import BerthTestSupport
import Foundation
import Testing

/// Clocks that are wrong, and clocks that are set while the server runs.
@Suite("Clocks")
struct ClockTests {
    private static let hour: TimeInterval = 60 * 60

    @Test("R-52 a token bears a clock that is a minute behind its issuer's, and ends without any leeway")
    func tokens() async throws {
        try await withScenario { scenario in
            let clock = scenario.server.clock
            let issued = clock.now
            try await scenario.push(SampleManifest.image(), to: "acme/app", tag: "v1")
            let token = TestClient.bearer(try await scenario.token(for: .reader, scope: "repository:acme/app:pull"))
            for (offset, status) in [(-30.0, 200), (30, 200), (-60, 200), (-61, 401), (299, 200), (300, 401), (0, 200)]
            {
                clock.set(issued.addingTimeInterval(offset))
                let answer = try await scenario.client.send("GET", "/v2/acme/app/manifests/v1", headers: [token])
                #expect(answer.status == status, "\(offset)")
            }
        }
    }

    @Test(
        "R-52 a share ends when the wall clock says so, and one that was seen to end stays ended when that is set back")
    func shares() async throws {
        try await withScenario { scenario in
            let clock = scenario.server.clock
            let start = clock.now
            try await scenario.push(SampleManifest.image(), to: "acme/app", tag: "v1")
            try await scenario.share("acme/app", until: .until(start.addingTimeInterval(Self.hour)))
            for (offset, status) in [
                (0.0, 200), (-Self.hour, 200), (Self.hour - 1, 200), (Self.hour, 404), (0, 404), (1e9, 404),
            ] {
                clock.set(start.addingTimeInterval(offset))
                let answer = try await scenario.send("GET", "/v2/acme/app/manifests/v1", as: .receiver)
                #expect(answer.status == status, "\(offset)")
            }
        }
    }

    @Test("R-52 a token that rests on a share ends with it when the clock is set forward")
    func tokenOfShare() async throws {
        try await withScenario { scenario in
            let clock = scenario.server.clock
            try await scenario.push(SampleManifest.image(), to: "acme/app", tag: "v1")
            try await scenario.share("acme/app", until: .until(clock.now.addingTimeInterval(100)))
            let token = TestClient.bearer(try await scenario.token(for: .receiver, scope: "repository:acme/app:pull"))
            func pull() async throws -> Int {
                try await scenario.client.send("GET", "/v2/acme/app/manifests/v1", headers: [token]).status
            }
            #expect(try await pull() == 200)
            clock.advance(by: 100)
            #expect(try await pull() == 401)
        }
    }

    @Test("R-52 a clock that is set back or forward by an hour takes nothing from a push that is under way")
    func pushUnderWay() async throws {
        try await withScenario { scenario in
            let clock = scenario.server.clock
            let image = try SampleManifest.image("under way")
            let (config, layer) = (image.blobs[0], SampleBlob(random: 1_200_000))
            let session = try await scenario.startUpload(in: "acme/app")
            try await scenario.push(config, to: "acme/app")
            try await scenario.client.withConnection { connection in
                let request = try await scenario.beginPatch(
                    session, sending: Array(layer.bytes[..<800_000]), of: layer.bytes.count, on: connection)
                clock.advance(by: -Self.hour)
                #expect(try await scenario.registry.removeExpiredUploads() == 0)
                // What was leased in what is now the future has no age, and least of all a negative one.
                #expect(try await scenario.registry.collectGarbage(grace: .zero).deletedBlobs == 0)
                clock.advance(by: 2 * Self.hour)
                #expect(try await scenario.registry.collectGarbage() == GarbageReport())
                try await request.write(Array(layer.bytes[800_000...]))
                #expect(try await request.finish().status == 202)
            }
            clock.advance(by: -Self.hour)
            #expect(try await scenario.finish(session, as: layer.digest).status == 201)
            #expect(try await scenario.send("HEAD", "/v2/acme/app/blobs/\(config.digest)").status == 200)
            #expect(try await scenario.push(image, to: "acme/app", tag: "v1").status == 201)
            #expect(try await scenario.registry.verify().damaged == [])
        }
    }
}
