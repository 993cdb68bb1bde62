import BerthCatalog
import BerthOCI
import BerthRegistry
import BerthTestBasics
import BerthTestSupport
import Testing

/// What an account uses against what can be reached, after whatever happens.
@Suite("Accounting")
struct QuotaDriftTests {
    @Test(
        "R-45 after pushes, mounts, refused pushes, deletions and collections the usage is what can be reached",
        arguments: 1...4 as ClosedRange<UInt64>)
    func anySequence(seed: UInt64) async throws {
        try await withScenario { scenario in
            var history = try StorageHistory(seed: seed)
            for step in 0..<40 {
                let change = try await history.makeChange(in: scenario)
                #expect(
                    try await scenario.usage(of: "acme") == history.expected, "seed \(seed), step \(step): \(change)")
            }
            #expect(try await scenario.registry.verify().damaged == [])
        }
    }

    @Test("R-45 pushes at once never take more than the quota together, and what they take is counted")
    func atOnce() async throws {
        let images = try (0..<8).map { try SampleManifest.image("image number \($0)") }
        let size = Int64(images[0].bytes.count + images[0].blobs.map(\.bytes.count).reduce(0, +))
        var settings = RegistrySettings()
        settings.quotas = Quotas(tags: 6, storage: size * 3)
        try await withScenario(settings: settings) { scenario in
            for image in images {
                for blob in image.blobs { try await scenario.push(blob, to: "acme/app") }
            }
            let statuses = try await scenario.atOnce(8) { try await $0.put(images[$1], to: "acme/app", tag: "v\($1)") }
            #expect(statuses.sorted() == [201, 201, 201, 403, 403, 403, 403, 403])
            let usage = try await scenario.usage(of: "acme")
            #expect(usage.bytes == size * 3 && usage.tags == 3)
        }
    }

    @Test("R-45 an account above a quota that was lowered may delete, and push what is there, and nothing more")
    func lowered() async throws {
        let directory = try TemporaryDirectory()
        let images = try (0..<3).map { try SampleManifest.image("image number \($0)") }
        try await withServer(directory: directory) { server in
            let scenario = try await Scenario(on: server)
            for (number, image) in images.prefix(2).enumerated() {
                try await scenario.push(image, to: "acme/app", tag: "v\(number)")
            }
        }
        var settings = RegistrySettings()
        settings.quotas = Quotas(tags: 1, storage: 10)
        try await withServer(settings: settings, directory: directory) { server in
            let owner = Scenario.Persona.owner.credentials
            @Sendable func put(_ image: SampleManifest, _ tag: String) async throws -> Int {
                try await server.client.send(
                    "PUT", "/v2/acme/app/manifests/\(tag)",
                    headers: [owner, ("Content-Type", image.mediaType.rawValue)], body: .bytes(image.bytes)
                ).status
            }
            let layer = try #require(images[2].blobs.last)
            let more = try await server.client.send(
                "POST", "/v2/acme/app/blobs/uploads/?digest=\(layer.digest)", headers: [owner],
                body: .bytes(layer.bytes))
            #expect(more.status == 403)
            #expect(try await put(images[0], "v0") == 201)
            #expect(try await put(images[0], "v9") == 403)
            for reference in ["v0", "\(images[0].digest)", "\(images[1].digest)"] {
                let deleted = try await server.client.send(
                    "DELETE", "/v2/acme/app/manifests/\(reference)", headers: [owner])
                #expect(deleted.status == 202)
            }
            #expect(try await server.registry.verify().damaged == [])
        }
    }
}

/// Random changes of what an account stores, with a count of its own.
private struct StorageHistory {
    private let repositories = ["acme/a", "acme/b"]
    private let images: [SampleManifest]
    private var generator: SeededGenerator
    /// What each repository has: manifests by their place in `images`, tags to them.
    private var manifests: [String: Set<Int>] = [:]
    private var tags: [String: [String: Int]] = [:]
    private var published: Set<String> = []

    init(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let layers = (0..<6).map { number in
            SampleBlob(random: .random(in: 1...3000, using: &generator), seed: seed * 100 + UInt64(number))
        }
        images = try (0..<6).map { number in
            let chosen = (0..<Int.random(in: 1...4, using: &generator)).map { _ in generator.pick(layers) }
            return try SampleManifest.image("\(number)", of: chosen + [chosen[0]])
        }
        self.generator = generator
    }

    /// What the counters must say.
    var expected: AccountUsage {
        var bytes = 0
        for repository in repositories {
            var blobs: [Digest: Int] = [:]
            for number in manifests[repository] ?? [] {
                bytes += images[number].bytes.count
                for blob in images[number].blobs { blobs[blob.digest] = blob.bytes.count }
            }
            bytes += blobs.values.reduce(0, +)
        }
        return AccountUsage(
            repositories: published.count, tags: tags.values.map(\.count).reduce(0, +), bytes: Int64(bytes))
    }

    /// Makes one change over HTTP, notes it, and gives it in words.
    mutating func makeChange(in scenario: Scenario) async throws -> String {
        let repository = generator.pick(repositories)
        let number = Int.random(in: 0..<images.count, using: &generator)
        let image = images[number]
        switch Int.random(in: 0..<10, using: &generator) {
        case 0...3:
            let tag = "t\(Int.random(in: 0..<4, using: &generator))"
            #expect(try await scenario.push(image, to: repository, tag: tag).status == 201)
            published.insert(repository)
            manifests[repository, default: []].insert(number)
            tags[repository, default: [:]][tag] = number
            return "push of image \(number) as \(repository):\(tag)"
        case 4:
            let layer = generator.pick(image.blobs)
            for source in repositories {
                _ = try await scenario.send(
                    "POST", "/v2/\(repository)/blobs/uploads/?mount=\(layer.digest)&from=\(source)")
            }
            return "mount of a layer of image \(number) into \(repository)"
        case 5:
            let never = try SampleManifest.image("never", of: [SampleBlob("never pushed \(repository)")])
            #expect(try await scenario.put(never, to: repository, tag: "never").status == 400)
            return "refused push to \(repository)"
        case 6:
            let deleted = try await scenario.send("DELETE", "/v2/\(repository)/manifests/\(image.digest)")
            #expect((deleted.status == 202) == (manifests[repository]?.remove(number) != nil))
            tags[repository] = tags[repository]?.filter { $0.value != number }
            return "deletion of image \(number) in \(repository)"
        case 7:
            let tag = "t\(Int.random(in: 0..<4, using: &generator))"
            let deleted = try await scenario.send("DELETE", "/v2/\(repository)/manifests/\(tag)")
            #expect((deleted.status == 202) == (tags[repository]?.removeValue(forKey: tag) != nil))
            return "deletion of \(repository):\(tag)"
        case 8:
            try await scenario.collectGarbage()
            return "collection"
        default:
            let layer = generator.pick(image.blobs)
            let deleted = try await scenario.send("DELETE", "/v2/\(repository)/blobs/\(layer.digest)")
            #expect([202, 404, 405].contains(deleted.status))
            return "deletion of a layer of image \(number) in \(repository)"
        }
    }
}
