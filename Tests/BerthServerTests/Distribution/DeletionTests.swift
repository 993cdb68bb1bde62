import BerthBlobs
import BerthOCI
import BerthServer
import BerthTestBasics
import BerthTestSupport
import Testing

@Suite("Deletion, errors and the rest: rows O-55 to O-65")
struct DeletionTests {
    @Test("O-55 a deleted tag is gone at once, its manifest and other tags stay")
    func deleteTag() async throws {
        try await withScenario { scenario in
            let image = try SampleManifest.image()
            for tag in ["v1", "v2"] { try await scenario.push(image, to: "acme/app", tag: tag) }
            #expect(try await scenario.send("DELETE", "/v2/acme/app/manifests/v1").status == 202)
            #expect(try await scenario.send("HEAD", "/v2/acme/app/manifests/v1").status == 404)
            #expect(try await scenario.send("DELETE", "/v2/acme/app/manifests/v1").status == 404)
            #expect(try await scenario.send("HEAD", "/v2/acme/app/manifests/v2").status == 200)
            #expect(try await scenario.send("HEAD", "/v2/acme/app/manifests/\(image.digest)").status == 200)
            #expect(try await scenario.tags(of: "acme/app") == ["v2"])
        }
    }

    @Test("O-56 R-40 a deleted manifest takes its tags along, at once")
    func deleteManifest() async throws {
        try await withScenario { scenario in
            let (image, other) = (try SampleManifest.image("one"), try SampleManifest.image("two"))
            for tag in ["v1", "v2"] { try await scenario.push(image, to: "acme/app", tag: tag) }
            try await scenario.push(other, to: "acme/app", tag: "v3")
            #expect(try await scenario.send("DELETE", "/v2/acme/app/manifests/\(image.digest)").status == 202)
            for reference in ["v1", "v2", image.digest.description] {
                #expect(try await scenario.send("HEAD", "/v2/acme/app/manifests/\(reference)").status == 404)
            }
            #expect(try await scenario.tags(of: "acme/app") == ["v3"])
            #expect(try await scenario.send("DELETE", "/v2/acme/app/manifests/\(image.digest)").status == 404)
            #expect(try await scenario.send("DELETE", "/v2/acme/none/manifests/\(image.digest)").status == 404)
        }
    }

    @Test("R-41 a child of an index is not deleted under it")
    func deleteChild() async throws {
        try await withScenario { scenario in
            let child = try SampleManifest.image()
            try await scenario.push(child, to: "acme/app")
            let index = try SampleManifest.index(of: [child.descriptor])
            try await scenario.push(index, to: "acme/app", tag: "v1")
            let refused = try await scenario.send("DELETE", "/v2/acme/app/manifests/\(child.digest)")
            #expect(refused.status == 405)
            #expect(refused.errorCodes == ["UNSUPPORTED"])
            #expect(try await scenario.send("DELETE", "/v2/acme/app/manifests/\(index.digest)").status == 202)
            #expect(try await scenario.send("DELETE", "/v2/acme/app/manifests/\(child.digest)").status == 202)
        }
    }

    @Test("S-04 O-57 a deleted blob is gone here and stays elsewhere")
    func deleteBlob() async throws {
        try await withScenario { scenario in
            let blob = SampleBlob("shared bytes")
            for repository in ["acme/a", "acme/b"] { try await scenario.push(blob, to: repository) }
            #expect(try await scenario.send("DELETE", "/v2/acme/a/blobs/\(blob.digest)").status == 202)
            #expect(try await scenario.send("DELETE", "/v2/acme/a/blobs/\(blob.digest)").status == 404)
            #expect(try await scenario.send("GET", "/v2/acme/b/blobs/\(blob.digest)").body == blob.bytes)
            #expect(try await scenario.send("GET", "/v2/acme/a/blobs/\(blob.digest)").status == 404)
        }
    }

