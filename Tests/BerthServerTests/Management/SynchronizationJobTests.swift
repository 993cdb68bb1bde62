import BerthAccess
import BerthCatalog
import BerthOCI
import BerthRegistry
import BerthTestSupport
import Foundation
import NIOCore
import Testing

extension Office {
    /// An office that can copy to region-2.
    fileprivate static func synchronizing(
        timeout: Duration = .seconds(60)
    ) async throws -> Office {
        var settings = RegistrySettings()
        settings.remoteRegions = [try Region(parsing: "region-1"), try Region(parsing: "region-2")]
        settings.synchronizationTimeout = timeout
        return try await Office(settings: settings)
    }

    /// Pushes a manifest with its blobs, as a client does.
    fileprivate func publish(
        _ manifest: SampleManifest, tag: String? = nil, by pusher: String = "acme/writer"
    ) async throws {
        guard case .caller(let caller) = try await user(pusher) else { return }
        for blob in manifest.blobs {
            let bytes = AsyncThrowingStream<ByteBuffer, any Error> { stream in
                stream.yield(ByteBuffer(bytes: blob.bytes))
                stream.finish()
            }
            _ = try await registry.pushBlob(blob.digest, to: ferry, bytes: bytes, for: caller)
        }
        _ = try await registry.pushManifest(
            IncomingManifest(
                bytes: manifest.bytes, contentType: manifest.mediaType, reference: .digest(manifest.digest),
                tags: try tag.map { [try TagName(parsing: $0)] } ?? []),
            to: ferry, for: caller)
    }

    fileprivate func target(_ organization: String = "ships", in region: String = "region-2") throws
        -> SynchronizationTarget
    {
        SynchronizationTarget(
            region: try Region(parsing: region), organization: try OrganizationName(parsing: organization))
    }

    fileprivate func setRule(
        automatic: Bool = true, overrides: Bool = false, to target: SynchronizationTarget? = nil,
        by actor: Administrator = .dataOperator
    ) async throws {
        try await registry.setSynchronization(
            to: target ?? self.target(), isAutomatic: automatic, overrides: overrides, of: ferry, by: actor)
    }

    fileprivate func copy(
        _ tags: String..., overriding: Bool = false, by actor: Administrator = .dataOperator
    ) async throws {
        try await registry.synchronize(
            try tags.map { try TagName(parsing: $0) }, of: ferry, to: target(), overriding: overriding, by: actor)
    }

    /// Performs all jobs that are due, one after the other.
    fileprivate func work(through remote: MemoryRegistry) async throws {
        while let job = try await registry.takeSynchronizationJob() {
            try await registry.perform(job, through: remote)
        }
    }

    /// The newest first.
    fileprivate func jobs() async throws -> [SynchronizationJob] {
        try await registry.synchronizationJobs(
            of: ferry, newestFirst: true, offset: 0, limit: 1000, by: .dataOperator
        ).entries
    }
}

