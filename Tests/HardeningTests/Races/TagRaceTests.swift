import BerthCatalog
import BerthOCI
import BerthRegistry
import BerthTestSupport
import Testing

/// One tag, many hands.
@Suite("Races for tags")
struct TagRaceTests {
    @Test("R-36 who reads a tag that moves gets one version: body, digest, type and length belong together")
    func flippingTag() async throws {
        try await withScenario { scenario in
            let image = try SampleManifest.image()
            try await scenario.push(image, to: "acme/app")
            let index = try SampleManifest.index(
                of: [image.descriptor], annotations: ["note": String(repeating: "long ", count: 2000)])
            let versions = [image, index]
            try await scenario.push(image, to: "acme/app", tag: "flip")
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for round in 0..<60 {
                        let version = versions[(round + 1) % 2]
                        try await scenario.put(version, to: "acme/app", tag: "flip").requiring(201)
                    }
                }
                for reader in 0..<4 {
                    group.addTask {
                        for _ in 0..<60 {
                            let answer = try await scenario.send(
                                reader == 0 ? "HEAD" : "GET", "/v2/acme/app/manifests/flip")
                            let version = try #require(
                                versions.first { answer.header("Docker-Content-Digest") == $0.digest.description })
                            #expect(answer.header("Content-Type") == version.mediaType.rawValue)
                            #expect(answer.header("Content-Length") == "\(version.bytes.count)")
                            #expect(answer.header("ETag") == "\"\(version.digest)\"")
                            #expect(reader == 0 || answer.body == version.bytes)
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test("R-37 one manifest put many times at once, by tag and by digest, is there once and counted once")
    func sameManifest() async throws {
        try await withScenario { scenario in
            let image = try SampleManifest.image()
            for blob in image.blobs { try await scenario.push(blob, to: "acme/app") }
            let statuses = try await scenario.atOnce(30) { scenario, number in
                try await scenario.put(image, to: "acme/app", tag: number.isMultiple(of: 2) ? "v1" : nil)
            }
            #expect(statuses == [Int](repeating: 201, count: 30))
            #expect(try await scenario.tags(of: "acme/app") == ["v1"])
            let bytes = Int64(image.bytes.count + image.blobs.map(\.bytes.count).reduce(0, +))
            let usage = try await scenario.usage(of: "acme")
            #expect(usage.repositories == 1 && usage.tags == 1 && usage.bytes == bytes)
            #expect(try await scenario.registry.verify().isClean)
        }
    }
}
