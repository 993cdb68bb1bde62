import BerthOCI
import BerthTestSupport
import Foundation
import Testing

/// What another program, an older version or a bad disk may have left in the data directory.
@Suite struct DebrisTests {
    /// What stands at the place of a blob.
    enum Debris: Sendable, CaseIterable {
        case empty, half, tooLong, directory
    }

    @Test("R-13 debris at a blob's place is never served, and a new push replaces it", arguments: Debris.allCases)
    func knownBlob(debris: Debris) async throws {
        try await withFaultServer { site, server, client in
            let image = try SampleManifest.image("layer with debris")
            #expect(try await client.pushImage(image, as: "1").status == 201)
            let blob = try #require(image.blobs.last)
            try Self.put(debris, at: site.installation.path(of: blob.digest), insteadOf: blob)
            try await expectRepair(of: blob, in: image, site, server, client, mayStay: debris == .directory)
        }
    }

    @Test(
        "R-13 debris where no blob was ever pushed is no blob, and the first push replaces it",
        arguments: Debris.allCases)
    func unknownBlob(debris: Debris) async throws {
        try await withFaultServer { site, server, client in
            let image = try SampleManifest.image("layer on debris")
            let blob = try #require(image.blobs.last)
            try Self.put(debris, at: site.installation.path(of: blob.digest), insteadOf: blob)
            try await expectRepair(of: blob, in: image, site, server, client, mayStay: debris == .directory)
        }
    }

    /// A blob is answered 404, cannot be mounted and makes no manifest acceptable, until it is pushed again.
    private func expectRepair(
        of blob: SampleBlob, in image: SampleManifest, _ site: FaultSite, _ server: BerthProcess,
        _ client: RepositoryClient, mayStay: Bool
    ) async throws {
        for method in ["HEAD", "GET"] {
            #expect(try await client.send(method, "blobs/\(blob.digest)").status == 404)
        }
        let mount = "/v2/ships/other/blobs/uploads/?mount=\(blob.digest)&from=\(client.repository)"
        #expect(try await client.send("POST", mount).status == 202)
        #expect(try await client.push(image, as: "2").errorCode == "MANIFEST_BLOB_UNKNOWN")
        for other in image.blobs where other.digest != blob.digest {
            #expect(try await client.push(other).status == 201)
        }
        let answer = try await client.push(blob, by: .chunks)
        if mayStay, answer.status != 201 {
            // A directory is nothing that a push may remove; it is told of, and gone when somebody has removed it.
            #expect(answer.status == 500 && answer.errorCode == "UNKNOWN")
            #expect(try await !site.verify().orphans.isEmpty)
            try FileManager.default.removeItem(atPath: site.installation.path(of: blob.digest))
            #expect(try await client.push(blob).status == 201)
        } else {
            #expect(answer.status == 201, "\(answer.text)")
        }
        #expect(try await client.push(image, as: "2").status == 201)
        #expect(try await client.holds(image, as: "2"))
        #expect(try await site.verify().damaged.isEmpty)
    }

    private static func put(_ debris: Debris, at path: String, insteadOf blob: SampleBlob) throws {
        let files = FileManager.default
        try? files.removeItem(atPath: path)
        try files.createDirectory(
            atPath: URL(fileURLWithPath: path).deletingLastPathComponent().path, withIntermediateDirectories: true)
        let bytes: [UInt8]
        switch debris {
        case .empty: bytes = []
        case .half: bytes = Array(blob.bytes.prefix(blob.bytes.count / 2))
        case .tooLong: bytes = blob.bytes + [0]
        case .directory: return try files.createDirectory(atPath: path, withIntermediateDirectories: false)
        }
        try #require(files.createFile(atPath: path, contents: Data(bytes), attributes: [.posixPermissions: 0o444]))
    }
}

