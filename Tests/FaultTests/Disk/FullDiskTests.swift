import BerthOCI
import BerthTestSupport
import Foundation
import Testing

/// Disks that are full, for the whole registry or a part of it.
@Suite(.enabled(if: PrivateMounts.isPossible, "this machine lets no test mount a file system"))
struct FullDiskTests {
    private static let tooLarge = SampleBlob([UInt8](repeating: 3, count: 70 * 1024 * 1024))

    @Test("R-15 a blob larger than the disk is 507 and leaves nothing, or the true offset; pulls and deletes go on")
    func largeBlob() async throws {
        try await withSmallDisk("size=64m") { mounts, site, server, client async throws in
            let (kept, deleted) = (try SampleManifest.image("kept"), try SampleManifest.image("deleted"))
            #expect(try await client.pushImage(kept, as: "kept").status == 201)
            #expect(try await client.pushImage(deleted, as: "deleted").status == 201)

            try expectFull(try await client.push(Self.tooLarge, by: .single))
            #expect(try FileManager.default.contentsOfDirectory(atPath: site.storage + "/uploads").isEmpty)

            var upload: OpenUpload? = nil
            try expectFull(try await client.push(Self.tooLarge, by: .put, keeping: &upload))
            let open = try #require(upload)
            let id = try #require(open.location.split(separator: "/").last)
            let attributes = try FileManager.default.attributesOfItem(atPath: "\(site.storage)/uploads/\(id)")
            let size = try #require(attributes[.size] as? Int)
            let status = try await client.send("GET", open.location)
            #expect(size > 40 << 20 && status.status == 204 && status.header("Range") == "0-\(size - 1)")

            // The upload holds all that uploads may take. Nothing of it is visible, and everything else goes on.
            #expect(try await client.send("HEAD", "blobs/\(Self.tooLarge.digest)").status == 404)
            #expect(try await client.holds(kept, as: "kept"))
            #expect(try await client.push(kept, as: "again").status == 201)
            #expect(try await client.send("DELETE", "manifests/\(deleted.digest)").status == 202)
            #expect(try await client.send("GET", "/readyz").status == 200)
            #expect(try await site.installation.run(["gc", "--grace", "0s"]).status == 0)
            #expect(try await site.installation.run(["org", "add", "boats", "--account", "acme"]).status == 0)
            try expectFull(try await client.push(SampleBlob([UInt8](repeating: 4, count: 5 << 20)), by: .single))

            #expect(try await client.send("DELETE", open.location).status == 204)
            let next = try SampleManifest.image(String(repeating: "there is room again ", count: 100_000))
            #expect(try await client.pushImage(next, as: "next").status == 201)
            #expect(try await client.holds(next, as: "next"))
            #expect(try await site.faults().isEmpty)
            #expect(try await site.verify().damaged.isEmpty)
        }
    }

    @Test("R-15 many small pushes fill a disk to a clean 507, and what is deleted makes room without a restart")
    func manyBlobs() async throws {
        try await withSmallDisk("size=24m") { mounts, site, server, client async throws in
            try await fillAndFree(site, client, blobSize: 1_500_000)
        }
    }

    @Test("R-17 a disk without a free inode answers 507, pulls and deletes go on, and what is deleted makes room")
    func inodes() async throws {
        try await withSmallDisk("size=64m,nr_inodes=60") { mounts, site, server, client async throws in
            try await fillAndFree(site, client, blobSize: 100)
        }
    }