@Suite("Synchronization jobs")
struct SynchronizationJobTests {
    @Test("an index arrives with its images, what refers to any of them and cosign's tags, each after what it needs")
    func everything() async throws {
        let office = try await Office.synchronizing()
        let remote = MemoryRegistry()
        let first = try SampleManifest.image("first")
        let second = try SampleManifest.image("second")
        let index = try SampleManifest.index(of: [first.descriptor, second.descriptor])
        let report = try SampleManifest.image("report", artifactType: "a/sbom", subject: first.descriptor)
        let ofReport = try SampleManifest.image("of the report", artifactType: "a/sig", subject: report.descriptor)
        let signature = try SampleManifest.image("signature")
        let other = try SampleManifest.image("other")
        for manifest in [first, second] { try await office.publish(manifest) }
        try await office.publish(index, tag: "v1")
        try await office.publish(ofReport)
        try await office.publish(report)
        try await office.publish(signature, tag: "sha256-\(index.digest.hex).sig")
        try await office.publish(other, tag: "v2")
        try await office.copy("v1")
        try await office.work(through: remote)
        #expect(try await office.jobs().map(\.status) == [.success])
        for manifest in [first, second, index, report, ofReport, signature] {
            #expect(remote.bytes(of: manifest.digest) == manifest.bytes)
        }
        #expect(remote.bytes(of: other.digest) == nil)
        #expect(
            remote.tags == [
                "ships/ferry:v1": index.digest, "ships/ferry:sha256-\(index.digest.hex).sig": signature.digest,
            ])
        #expect(remote.events.last == .tag("ships/ferry:v1"))
    }

    @Test("a second copy sends nothing that is there")
    func skips() async throws {
        let office = try await Office.synchronizing()
        let remote = MemoryRegistry()
        try await office.publish(try SampleManifest.image("image"), tag: "v1")
        try await office.copy("v1")
        try await office.work(through: remote)
        let events = remote.events
        try await office.copy("v1", overriding: true)
        try await office.work(through: remote)
        #expect(try await office.jobs().map(\.status) == [.success, .success])
        #expect(remote.events == events)
    }

    @Test("a tag that is there already is left alone, unless it is to be overridden", arguments: [true, false])
    func existing(overriding: Bool) async throws {
        let office = try await Office.synchronizing()
        let remote = MemoryRegistry()
        let image = try SampleManifest.image("image")
        let old = SampleBlob("old").digest
        remote.setTag("v1", in: "ships/ferry", to: old)
        try await office.publish(image, tag: "v1")
        try await office.copy("v1", overriding: overriding)
        try await office.work(through: remote)
        #expect(try await office.jobs().map(\.status) == [overriding ? .success : .existed])
        #expect(remote.tags == ["ships/ferry:v1": overriding ? image.digest : old])
    }

    @Test("an automatic rule copies what is pushed after it, in the name of who pushed; another copies nothing")
    func automatic() async throws {
        let office = try await Office.synchronizing()
        let remote = MemoryRegistry()
        try await office.publish(try SampleManifest.image("before"), tag: "old")
        try await office.setRule(automatic: false)
        try await office.publish(try SampleManifest.image("not yet"), tag: "v1")
        #expect(try await office.jobs().isEmpty)
        try await office.setRule(automatic: true)
        try await office.publish(try SampleManifest.image("now"), tag: "v2")
        try await office.work(through: remote)
        let job = try #require(try await office.jobs().first)
        #expect(job.order.orderer.name == "acme/writer")
        #expect(job.order.orderer.id != nil)
        #expect(try await office.jobs().count == 1)
        #expect(Array(remote.tags.keys) == ["ships/ferry:v2"])
    }

    @Test("what fails in passing is tried again when its time has come, five times, and goes on where it was")
    func retries() async throws {
        let office = try await Office.synchronizing()
        let remote = MemoryRegistry()
        let image = try SampleManifest.image("image")
        try await office.publish(image, tag: "v1")
        try await office.copy("v1")
        remote.fail([.passing], after: 1)
        try await office.work(through: remote)
        #expect(try await office.jobs().map(\.status) == [.waiting])
        #expect(try await office.jobs().first?.detail == RemoteFailure.passing.reason)
        #expect(remote.events.count == 1)
        office.clock.advance(by: 10)
        try await office.work(through: remote)
        #expect(try await office.jobs().map(\.status) == [.success])
        #expect(Set(remote.events).count == remote.events.count)

        remote.fail(Array(repeating: .passing, count: 100))
        try await office.publish(try SampleManifest.image("another"), tag: "v2")
        try await office.copy("v2")
        for _ in 0..<10 {
            try await office.work(through: remote)
            office.clock.advance(by: 2 * 60 * 60)
        }
        let job = try #require(try await office.jobs().first)
        #expect(job.status == .failed)
        #expect(job.attempts == 6)
    }

    @Test("what fails for good is tried once")
    func finalFailure() async throws {
        let office = try await Office.synchronizing()
        let remote = MemoryRegistry()
        try await office.publish(try SampleManifest.image("image"), tag: "v1")
        remote.fail([.lasting])
        try await office.copy("v1")
        try await office.work(through: remote)
        let job = try #require(try await office.jobs().first)
        #expect(job.status == .failed)
        #expect(job.detail == RemoteFailure.lasting.reason)
    }

    @Test("a job that a stop interrupted is begun again and is a success, although its tag is there")
    func resumed() async throws {
        let office = try await Office.synchronizing()
        let remote = MemoryRegistry()
        let image = try SampleManifest.image("image")
        try await office.publish(image, tag: "v1")
        try await office.copy("v1")
        // Taken and never performed: the server stopped after the last step and before it was noted.
        _ = try #require(try await office.registry.takeSynchronizationJob())
        remote.setTag("v1", in: "ships/ferry", to: image.digest)
        #expect(try await office.registry.takeSynchronizationJob() == nil)
        try await office.registry.resumeSynchronizations()
        try await office.work(through: remote)
        #expect(try await office.jobs().map(\.status) == [.success])
        #expect(remote.bytes(of: image.digest) == image.bytes)
    }

    @Test("a copy that takes too long ends as a timeout")
    func timeout() async throws {
        let office = try await Office.synchronizing(timeout: .zero)
        try await office.publish(try SampleManifest.image("image"), tag: "v1")
        try await office.copy("v1")
        let job = try #require(try await office.registry.takeSynchronizationJob())
        try await office.registry.perform(job, through: NeverAnswering())
        #expect(try await office.jobs().map(\.status) == [.timeout])
    }

    @Test("a tag that is gone fails a copy that was asked for, and cancels one that a rule made")
    func goneTag() async throws {
        let office = try await Office.synchronizing()
        let remote = MemoryRegistry()
        try await office.copy("v1")
        try await office.setRule()
        try await office.publish(try SampleManifest.image("image"), tag: "v2")
        guard case .caller(let manager) = try await office.user("acme/manager") else { return }
        try await office.registry.deleteTag(try TagName(parsing: "v2"), in: office.ferry, for: manager)
        try await office.work(through: remote)
        #expect(try await office.jobs().map(\.status) == [.cancel, .failed])
        #expect(remote.events.isEmpty)
    }

    @Test("removing a rule, or turning it off, ends its jobs that wait, and no others", arguments: [true, false])
    func cancelled(removing: Bool) async throws {
        let office = try await Office.synchronizing()
        try await office.setRule()
        try await office.publish(try SampleManifest.image("image"), tag: "v1")
        try await office.copy("v1")
        if removing {
            try await office.registry.removeSynchronization(
                to: try office.target(), of: office.ferry, by: .dataOperator)
        } else {
            try await office.setRule(automatic: false)
        }
        #expect(try await office.jobs().map(\.status) == [.waiting, .cancel])
    }

    @Test("a job whose rule goes while it is put off is not begun again", arguments: [true, false])
    func ruleGoneMeanwhile(isRemoved: Bool) async throws {
        let office = try await Office.synchronizing()
        let remote = MemoryRegistry()
        try await office.setRule()
        try await office.publish(try SampleManifest.image("image"), tag: "v1")
        let job = try #require(try await office.registry.takeSynchronizationJob())
        if isRemoved {
            try await office.registry.removeSynchronization(
                to: try office.target(), of: office.ferry, by: .dataOperator)
        } else {
            try await office.setRule(automatic: false)
        }
        remote.fail([.passing])
        try await office.registry.perform(job, through: remote)
        #expect(try await office.jobs().map(\.status) == [.cancel])
        #expect(remote.events.isEmpty)
    }

    @Test("a tag that is set there while its image is copied is left alone")
    func setMeanwhile() async throws {
        let office = try await Office.synchronizing()
        let remote = MemoryRegistry()
        let other = SampleBlob("another").digest
        try await office.publish(try SampleManifest.image("image"), tag: "v1")
        try await office.copy("v1")
        remote.afterFirstBlob { $0.setTag("v1", in: "ships/ferry", to: other) }
        try await office.work(through: remote)
        #expect(try await office.jobs().map(\.status) == [.existed])
        #expect(remote.tags == ["ships/ferry:v1": other])
    }

    @Test("what a stop interrupts is not counted as a failure")
    func interruptions() async throws {
        let office = try await Office.synchronizing()
        let remote = MemoryRegistry()
        try await office.publish(try SampleManifest.image("image"), tag: "v1")
        try await office.copy("v1")
        for _ in 0..<10 {
            _ = try #require(try await office.registry.takeSynchronizationJob())
            try await office.registry.resumeSynchronizations()
        }
        remote.fail([.passing])
        try await office.work(through: remote)
        #expect(try await office.jobs().map(\.status) == [.waiting])
        office.clock.advance(by: 10)
        try await office.work(through: remote)
        #expect(try await office.jobs().map(\.status) == [.success])
    }

    @Test("what refers to an image and comes later is copied after it, when the rule is automatic")
    func laterReferrer() async throws {
        let office = try await Office.synchronizing()
        let remote = MemoryRegistry()
        let image = try SampleManifest.image("image")
        let report = try SampleManifest.image("report", artifactType: "a/sbom", subject: image.descriptor)
        try await office.setRule()
        try await office.publish(image, tag: "v1")
        try await office.work(through: remote)
        try await office.publish(report)
        try await office.work(through: remote)
        #expect(try await office.jobs().map(\.status) == [.existed, .success])
        #expect(remote.bytes(of: report.digest) == report.bytes)
    }

    @Test("removing the image ends its jobs with it")
    func removedImage() async throws {
        let office = try await Office.synchronizing()
        let remote = MemoryRegistry()
        try await office.publish(try SampleManifest.image("image"), tag: "v1")
        try await office.copy("v1")
        let job = try #require(try await office.registry.takeSynchronizationJob())
        try await office.registry.removeRepository(office.ferry, by: .dataOperator)
        try await office.registry.perform(job, through: remote)
        #expect(remote.events.isEmpty)
        #expect(try await office.registry.takeSynchronizationJob() == nil)
    }

    @Test("jobs of the same kind that wait are one; two of an image are not under way together, nor many of a region")
    func together() async throws {
        let office = try await Office.synchronizing()
        try await office.publish(try SampleManifest.image("image"), tag: "v1")
        try await office.copy("v1", "1")
        try await office.copy("v1")
        #expect(try await office.jobs().count == 2)
        #expect(try await office.registry.takeSynchronizationJob() != nil)
        #expect(try await office.registry.takeSynchronizationJob() == nil)
    }
}

/// A region that takes requests and never answers.
private struct NeverAnswering: RemoteRegistries {
    func registry(of region: Region) -> (any RemoteRegistry)? { SilentRegistry() }
}
