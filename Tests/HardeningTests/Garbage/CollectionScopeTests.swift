import BerthAccess
import BerthCatalog
import BerthOCI
import BerthRegistry
import BerthTestSupport
import Foundation
import Testing

/// What garbage collection takes and what it never touches.
@Suite struct CollectionScopeTests {
    @Test("R-04 R-05 children of an index, and signatures with and without their subject, are content and stay")
    func edges() async throws {
        try await withScenario { scenario in
            let children = try (0..<3).map { try SampleManifest.image("child \($0)") }
            for child in children { try await scenario.push(child, to: "acme/app") }
            let index = try SampleManifest.index(of: children.map(\.descriptor))
            #expect(try await scenario.push(index, to: "acme/app", tag: "latest").status == 201)
            let subject = try SampleManifest.image("subject")
            try await scenario.push(subject, to: "acme/app", tag: "signed")
            let signature = try SampleManifest.image(
                "signature", artifactType: "application/vnd.example.signature", subject: subject.descriptor)
            try await scenario.push(signature, to: "acme/app")

            #expect(try await scenario.collectGarbage() == 0)
            for image in children + [subject, signature] {
                for blob in image.blobs { #expect(try await scenario.holds(blob, in: "acme/app")) }
                let path = "/v2/acme/app/manifests/\(image.digest)"
                #expect(try await scenario.send("GET", path).body == image.bytes)
            }

            #expect(try await scenario.send("DELETE", "/v2/acme/app/manifests/\(subject.digest)").status == 202)
            #expect(try await scenario.collectGarbage() == subject.blobs.count)
            for blob in signature.blobs { #expect(try await scenario.holds(blob, in: "acme/app")) }
            let referrers = try await scenario.send("GET", "/v2/acme/app/referrers/\(subject.digest)")
            #expect(referrers.text.contains("\(signature.digest)"))

            for digest in [index.digest, signature.digest] + children.map(\.digest) {
                #expect(try await scenario.send("DELETE", "/v2/acme/app/manifests/\(digest)").status == 202)
            }
            let all = (children + [signature]).flatMap(\.blobs).count
            #expect(try await scenario.collectGarbage() == all)
        }
    }

    @Test("R-06 a manifest whose bytes are damaged keeps everything that it refers to")
    func damagedManifest() async throws {
        try await withScenario { scenario in
            let (damaged, gone) = (try SampleManifest.image("damaged"), SampleBlob("of no image"))
            try await scenario.push(damaged, to: "acme/app", tag: "1")
            try await scenario.push(gone, to: "acme/app")
            try await Self.spoil(damaged, in: scenario.server.storage)
            #expect(try await scenario.collectGarbage() == 1)
            for blob in damaged.blobs { #expect(try await scenario.holds(blob, in: "acme/app")) }
            #expect(try await scenario.send("GET", "/v2/acme/app/manifests/1").status == 500)
            let report = try await scenario.registry.verify()
            #expect(report.damaged.contains { $0.contains("\(damaged.digest)") })
            #expect(try await scenario.push(damaged, to: "acme/app", tag: "1").status == 201)
            #expect(try await scenario.send("GET", "/v2/acme/app/manifests/1").body == damaged.bytes)
        }
    }

    @Test("R-07 a collection at the start of a server takes nothing that is in use: there is no index to be rebuilt")
    func atStart() async throws {
        let (image, directory) = try await withScenario { scenario in
            let image = try SampleManifest.image("kept")
            try await scenario.push(image, to: "acme/app", tag: "1")
            return (image, scenario.server.directory)
        }
        try await withServer(directory: directory) { server in
            server.clock.advance(by: 1)
            let report = try await server.registry.collectGarbage(grace: .zero)
            #expect(report.deletedBlobs == 0)
            for blob in image.blobs {
                #expect(FileManager.default.contents(atPath: server.path(of: blob.digest)) == Data(blob.bytes))
            }
        }
    }

    @Test("R-10 a dry run changes no byte of the store and tells what the real run then does")
    func dryRun() async throws {
        try await withScenario { scenario in
            try await scenario.push(try SampleManifest.image("kept"), to: "acme/app", tag: "1")
            let gone = try SampleManifest.image("to go")
            try await scenario.push(gone, to: "acme/app", tag: "2")
            #expect(try await scenario.send("DELETE", "/v2/acme/app/manifests/\(gone.digest)").status == 202)
            try await scenario.push(SampleBlob("of no image"), to: "acme/other")
            scenario.server.clock.advance(by: 1)

            let before = try Self.files(below: scenario.server.storage + "/blobs")
            let counted = try await scenario.registry.catalog.read { try $0.storedBlobs().count }
            let dry = try await scenario.registry.collectGarbage(grace: .zero, dryRun: true)
            #expect(try Self.files(below: scenario.server.storage + "/blobs") == before)
            let countedAfter = try await scenario.registry.catalog.read { try $0.storedBlobs().count }
            #expect(countedAfter == counted)

            let real = try await scenario.registry.collectGarbage(grace: .zero)
            #expect(real == dry)
            #expect(real.deletedBlobs == 3)
            let after = try Self.files(below: scenario.server.storage + "/blobs")
            let size = { (files: [String: Data]) in files.values.reduce(0) { $0 + $1.count } }
            #expect(Int64(size(before) - size(after)) == real.freedBytes)
        }
    }

    /// Changes the bytes of a manifest in the database, as a dying disk would.
    private static func spoil(_ manifest: SampleManifest, in storage: String) async throws {
        let script = """
            import sqlite3, sys
            database = sqlite3.connect(sys.argv[1])
            changed = database.execute("UPDATE manifest_bodies SET bytes = X'7B7D' WHERE digest = ?", [sys.argv[2]])
            database.commit()
            sys.exit(0 if changed.rowcount == 1 else 1)
            """
        try await Tool.run(["python3", "-c", script, storage + "/berth.sqlite", "\(manifest.digest)"]).orThrow()
    }

    /// Every file and its bytes.
    private static func files(below directory: String) throws -> [String: Data] {
        var files: [String: Data] = [:]
        for path in try FileManager.default.subpathsOfDirectory(atPath: directory) {
            files[path] = FileManager.default.contents(atPath: "\(directory)/\(path)")
        }
        return files
    }
}
