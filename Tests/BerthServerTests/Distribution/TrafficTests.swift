import BerthAccess
import BerthCatalog
import BerthOCI
import BerthRegistry
import BerthTestBasics
import BerthTestSupport
import Foundation
import Testing

@Suite("Counting pulls")
struct TrafficTests {
    private func pulls(_ scenario: Scenario) async throws -> Int64? {
        try await scenario.registry.recordTraffic()
        let name = try RepositoryName(parsing: "acme/app")
        return try await scenario.registry.catalog.read { try $0.repository(named: name)?.pullCount }
    }

    @Test("reading a manifest is a pull, asking whether it is there is none, and children of an index are not counted")
    func pulls() async throws {
        try await withScenario { scenario in
            let image = try SampleManifest.image()
            try await scenario.push(image, to: "acme/app")
            let index = try SampleManifest.index(of: [image.descriptor])
            try await scenario.push(index, to: "acme/app", tag: "v1")
            let other = try SampleManifest.image("of no index")
            try await scenario.push(other, to: "acme/app", tag: "v2")
            #expect(try await pulls(scenario) == 0)
            let path = "/v2/acme/app/manifests"
            for method in ["HEAD", "GET"] {
                #expect(try await scenario.send(method, "\(path)/v1").status == 200)
                #expect(try await scenario.send(method, "\(path)/\(image.digest)").status == 200)
            }
            #expect(try await pulls(scenario) == 1)
            #expect(try await scenario.send("GET", "\(path)/\(index.digest)").status == 200)
            #expect(try await scenario.send("GET", "\(path)/\(other.digest)").status == 200)
            #expect(try await pulls(scenario) == 3)
            #expect(try await scenario.send("GET", "\(path)/nothing").status == 404)
            #expect(try await scenario.send("GET", "\(path)/v1", as: .stranger).status == 404)
            #expect(try await pulls(scenario) == 3)
        }
    }

    @Test("a tag tells when what it names was last pulled, by that tag, by another or by digest, and never for a look")
    func lastPulls() async throws {
        try await withScenario { scenario in
            let image = try SampleManifest.image()
            for tag in ["v1", "stable"] { try await scenario.push(image, to: "acme/app", tag: tag) }
            try await scenario.push(try SampleManifest.image("another"), to: "acme/app", tag: "v2")
            let name = try RepositoryName(parsing: "acme/app")
            func lastPulls() async throws -> [String: Date] {
                try await scenario.registry.recordTraffic()
                let tags = try await scenario.registry.listTaggedImages(
                    of: name, TagSelection(by: .name), offset: 0, limit: nil, by: .dataOperator)
                return tags.elements.reduce(into: [:]) { $0[$1.name.description] = $1.pulledAt }
            }
            #expect(try await scenario.send("HEAD", "/v2/acme/app/manifests/v1").status == 200)
            #expect(try await lastPulls() == [:])
            #expect(try await scenario.send("GET", "/v2/acme/app/manifests/v1").status == 200)
            let first = scenario.server.clock.now
            #expect(try await lastPulls() == ["v1": first, "stable": first])
            scenario.server.clock.advance(by: 3600)
            // The second time comes from memory.
            for _ in 0..<2 {
                #expect(try await scenario.send("GET", "/v2/acme/app/manifests/\(image.digest)").status == 200)
            }
            let second = scenario.server.clock.now
            #expect(try await lastPulls() == ["v1": second, "stable": second])
        }
    }

    @Test("pulls are counted by day, for the account that owns what is pulled")
    func days() async throws {
        try await withScenario { scenario in
            try await scenario.push(try SampleManifest.image(), to: "acme/app", tag: "v1")
            try await scenario.share("acme/app")
            func pull(_ count: Int) async throws {
                for _ in 0..<count {
                    #expect(try await scenario.send("GET", "/v2/acme/app/manifests/v1", as: .receiver).status == 200)
                }
                try await scenario.registry.recordTraffic()
            }
            try await pull(2)
            scenario.server.clock.advance(by: 86_400)
            try await pull(1)
            try await pull(2)
            func days(of account: String) async throws -> [Int64] {
                let account = try AccountReference(parsing: account)
                return try await scenario.registry.dailyUsage(of: account, by: .dataOperator).map(\.pulls)
            }
            #expect(try await days(of: "acme").suffix(3) == [0, 2, 3])
            #expect(try await days(of: "bravo").allSatisfy { $0 == 0 })
        }
    }

    @Test("the bytes that were sent count for the owner, whoever pulls, and only those that were asked for")
    func bytes() async throws {
        try await withScenario { scenario in
            let image = try SampleManifest.image("the content of a layer")
            try await scenario.push(image, to: "acme/app", tag: "v1")
            try await scenario.share("acme/app")
            let layer = try #require(image.blobs.last)
            let path = "/v2/acme/app/blobs/\(layer.digest)"
            #expect(try await scenario.send("HEAD", path, as: .receiver).status == 200)
            #expect(try await scenario.send("GET", path, as: .receiver).status == 200)
            let part = try await scenario.send("GET", path, as: .receiver, headers: [("Range", "bytes=2-6")])
            #expect(part.status == 206 && part.body.count == 5)
            try await scenario.registry.recordTraffic()
            try await scenario.registry.recordTraffic()
            func sent(_ account: String) async throws -> Int64 {
                let name = try AccountName(parsing: account)
                return try await scenario.registry.overview(of: .name(name), by: .dataOperator).pulledBytes
            }
            #expect(try await sent("acme") == Int64(layer.bytes.count + 5))
            #expect(try await sent("bravo") == 0)
        }
    }

    @Test("what was counted of a repository or an account that is gone is passed over")
    func gone() async throws {
        try await withScenario { scenario in
            let image = try SampleManifest.image()
            try await scenario.push(image, to: "cargo/app", tag: "v1", as: .stranger)
            let path = "/v2/cargo/app/blobs/\(try #require(image.blobs.last).digest)"
            #expect(try await scenario.send("GET", path, as: .stranger).status == 200)
            #expect(try await scenario.send("GET", "/v2/cargo/app/manifests/v1", as: .stranger).status == 200)
            try await scenario.registry.removeRepository(RepositoryName(parsing: "cargo/app"), by: .dataOperator)
            try await scenario.registry.removeOrganization(OrganizationName(parsing: "cargo"), by: .dataOperator)
            try await scenario.registry.removeAccount(AccountReference(parsing: "cargo"), by: .dataOperator)
            try await scenario.registry.recordTraffic()
        }
    }

    @Test("a server that stops records what was pulled up to its end")
    func stopping() async throws {
        let directory = try TemporaryDirectory()
        let clock = ManualClock()
        try await withServer(clock: clock, directory: directory) { server in
            let scenario = try await Scenario(on: server)
            try await scenario.push(try SampleManifest.image(), to: "acme/app", tag: "v1")
            for _ in 0..<5 { _ = try await scenario.send("GET", "/v2/acme/app/manifests/v1") }
        }
        let registry = try await openTestRegistry(in: directory, clock: clock)
        let name = try RepositoryName(parsing: "acme/app")
        #expect(try await registry.catalog.read { try $0.repository(named: name)?.pullCount } == 5)
    }
}
