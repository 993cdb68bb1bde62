import BerthOCI
import BerthTestSupport
import Foundation
import Testing

/// File systems that become read-only under a server, as they do when the kernel finds damage in them.
@Suite struct ReadOnlyDiskTests {
    @Test(
        "R-20 blobs that become read-only are pulled on, pushes fail with an error and leave nothing, and it heals itself",
        .enabled(if: PrivateMounts.isPossible, "this machine lets no test mount a file system"))
    func blobs() async throws {
        try await withSmallDisk("size=64m") { mounts, site, server, client async throws in
            let image = try SampleManifest.image("before")
            #expect(try await client.pushImage(image, as: "1").status == 201)
            let places = [site.installation.storage + "/blobs", site.installation.storage + "/uploads"]
            for place in places {
                try await mounts.run("mount", "--bind", place, place)
                try await mounts.run("mount", "-o", "remount,bind,ro", place)
            }
            for route in BlobRoute.allCases {
                let blob = SampleBlob("sent to a read-only disk \(route)")
                let answer = try await client.push(blob, by: route)
                #expect((500..<600).contains(answer.status) && answer.errorCode != nil, "\(answer.status)")
                #expect(try await client.send("HEAD", "blobs/\(blob.digest)").status == 404)
            }
            #expect(try await client.holds(image, as: "1"))

            for place in places { try await mounts.run("umount", place) }
            #expect(try await client.pushImage(try SampleManifest.image("after"), as: "2").status == 201)
            #expect(try await client.holds(image, as: "1"))
            #expect(try await site.verify().damaged.isEmpty)
        }
    }

    @Test(
        "R-20 a read-only disk is told as 503, and /readyz says so",
        .enabled(if: PrivateMounts.isPossible, "this machine lets no test mount a file system"))
    func told() async throws {
        try await withSmallDisk("size=64m") { mounts, site, server, client async throws in
            for place in ["/blobs", "/uploads"].map({ site.installation.storage + $0 }) {
                try await mounts.run("mount", "--bind", place, place)
                try await mounts.run("mount", "-o", "remount,bind,ro", place)
            }
            for route in BlobRoute.allCases {
                #expect(try await client.push(SampleBlob("bytes"), by: route).status == 503)
            }
            let ready = try await client.send("GET", "/readyz")
            #expect(ready.status == 200 && ready.text.contains("read-only"), "pulls are served")
        }
    }

    @Test("R-20 a database that becomes read-only refuses every change, serves every pull, and heals itself")
    func database() async throws {
        let faults = try await FailingCalls()
        try await withFaultServer(launcher: faults.launcher) { site, server, client async throws in
            let image = try SampleManifest.image("before")
            #expect(try await client.pushImage(image, as: "1").status == 201)
            for call in ["write", "fsync"] {
                try faults.arm(call, on: site.installation.storage + "/berth.sqlite", code: EROFS, nth: -1)
                for answer in [
                    try await client.push(image, as: "2"), try await client.startUpload(),
                    try await client.push(SampleBlob("bytes"), by: .single),
                    try await client.send("DELETE", "manifests/1"),
                ] {
                    #expect((500..<600).contains(answer.status) && answer.errorCode != nil, "\(answer.status)")
                }
                #expect(try await client.holds(image, as: "1"))
                #expect(try await client.tags() == ["1"])
                try faults.disarm()
            }
            #expect(try await client.pushImage(try SampleManifest.image("after"), as: "2").status == 201)
            #expect(try await site.faults().isEmpty)
            #expect(try await site.verify().damaged.isEmpty)
        }
    }
}
