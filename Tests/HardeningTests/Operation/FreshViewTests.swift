import BerthOCI
import BerthRegistry
import BerthTestBasics
import BerthTestSupport
import Foundation
import Testing

/// Two servers on the same data, and a disk that changes under them: what is answered is what is.
@Suite("Fresh views")
struct FreshViewTests {
    /// A request and what it must be answered.
    private struct Expectation {
        let path: String
        var persona = Scenario.Persona.owner
        let status: Int
        /// What the body must, or must not, have in it.
        var has = ""
        var hasNot: String?
    }

    private func expect(
        _ expectations: [Expectation], on servers: [TestServer], sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        for (number, server) in servers.enumerated() {
            for expected in expectations {
                let answer = try await server.client.send(
                    "GET", expected.path, headers: [expected.persona.credentials])
                #expect(
                    answer.status == expected.status && (expected.has.isEmpty || answer.text.contains(expected.has))
                        && expected.hasNot.map { answer.text.contains($0) } != true,
                    "server \(number), \(expected.path): \(answer.status) \(answer.text)",
                    sourceLocation: sourceLocation)
            }
        }
    }

    @Test("R-56 what was acknowledged is seen by the very next request, at every server on the same data")
    func readYourWrites() async throws {
        let (directory, clock) = (try TemporaryDirectory(), ManualClock())
        try await withServer(clock: clock, directory: directory) { first in
            let scenario = try await Scenario(on: first)
            try await withServer(clock: clock, directory: directory) { second in
                let servers = [second, first]
                let image = try SampleManifest.image()
                let referrer = try SampleManifest.image("signature", subject: image.descriptor)
                let layer = try #require(image.blobs.last)
                let (blob, root) = ("/v2/acme/app/blobs/\(layer.digest)", "/v2/acme/app")
                let referrers = "\(root)/referrers/\(image.digest)"
                try await expect([.init(path: "\(root)/tags/list", status: 404)], on: servers)

                try await scenario.push(layer, to: "acme/app").requiring(201)
                try await expect([.init(path: blob, status: 200)], on: servers)
                try await scenario.push(image, to: "acme/app", tag: "v1").requiring(201)
                try await expect(
                    [
                        .init(path: "\(root)/manifests/v1", status: 200),
                        .init(path: "\(root)/tags/list", status: 200, has: #"["v1"]"#),
                        .init(path: "/v2/_catalog", status: 200, has: "acme/app"),
                        .init(path: referrers, status: 200, hasNot: "\(referrer.digest)"),
                        .init(path: "\(root)/manifests/v1", persona: .receiver, status: 404),
                    ], on: servers)
                try await scenario.push(referrer, to: "acme/app").requiring(201)
                try await scenario.share("acme/app")
                try await expect(
                    [
                        .init(path: referrers, status: 200, has: "\(referrer.digest)"),
                        .init(path: "\(root)/manifests/v1", persona: .receiver, status: 200),
                        .init(path: "/v2/_catalog", persona: .receiver, status: 200, has: "acme/app"),
                    ], on: servers)

                try await scenario.send("DELETE", "\(root)/manifests/\(referrer.digest)").requiring(202)
                try await expect([.init(path: referrers, status: 200, hasNot: "\(referrer.digest)")], on: servers)
                try await scenario.send("DELETE", "\(root)/manifests/v1").requiring(202)
                try await expect(
                    [
                        .init(path: "\(root)/manifests/v1", status: 404),
                        .init(path: "\(root)/tags/list", status: 200, has: "[]"),
                    ], on: servers)
                try await scenario.send("DELETE", "\(root)/manifests/\(image.digest)").requiring(202)
                try await expect([.init(path: "\(root)/manifests/\(image.digest)", status: 404)], on: servers)
                try await scenario.send("DELETE", blob).requiring(202)
                try await expect([.init(path: blob, status: 404)], on: servers)
            }
        }
    }

    @Test("R-55 a blob that another process deletes and collects is nowhere claimed to be there")
    func collectedElsewhere() async throws {
        try await withScenario { scenario in
            let image = try SampleManifest.image("collected elsewhere")
            try await scenario.push(image, to: "acme/app", tag: "v1")
            for blob in image.blobs { #expect(try await scenario.holds(blob, in: "acme/app")) }
            let other = try await openTestRegistry(in: scenario.server.directory, clock: scenario.server.clock)
            try await other.removeRepository(RepositoryName(parsing: "acme/app"), by: .dataOperator)
            scenario.server.clock.advance(by: 1)
            #expect(try await other.collectGarbage(grace: .zero).deletedBlobs == image.blobs.count)
            try await expectGone(image.blobs, of: image, in: scenario)
            #expect(try await scenario.push(image, to: "acme/app", tag: "v1").status == 201)
            for blob in image.blobs { #expect(try await scenario.holds(blob, in: "acme/app")) }
        }
    }

    @Test(
        "R-55 a blob whose file is lost or cut is missing to everyone who asks, and the next push heals it",
        arguments: [true, false])
    func lostFile(isRemoved: Bool) async throws {
        try await withScenario { scenario in
            let image = try SampleManifest.image("lost behind the server's back")
            try await scenario.push(image, to: "acme/app", tag: "v1")
            let layer = try #require(image.blobs.last)
            #expect(try await scenario.holds(layer, in: "acme/app"))
            let path = scenario.server.path(of: layer.digest)
            try FileManager.default.removeItem(atPath: path)
            if !isRemoved { try Data(layer.bytes.dropLast()).write(to: URL(filePath: path)) }

            try await expectGone([layer], of: image, in: scenario)
            #expect(try await scenario.push(layer, to: "acme/app").status == 201)
            #expect(try await scenario.holds(layer, in: "acme/app"))
            #expect(try await scenario.send("GET", "/v2/acme/app/manifests/v1").body == image.bytes)
            #expect(try await scenario.registry.verify().isClean)
        }
    }

    /// Asks in every way for blobs that are gone.
    private func expectGone(_ blobs: [SampleBlob], of image: SampleManifest, in scenario: Scenario) async throws {
        for blob in blobs {
            for method in ["HEAD", "GET"] {
                #expect(try await scenario.send(method, "/v2/acme/app/blobs/\(blob.digest)").status == 404)
            }
            for query in ["mount=\(blob.digest)&from=acme/app", "mount=\(blob.digest)"] {
                #expect(try await scenario.send("POST", "/v2/acme/web/blobs/uploads/?\(query)").status == 202)
            }
        }
        let refused = try await scenario.put(image, to: "acme/app", tag: "v2")
        #expect(refused.status == 400 && refused.errorCodes.contains("MANIFEST_BLOB_UNKNOWN"))
        for blob in blobs { #expect(refused.text.contains("\(blob.digest)")) }
    }
}
