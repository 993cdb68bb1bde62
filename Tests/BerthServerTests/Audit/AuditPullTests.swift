import BerthAccess
import BerthDatabase
import BerthOCI
import BerthRegistry
import BerthTestBasics
import BerthTestSupport
import Foundation
import Testing

@Suite("What the audit log tells of pulls")
struct AuditPullTests {
    @Test("an owner sees every pull under a share: who, of what, from where")
    func underShare() async throws {
        try await withScenario { scenario in
            let image = try SampleManifest.image()
            try await scenario.push(image, to: "acme/app", tag: "v1")
            try await scenario.share("acme/app")
            let layer = try #require(image.blobs.last)
            let last = try await scenario.lastAuditID()
            let base = "/v2/acme/app"
            for path in ["manifests/v1", "manifests/\(image.digest)", "blobs/\(layer.digest)"] {
                #expect(try await scenario.send("GET", "\(base)/\(path)", as: .receiverUser).status == 200)
                #expect(try await scenario.send("HEAD", "\(base)/\(path)", as: .receiverUser).status == 200)
            }
            try await scenario.registry.writeAudit()
            let seen = try await scenario.registry.listAudit(
                AuditFilter(repository: RepositoryName(parsing: "acme/app"), actions: AuditActions(parsing: "pull")),
                by: scenario.actor(.owner))
            #expect(
                seen.filter { $0.id > last }.reversed().map(\.line) == [
                    "bravo/user pull done acme/app:v1@ * 127.0.0.1", "bravo/user pull done acme/app@ * 127.0.0.1",
                    "bravo/user pull done acme/app@ * 127.0.0.1 (blob)",
                ])
            #expect(seen.map(\.digest) == [layer.digest, image.digest, image.digest])
            #expect(seen.allSatisfy { $0.account == "bravo" })
        }
    }

    @Test("a pull that a permission gives, or that everyone may make, is not under a share")
    func otherRights() async throws {
        try await withScenario { scenario in
            try await scenario.push(SampleManifest.image(), to: "acme/app", tag: "v1")
            try await scenario.share("acme/app")
            try await scenario.push(SampleManifest.image(), to: "acme/open", tag: "v1")
            try await scenario.registry.updateRepository(
                RepositoryName(parsing: "acme/open"), isPublic: true, by: .dataOperator)
            let token = try await scenario.token(for: nil, scope: "repository:acme/open:pull")
            let lines = try await scenario.told {
                for (path, persona) in [
                    ("acme/app", Scenario.Persona.reader), ("acme/app", .receiver), ("acme/open", .receiver),
                ] {
                    #expect(try await scenario.send("GET", "/v2/\(path)/manifests/v1", as: persona).status == 200)
                }
                let anonymous = try await scenario.client.send(
                    "GET", "/v2/acme/open/manifests/v1", headers: [TestClient.bearer(token)])
                #expect(anonymous.status == 200)
            }
            #expect(
                lines == [
                    "acme/reader pull done acme/app:v1@ 127.0.0.1", "bravo/bravo pull done acme/app:v1@ * 127.0.0.1",
                    "bravo/bravo pull done acme/open:v1@ 127.0.0.1", "anonymous pull done acme/open:v1@ 127.0.0.1",
                ])
        }
    }

    @Test("a blob that is mounted out of another account's image was pulled from there")
    func mounting() async throws {
        try await withScenario { scenario in
            let image = try SampleManifest.image()
            try await scenario.push(image, to: "acme/app", tag: "v1")
            try await scenario.share("acme/app")
            let layer = try #require(image.blobs.last)
            let query = "mount=\(layer.digest)&from=acme/app"
            let lines = try await scenario.told {
                for (repository, persona) in [("bravo/own", Scenario.Persona.receiver), ("acme/other", .owner)] {
                    let mounted = try await scenario.send(
                        "POST", "/v2/\(repository)/blobs/uploads/?\(query)", as: persona)
                    #expect(mounted.status == 201)
                }
            }
            #expect(lines == ["bravo/bravo pull done acme/app@ * 127.0.0.1 (blob, mounted into bravo/own)"])
        }
    }

    @Test("what is there twice before it is written is one record with its number, and no pull goes uncounted")
    func batching() async throws {
        try await withScenario { scenario in
            try await scenario.push(SampleManifest.image(), to: "acme/app", tag: "v1")
            let caller = try await scenario.caller(.reader)
            let name = try RepositoryName(parsing: "acme/app")
            let reference = ManifestReference.tag(try TagName(parsing: "v1"))
            let last = try await scenario.lastAuditID()
            for _ in 0..<100 {
                _ = try await scenario.registry.pullManifest(reference, from: name, for: caller)
            }
            let entries = try await scenario.auditEntries(after: last)
            #expect(entries.reduce(0) { $0 + $1.count } == 100)
            // A batch is written every second; were each pull written by itself, there would be a hundred.
            #expect(entries.count < 50)
            #expect(Set(entries.map { "\($0.actor) \($0.repository?.description ?? "") \($0.action)" }).count == 1)
        }
    }

    @Test("a server that stops writes down what was pulled up to its end")
    func stopping() async throws {
        let directory = try TemporaryDirectory()
        let clock = ManualClock()
        try await withServer(clock: clock, directory: directory) { server in
            let scenario = try await Scenario(on: server)
            try await scenario.push(SampleManifest.image(), to: "acme/app", tag: "v1")
            for _ in 0..<5 { _ = try await scenario.send("GET", "/v2/acme/app/manifests/v1") }
        }
        let registry = try await openTestRegistry(in: directory, clock: clock)
        let pulls = try await registry.listAudit(
            AuditFilter(actions: AuditActions(parsing: "pull")), by: .dataOperator)
        #expect(pulls.reduce(0) { $0 + $1.count } == 5)
    }

    @Test("a database that takes no records neither slows nor fails a pull, and what was pulled is told later")
    func fullDatabase() async throws {
        try await withScenario { scenario in
            let image = try SampleManifest.image()
            try await scenario.push(image, to: "acme/app", tag: "v1")
            try await scenario.share("acme/app")
            let last = try await scenario.lastAuditID()
            try await scenario.execute(
                "CREATE TRIGGER no_audit BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'the disk is full'); END")
            let path = "/v2/acme/app/manifests/v1"
            for _ in 0..<10 {
                #expect(try await scenario.send("GET", path, as: .receiver).status == 200)
                await #expect(throws: (any Error).self) { try await scenario.registry.writeAudit() }
            }
            try await scenario.execute("DROP TRIGGER no_audit")
            let pulls = try await scenario.auditEntries(after: last).filter { $0.action == .pull }
            #expect(pulls.reduce(0) { $0 + $1.count } == 10 && pulls.count < 10)
            #expect(pulls.allSatisfy { $0.line.hasPrefix("bravo/bravo pull done acme/app:v1@ * 127.0.0.1") })
        }
    }

    @Test("without days of audit nothing is told")
    func turnedOff() async throws {
        var settings = RegistrySettings()
        settings.auditDays = 0
        try await withScenario(settings: settings) { scenario in
            try await scenario.push(SampleManifest.image(), to: "acme/app", tag: "v1")
            try await scenario.share("acme/app")
            #expect(try await scenario.send("GET", "/v2/acme/app/manifests/v1", as: .receiver).status == 200)
            #expect(try await scenario.send("GET", "/v2/acme/app/manifests/v1", as: .stranger).status == 404)
            #expect(try await scenario.auditEntries().isEmpty)
        }
    }
}