    /// Pushes images until the disk is full, deletes all but the first and collects, and pushes again.
    private func fillAndFree(_ site: FaultSite, _ client: RepositoryClient, blobSize: Int) async throws {
        var stored: [SampleManifest] = []
        var last: TestResponse?
        while last == nil, stored.count < 100 {
            let name = "\(stored.count) "
            let image = try SampleManifest.image(String(repeating: name, count: blobSize / name.count))
            let answer = try await client.pushImage(image, as: "\(stored.count)")
            if answer.status == 201 { stored.append(image) } else { last = answer }
        }
        try expectFull(try #require(last))
        #expect(stored.count > 2)
        for _ in 1...3 {
            // Also with several at once, which compete for what is left.
            try await withThrowingTaskGroup(of: TestResponse.self) { group in
                for index in 1...4 {
                    let blob = SampleBlob([UInt8](repeating: UInt8(index), count: blobSize * 8))
                    group.addTask { try await client.push(blob, by: .single) }
                }
                for try await answer in group where answer.status != 201 { try expectFull(answer) }
            }
        }
        for (index, image) in stored.enumerated() { #expect(try await client.holds(image, as: "\(index)")) }

        for image in stored.dropFirst() {
            #expect(try await client.send("DELETE", "manifests/\(image.digest)").status == 202)
        }
        let collection = try await site.installation.run(["gc", "--grace", "0s"])
        #expect(collection.status == 0, "\(collection)")
        // Not all of them: the database has grown meanwhile.
        for image in stored.dropFirst(stored.count / 2) {
            #expect(try await client.pushImage(image, as: "again").status == 201)
        }
        #expect(try await client.holds(try #require(stored.first), as: "0"))
        #expect(try await site.faults().isEmpty)
        #expect(try await site.verify().damaged.isEmpty)
    }

    private func expectFull(_ answer: TestResponse) throws {
        #expect(answer.status == 507 && answer.errorCode == "DENIED", "\(answer.status) \(answer.text)")
    }
}

/// The database on one volume and the blobs on another, of which one is full.
@Suite(.enabled(if: PrivateMounts.isPossible, "this machine lets no test mount a file system"))
struct TwoVolumeTests {
    @Test("R-16 with the blobs' volume full pushes of bytes are 507; tags, deletes and collections go on")
    func blobsFull() async throws {
        try await withTwoVolumes { volumes, site, server, client in
            let image = try SampleManifest.image("before")
            #expect(try await client.pushImage(image, as: "1").status == 201)
            try await volumes.fill(volumes.blobs)

            for route in BlobRoute.allCases {
                let answer = try await client.push(SampleBlob("a byte too many \(route)"), by: route)
                #expect(answer.status == 507 && answer.errorCode == "DENIED", "\(answer.status) \(answer.text)")
            }
            #expect(try await client.holds(image, as: "1"))
            #expect(try await client.push(image, as: "2").status == 201)
            #expect(try await client.send("DELETE", "manifests/1").status == 202)
            #expect(try await site.installation.run(["gc", "--grace", "0s"]).status == 0)

            try await volumes.empty(volumes.blobs)
            #expect(try await client.pushImage(try SampleManifest.image("after"), as: "3").status == 201)
            #expect(try await client.holds(image, as: "2"))
            #expect(try await site.verify().damaged.isEmpty)
        }
    }

    @Test("R-16 with the database's volume full nothing is acknowledged, pulls go on, and the database stays sound")
    func databaseFull() async throws {
        try await withTwoVolumes { volumes, site, server, client in
            let image = try SampleManifest.image("before")
            #expect(try await client.pushImage(image, as: "1").status == 201)
            try await volumes.fill(volumes.database)

            let refused = try await refusals(of: client)
            for answer in refused {
                #expect((500..<600).contains(answer.status) && answer.errorCode != nil, "\(answer.status)")
            }
            #expect(try await client.holds(image, as: "1"))

            try await volumes.empty(volumes.database)
            #expect(try await client.pushImage(try SampleManifest.image("after"), as: "2").status == 201)
            #expect(try await client.holds(image, as: "1"))
            #expect(try await site.verify().damaged.isEmpty)
        }
    }

    @Test(
        "R-16 a full volume of the database is told as 507 DENIED, as one of the blobs is")
    func databaseFullIsTold() async throws {
        try await withTwoVolumes { volumes, site, server, client in
            #expect(try await client.pushImage(try SampleManifest.image("before"), as: "1").status == 201)
            try await volumes.fill(volumes.database)
            for answer in try await refusals(of: client) {
                #expect(answer.status == 507 && answer.errorCode == "DENIED", "\(answer.status) \(answer.text)")
            }
        }
    }

    /// Asks for changes until the log of the database needs bytes that there are not, then for one of each kind.
    private func refusals(of client: RepositoryClient) async throws -> [TestResponse] {
        let image = try SampleManifest.image("before")
        var count = 0
        while try await client.push(image, as: "tag-\(count)").status == 201, count < 2_000 { count += 1 }
        let acknowledged = Set(try await client.tags())
        #expect(acknowledged.isSuperset(of: (0..<count).map { "tag-\($0)" }) && !acknowledged.contains("tag-\(count)"))
        return [
            try await client.push(image, as: "another"), try await client.startUpload(),
            try await client.push(SampleBlob("bytes without a row"), by: .single),
            try await client.send("DELETE", "manifests/1"),
        ]
    }
}

/// A storage directory whose database is a link to another volume.
private struct Volumes: Sendable {
    let mounts: PrivateMounts
    let blobs: String
    let database: String

    /// Takes all bytes that are free on a volume.
    func fill(_ path: String) async throws {
        _ = try await Tool.run(mounts.launcher + ["dd", "if=/dev/zero", "of=\(path)/filler", "bs=4k"])
        #expect(try await mounts.free(at: path) == 0)
    }

    func empty(_ path: String) async throws { try await mounts.run("rm", "\(path)/filler") }
}

private func withTwoVolumes(
    _ body: (Volumes, FaultSite, BerthProcess, RepositoryClient) async throws -> Void
) async throws {
    let mounts = try await PrivateMounts()
    let installation = try BerthInstallation(launcher: mounts.launcher)
    defer { installation.remove() }
    let volumes = Volumes(
        mounts: mounts, blobs: installation.storage, database: installation.directory + "/database")
    try await mounts.mountMemory(at: volumes.blobs, "size=16m")
    try await mounts.mountMemory(at: volumes.database, "size=4m")
    let site = try await FaultSite(in: installation, outside: mounts.outside)
    try await mounts.run(
        "sh", "-c", #"mv "$1"/berth.sqlite* "$2" && ln -s "$2/berth.sqlite" "$1/berth.sqlite""#, "sh", volumes.blobs,
        volumes.database)
    try await withBerthProcess(in: installation) { server async throws in
        try await body(volumes, site, server, site.client(of: server))
    }
}