/// One damaged record among sound ones.
@Suite struct DamagedRecordTests {
    struct Damage: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// What is done to the database of a stopped server; `?` is the digest of the manifest of `ships/broken`.
        var statement: String?
        /// Whether the tag and its manifest are answered all the same.
        var isServed = false
        /// Whether a push of the very image puts it right.
        var isHealed = false
    }

    static let damages = [
        Damage(
            testDescription: "bytes of a manifest",
            statement: "UPDATE manifest_bodies SET bytes = X'7B7D' WHERE digest = ?", isHealed: true),
        Damage(
            testDescription: "type of a manifest's bytes",
            statement: "UPDATE manifest_bodies SET bytes = 'text' WHERE digest = ?", isHealed: true),
        Damage(
            testDescription: "annotations of a manifest",
            statement: "UPDATE manifests SET annotations = '[1' WHERE digest = ?"),
        Damage(testDescription: "size of a manifest", statement: "UPDATE manifests SET size = 1.5 WHERE digest = ?"),
        Damage(
            testDescription: "tag without a manifest",
            statement: "UPDATE tags SET digest = 'sha256:00' WHERE digest = ?"),
        Damage(
            testDescription: "repository with a name that is none",
            statement: "UPDATE repositories SET description = X'FF' WHERE name = 'ships/broken' AND ? != ''",
            isServed: true),
    ]

    @Test(
        "R-14 one damaged row keeps the server from starting no more than it keeps others from being served",
        arguments: damages)
    func rows(damage: Damage) async throws {
        try await withFaultSite { site in
            let (sound, broken) = (try SampleManifest.image("sound"), try SampleManifest.image("broken"))
            try await withServer(on: site) { server, client async throws in
                #expect(try await client.pushImage(sound, as: "1").status == 201)
                #expect(try await site.client(of: server, "broken").pushImage(broken, as: "1").status == 201)
            }
            try await Self.execute(damage.statement ?? "", broken.digest, on: site)
            try await withServer(on: site) { server, client async throws in
                let answer = try await site.client(of: server, "broken").manifest("1")
                #expect(damage.isServed || answer.status == 404 || answer.status == 500, "\(answer.status)")
                if answer.status == 500 { #expect(server.log.contains("request failed")) }
                #expect(try await client.holds(sound, as: "1"))
                #expect(try await client.pushImage(try SampleManifest.image("next"), as: "2").status == 201)
                let owner = site.client(of: server, "broken")
                _ = try await owner.pushImage(broken, as: "1")
                if damage.isHealed { #expect(try await owner.holds(broken, as: "1")) }
                #expect(try await client.holds(sound, as: "1"))
            }
        }
    }

    @Test("R-14 strange names in uploads/ and blobs/ keep nobody from starting, serving or collecting")
    func strangeFiles() async throws {
        try await withFaultSite { site in
            let image = try SampleManifest.image("sound")
            try await withServer(on: site) { _, client async throws in
                #expect(try await client.pushImage(image, as: "1").status == 201)
            }
            let files = FileManager.default
            let storage = site.installation.storage
            let id = UUID().uuidString.lowercased()
            for directory in [
                "uploads/not an id", "uploads/\(id)", "blobs/md5", "blobs/sha256/zz", "blobs/sha256/ab/x",
            ] {
                try files.createDirectory(atPath: "\(storage)/\(directory)", withIntermediateDirectories: true)
            }
            try files.createSymbolicLink(
                atPath: "\(storage)/uploads/\(UUID().uuidString.lowercased())", withDestinationPath: "/etc/passwd")
            try #require(files.createFile(atPath: "\(storage)/uploads/\u{FF}\n", contents: Data("x".utf8)))
            try await withServer(on: site) { _, client async throws in
                #expect(try await client.send("GET", "blobs/uploads/\(id)").status == 404)
                #expect(try await client.holds(image, as: "1"))
                #expect(try await client.pushImage(try SampleManifest.image("next"), as: "2").status == 201)
                let collection = try await site.installation.run(["gc", "--grace", "0s"])
                #expect(collection.status == 0, "\(collection)")
                let answer = try await site.verify()
                #expect(answer.damaged.isEmpty && answer.orphans.count >= 5, "\(answer)")
                #expect(try await client.holds(image, as: "1"))
            }
            #expect(try files.attributesOfItem(atPath: "/etc/passwd")[.size] as? Int != 0)
        }
    }

    private static func execute(_ statement: String, _ digest: Digest, on site: FaultSite) async throws {
        let script = """
            import sqlite3, sys
            database = sqlite3.connect(sys.argv[1])
            assert database.execute(sys.argv[2], [sys.argv[3]]).rowcount == 1
            database.commit()
            """
        try await Tool.run([
            "python3", "-c", script, site.installation.storage + "/berth.sqlite", statement, digest.description,
        ]).orThrow()
    }
}