    @Test("R-43 a blob that an image needs is not deleted under it")
    func deleteUsedBlob() async throws {
        try await withScenario { scenario in
            let image = try SampleManifest.image()
            try await scenario.push(image, to: "acme/app", tag: "v1")
            let layer = image.blobs[1]
            #expect(try await scenario.send("DELETE", "/v2/acme/app/blobs/\(layer.digest)").status == 405)
            #expect(try await scenario.send("GET", "/v2/acme/app/blobs/\(layer.digest)").body == layer.bytes)
        }
    }

    @Test("S-09 O-58 a read-only registry answers 405 to pushes and deletions and serves pulls")
    func readOnly() async throws {
        let directory = try TemporaryDirectory()
        let image = try SampleManifest.image()
        try await withServer(directory: directory) { server in
            _ = try await Scenario(on: server).push(image, to: "acme/app", tag: "v1")
        }
        var configuration = Server.Configuration()
        configuration.isReadOnly = true
        try await withServer(configuration: configuration, directory: directory) { server in
            let credentials = TestClient.basic(Scenario.Persona.owner.rawValue, Scenario.Persona.owner.password)
            for (method, path) in [
                ("DELETE", "manifests/v1"), ("DELETE", "manifests/\(image.digest)"),
                ("DELETE", "blobs/\(image.blobs[0].digest)"), ("DELETE", "blobs/uploads/\(UploadID())"),
                ("POST", "blobs/uploads/"), ("PUT", "manifests/v2"),
            ] {
                let response = try await server.client.send(method, "/v2/acme/app/\(path)", headers: [credentials])
                #expect(response.status == 405, "\(method) \(path)")
                #expect(response.errorCodes == ["UNSUPPORTED"], "\(method) \(path)")
                #expect(response.header("Allow") == "GET, HEAD", "\(method) \(path)")
            }
            let scenario = Scenario(continuedOn: server)
            for path in ["/tags/v1", "/retentions/1", "/triggers/deploy", "/access-domains/bravo", "/access", ""] {
                let answer = try await scenario.manage("DELETE", "/v2/manage/namespaces/acme/repos/app\(path)")
                #expect(answer.status == 405, "\(path)")
            }
            #expect(try await scenario.manage("DELETE", "/v2/manage/namespaces/acme").status == 405)
            #expect(
                try await server.client.send("GET", "/v2/acme/app/manifests/v1", headers: [credentials]).status == 200)
        }
    }

    @Test(
        "O-59 every refusal has the error body of the specification",
        arguments: [
            ("GET", "/v2/acme/app/blobs/uploads/", 405, "UNSUPPORTED"),
            ("POST", "/v2/acme/app/tags/list", 405, "UNSUPPORTED"),
            ("PATCH", "/v2/acme/app/manifests/v1", 405, "UNSUPPORTED"), ("DELETE", "/v2/", 405, "UNSUPPORTED"),
            ("GET", "/v2/acme/app/none", 404, "NAME_INVALID"), ("GET", "/v2/ACME/app/tags/list", 400, "NAME_INVALID"),
            ("GET", "/v2/app/tags/list", 400, "NAME_INVALID"), ("GET", "/none", 404, "NAME_UNKNOWN"),
        ] as [(String, String, Int, String)])
    func errorBodies(method: String, path: String, status: Int, code: String) async throws {
        try await withScenario { scenario in
            let response = try await scenario.send(method, path)
            #expect(response.status == status)
            #expect(response.errorCodes == [code])
            #expect(response.header("Content-Type")?.hasPrefix("application/json") == true)
            if status == 405 { #expect(response.header("Allow")?.isEmpty == false) }
        }
    }

    @Test("O-63 the ns parameter of a proxying client changes nothing")
    func namespaceParameter() async throws {
        try await withScenario { scenario in
            let image = try SampleManifest.image()
            try await scenario.push(image, to: "acme/app", tag: "v1")
            #expect(
                try await scenario.send("GET", "/v2/acme/app/manifests/v1?ns=docker.io").body == image.bytes)
        }
    }
}
