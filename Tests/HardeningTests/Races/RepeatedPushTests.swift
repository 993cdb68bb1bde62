import BerthCatalog
import BerthOCI
import BerthRegistry
import BerthTestSupport
import Foundation
import Testing

/// What was there once, and what is not there yet.
@Suite("Pushed again and pushed too early")
struct RepeatedPushTests {
    @Test("R-42 what was deleted and collected is pushed again in full: nothing claims to be there that is not")
    func afterCollection() async throws {
        try await withScenario { scenario in
            let image = try SampleManifest.image("again")
            for _ in 0..<2 {
                #expect(try await scenario.push(image, to: "acme/app", tag: "v1").status == 201)
                for blob in image.blobs { #expect(try await scenario.holds(blob, in: "acme/app")) }
                #expect(try await scenario.send("DELETE", "/v2/acme/app/manifests/\(image.digest)").status == 202)
                #expect(try await scenario.collectGarbage() == image.blobs.count)
                for blob in image.blobs {
                    let path = "/v2/acme/app/blobs/\(blob.digest)"
                    #expect(try await scenario.send("HEAD", path).status == 404)
                    for query in ["mount=\(blob.digest)&from=acme/app", "mount=\(blob.digest)"] {
                        let mount = try await scenario.send("POST", "/v2/acme/web/blobs/uploads/?\(query)")
                        #expect(mount.status == 202)
                    }
                    #expect(!FileManager.default.fileExists(atPath: scenario.server.path(of: blob.digest)))
                }
                let early = try await scenario.put(image, to: "acme/app", tag: "v1")
                #expect(early.status == 400 && early.errorCodes.contains("MANIFEST_BLOB_UNKNOWN"))
            }
        }
    }

    @Test("R-42 what is pushed while it is being collected is there in full, or the push says that it is not")
    func duringCollection() async throws {
        try await withScenario { scenario in
            let image = try SampleManifest.image("collected")
            for _ in 0..<8 {
                try await scenario.push(image, to: "acme/app", tag: "v1")
                #expect(try await scenario.send("DELETE", "/v2/acme/app/manifests/\(image.digest)").status == 202)
                async let collected = scenario.collectGarbage()
                let pushed = try await scenario.push(image, to: "acme/app", tag: "v1")
                _ = try await collected
                #expect([201, 400].contains(pushed.status))
                if pushed.status == 201 {
                    for blob in image.blobs { #expect(try await scenario.holds(blob, in: "acme/app")) }
                } else {
                    #expect(pushed.errorCodes.contains("MANIFEST_BLOB_UNKNOWN"))
                    #expect(try await scenario.push(image, to: "acme/app", tag: "v1").status == 201)
                }
            }
        }
    }

    @Test("R-44 an index before its child is refused, names the child, and leaves no trace", arguments: [true, false])
    func missingChild(isRepositoryNew: Bool) async throws {
        try await withScenario { scenario in
            let (here, missing) = (try SampleManifest.image("here"), try SampleManifest.image("missing"))
            if !isRepositoryNew { try await scenario.push(here, to: "acme/app", tag: "v1") }
            let before = try await scenario.registry.catalog.read { try $0.counts() }
            let index = try SampleManifest.index(
                of: isRepositoryNew ? [missing.descriptor] : [here.descriptor, missing.descriptor])
            for tag in ["both", nil] {
                let refused = try await scenario.put(index, to: "acme/app", tag: tag)
                #expect(refused.status == 400 && refused.errorCodes == ["MANIFEST_BLOB_UNKNOWN"])
                #expect(refused.text.contains(missing.digest.description))
                #expect(!refused.text.contains(here.digest.description))
            }
            #expect(try await scenario.registry.catalog.read { try $0.counts() } == before)
            for reference in ["both", "\(index.digest)", "\(missing.digest)"] {
                #expect(try await scenario.send("HEAD", "/v2/acme/app/manifests/\(reference)").status == 404)
            }
            let lists = try await scenario.send("GET", "/v2/_catalog").text
            #expect(lists.contains("acme/app") != isRepositoryNew)
            if !isRepositoryNew { #expect(try await scenario.tags(of: "acme/app") == ["v1"]) }

            for child in [here, missing] { #expect(try await scenario.push(child, to: "acme/app").status == 201) }
            #expect(try await scenario.put(index, to: "acme/app", tag: "both").status == 201)
        }
    }
}
