import BerthAccess
import BerthCatalog
import BerthOCI
import BerthOutbound
import BerthRegistry
import BerthServer
import BerthTestBasics
import BerthTestSupport
import Foundation
import Testing

/// What a server that copies to region-2 is set up with.
private func setUp(
    _ url: String, allowing blocks: [String] = ["127.0.0.1"]
) throws -> (settings: RegistrySettings, configuration: Server.Configuration) {
    let region = try #require(RemoteRegion("region-2=\(url)"))
    var settings = RegistrySettings()
    settings.remoteRegions = [region.region]
    var configuration = Server.Configuration()
    configuration.regions = [region]
    configuration.outbound.allowed = try blocks.map { try #require(AddressBlock($0)) }
    return (settings, configuration)
}

/// Runs the servers of two regions; the first copies to the second as its user acme/writer.
private func withTwoRegions(
    _ body: @escaping @Sendable (_ here: Scenario, _ there: Scenario) async throws -> Void
) async throws {
    try await withServer(region: try Region(parsing: "region-2")) { server in
        let there = try await Scenario(on: server)
        let credentials = "acme%2Fwriter:\(Scenario.Persona.writer.password.replacing("/", with: "%2F"))"
        let (settings, configuration) = try setUp("http://\(credentials)@127.0.0.1:\(server.port)")
        try await withServer(settings: settings, configuration: configuration) { server in
            try await body(try await Scenario(on: server), there)
        }
    }
}

private let app = "acme/app"

extension Scenario {
    fileprivate func copy(_ tags: String..., overriding: Bool = false, as persona: Persona = .owner) async throws {
        let tags = tags.map { "\"\($0)\"" }.joined(separator: ",")
        let answer = try await manage(
            "POST", "/v2/manage/namespaces/acme/repos/app/sync_images", as: persona,
            json:
                #"{"imageTag":[\#(tags)],"remoteRegionId":"region-2","remoteNamespace":"acme","override":\#(overriding)}"#
        )
        #expect(answer.status == 200)
    }

    /// Waits until the newest jobs have been tried, and gives them, the newest first.
    fileprivate func jobs(_ count: Int = 1) async throws -> [SynchronizationJob] {
        while true {
            let jobs = try await registry.synchronizationJobs(
                of: try RepositoryName(parsing: app), newestFirst: true, offset: 0, limit: count, by: .dataOperator
            ).entries
            let isOver = jobs.allSatisfy { $0.status != .running && ($0.status != .waiting || !$0.detail.isEmpty) }
            if jobs.count == count, isOver { return jobs }
            await Task.yield()
        }
    }

    fileprivate func manifest(_ reference: String) async throws -> TestResponse {
        try await send("GET", "/v2/\(app)/manifests/\(reference)")
    }
}

/// Copies from the server of one region to that of another.
@Suite("Two regions", .timeLimit(.minutes(2)))
struct TwoRegionsTests {
    @Test("an index arrives with its images, its referrers and its signature, byte for byte, and can be pulled")
    func index() async throws {
        try await withTwoRegions { here, there in
            let images = try ["first", "second"].map { try SampleManifest.image($0) }
            let index = try SampleManifest.index(of: images.map(\.descriptor))
            let report = try SampleManifest.image("report", artifactType: "a/sbom", subject: index.descriptor)
            let signature = try SampleManifest.image("signature")
            for image in images { try await here.push(image, to: app) }
            try await here.push(index, to: app, tag: "v1")
            try await here.push(report, to: app)
            let signatureTag = "sha256-\(index.digest.hex).sig"
            try await here.push(signature, to: app, tag: signatureTag)
            try await here.copy("v1", as: .writer)
            #expect(try await here.jobs().map(\.status) == [.success])
            for (reference, manifest) in [
                ("v1", index), (images[0].digest.description, images[0]), (images[1].digest.description, images[1]),
                (report.digest.description, report), (signatureTag, signature),
            ] {
                let answer = try await there.manifest(reference)
                #expect(answer.status == 200)
                #expect(answer.body == manifest.bytes)
            }
            let layer = try #require(images[0].blobs.last)
            #expect(try await there.send("GET", "/v2/\(app)/blobs/\(layer.digest)").body == layer.bytes)
            let referrers = try await there.send("GET", "/v2/\(app)/referrers/\(index.digest)").text
            #expect(referrers.contains(report.digest.description))
        }
    }

    @Test("a push is copied by itself, and blobs that a neighbour has there are not sent again")
    func automatic() async throws {
        try await withTwoRegions { here, there in
            try await here.push(try SampleManifest.image("before"), to: app, tag: "old")
            let rule = #"{"remoteRegionId":"region-2","remoteNamespace":"acme","syncAuto":true,"override":true}"#
            for repository in ["app", "other"] {
                let path = "/v2/manage/namespaces/acme/repos/\(repository)/sync_repo"
                if repository == "other" {
                    try await here.push(try SampleManifest.image("before"), to: "acme/other", tag: "old")
                }
                #expect(try await here.manage("POST", path, json: rule).status == 200)
            }
            let image = try SampleManifest.image("image")
            try await here.push(image, to: app, tag: "v1", as: .writer)
            let job = try #require(try await here.jobs().first)
            #expect(job.status == .success)
            #expect(job.order.orderer.name == "acme/writer")
            #expect(try await there.manifest("v1").body == image.bytes)
            #expect(try await there.manifest("old").status == 404)
            let next = try SampleManifest.image("next")
            try await here.push(next, to: app, tag: "v1")
            #expect(try await here.jobs(2).map(\.status) == [.success, .success])
            #expect(try await there.manifest("v1").body == next.bytes)
            let told = try await here.auditEntries().filter { $0.repository?.description == app }.map(\.line)
            let rules = told.filter { $0.contains(" repository.update ") }
            #expect(rules == ["acme/acme repository.update done acme/app 127.0.0.1 (copies to acme in region-2 set)"])
            let copies = told.filter { $0.contains(" copy ") }
            #expect(
                copies == [
                    "synchronization copy done acme/app:v1@  (to acme in region-2, for acme/writer)",
                    "synchronization copy done acme/app:v1@  (to acme in region-2, for acme/acme)",
                ])
        }
    }

    @Test("a tag that is there is left as it is, and set anew when it is to be overridden")
    func existing() async throws {
        try await withTwoRegions { here, there in
            let (old, new) = (try SampleManifest.image("old"), try SampleManifest.image("new"))
            try await there.push(old, to: app, tag: "v1")
            try await here.push(new, to: app, tag: "v1")
            try await here.copy("v1")
            #expect(try await here.jobs().map(\.status) == [.existed])
            #expect(try await there.manifest("v1").body == old.bytes)
            try await here.copy("v1", overriding: true)
            #expect(try await here.jobs().map(\.status) == [.success])
            #expect(try await there.manifest("v1").body == new.bytes)
        }
    }

    @Test("content with other digests and layers that are elsewhere are copied as they are")
    func unusual() async throws {
        try await withTwoRegions { here, there in
            let image = try SampleManifest.image("long", algorithm: .sha512)
            try await here.push(image, to: app)
            let set = try await here.send(
                "PUT", "/v2/\(app)/manifests/\(image.digest)?tag=long",
                headers: [("Content-Type", image.mediaType.rawValue)], body: .bytes(image.bytes))
            #expect(set.status == 201)
            let config = SampleBlob("{}", mediaType: .ociConfig)
            let elsewhere = String(repeating: "a", count: 64)
            let foreign = SampleManifest(
                bytes: Array(
                    """
                    { "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
                      "config": {"mediaType": "\(MediaType.ociConfig)", "digest": "\(config.digest)", "size": 2},
                      "layers": [{"mediaType": "application/vnd.oci.image.layer.nondistributable.v1.tar",
                        "digest": "sha256:\(elsewhere)", "size": 5, "urls": ["http://127.0.0.1:1/layer"]}] }
                    """.utf8), mediaType: .ociManifest, blobs: [config])
            try await here.push(foreign, to: app, tag: "foreign")
            try await here.copy("long", "foreign")
            #expect(try await here.jobs(2).map(\.status) == [.success, .success])
            #expect(try await there.manifest("long").body == image.bytes)
            #expect(try await there.manifest("foreign").body == foreign.bytes)
        }
    }

    @Test("an organization that is not there fails the job, and its owner learns no address")
    func refused() async throws {
        try await withTwoRegions { here, there in
            try await here.push(try SampleManifest.image(), to: app, tag: "v1")
            let answer = try await here.manage(
                "POST", "/v2/manage/namespaces/acme/repos/app/sync_images",
                json: #"{"imageTag":["v1"],"remoteRegionId":"region-2","remoteNamespace":"nowhere"}"#)
            #expect(answer.status == 200)
            let job = try #require(try await here.jobs().first)
            #expect(job.status == .failed)
            #expect(!job.detail.contains("127.0.0.1"))
            #expect(!here.server.log.lines.contains { $0.contains("password-of") })
        }
    }

    @Test("a region at an internal address that is not allowed is never called")
    func guarded() async throws {
        try await withReceiver { receiver in
            let (settings, configuration) = try setUp(
                "http://user:password@127.0.0.1:\(receiver.port)", allowing: [])
            try await withServer(settings: settings, configuration: configuration) { server in
                let here = try await Scenario(on: server)
                try await here.push(try SampleManifest.image(), to: app, tag: "v1")
                try await here.copy("v1")
                #expect(try await here.jobs().map(\.status) == [.failed])
                #expect(receiver.requests.isEmpty)
            }
        }
    }

    @Test("a copy goes on after the region broke off in the middle, and after this server was stopped")
    func interrupted() async throws {
        let directory = try TemporaryDirectory()
        let clock = ManualClock()
        let image = try SampleManifest.image("image")
        // Everything is absent, and the first blob is never taken.
        let respond: HTTPReceiver.Responder = { request in
            switch request.method {
            case "HEAD": .init(404)
            case "POST": .init(202, headers: [("Location", "/v2/acme/app/blobs/uploads/1")])
            default: .silence
            }
        }
        try await withReceiver(respond: respond) { receiver in
            let (settings, configuration) = try setUp("http://127.0.0.1:\(receiver.port)")
            try await withServer(
                settings: settings, configuration: configuration, clock: clock, directory: directory
            ) { server in
                let here = try await Scenario(on: server)
                try await here.push(image, to: app, tag: "v1")
                try await here.copy("v1")
                var count = 1
                while await !receiver.requests(count: count).contains(where: { $0.method == "PUT" }) { count += 1 }
            }
        }
        try await withServer(region: try Region(parsing: "region-2")) { remote in
            let there = try await Scenario(on: remote)
            let (settings, configuration) = try setUp("http://acme:password-of-acme@127.0.0.1:\(remote.port)")
            try await withServer(
                settings: settings, configuration: configuration, clock: clock, directory: directory
            ) { server in
                let registry = server.registry
                let name = try RepositoryName(parsing: app)
                var status: SynchronizationJob.Status?
                while status != .success {
                    status = try await registry.synchronizationJobs(
                        of: name, newestFirst: true, offset: 0, limit: 1, by: .dataOperator
                    ).entries.first?.status
                    await Task.yield()
                }
            }
            #expect(try await there.manifest("v1").body == image.bytes)
        }
    }
}
