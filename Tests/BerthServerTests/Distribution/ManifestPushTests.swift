import BerthOCI
import BerthRegistry
import BerthTestSupport
import Testing

@Suite("Manifest push: rows O-29 to O-43")
struct ManifestPushTests {
    @Test("O-29 odd white space, key order and unknown fields come back as they were pushed")
    func exactBytes() async throws {
        try await withScenario { scenario in
            let image = try SampleManifest.image()
            for blob in image.blobs { try await scenario.push(blob, to: "acme/app") }
            let (config, layer) = (image.blobs[0].descriptor, image.blobs[1].descriptor)
            let text = """
                {  "layers" : [ {"size":\(layer.size),"digest":"\(layer.digest)", "mediaType":"\(layer.mediaType)", "x":1} ],
                \t"org.example.custom": {"deep": [null, true, 1e3]},
                "config":{"mediaType":"\(config.mediaType)","digest":"\(config.digest)","size":\(config.size)},
                   "schemaVersion":2, "mediaType":"\(MediaType.ociManifest)"}

                """
            let manifest = SampleManifest(bytes: Array(text.utf8), mediaType: .ociManifest)
            #expect(try await scenario.push(manifest, to: "acme/app", tag: "odd").status == 201)
            #expect(try await scenario.send("GET", "/v2/acme/app/manifests/odd").body == manifest.bytes)
        }
    }

    @Test("O-30 the Location of a push gives the manifest back", arguments: [true, false])
    func location(isByTag: Bool) async throws {
        try await withScenario { scenario in
            let image = try SampleManifest.image()
            let pushed = try await scenario.push(image, to: "acme/app", tag: isByTag ? "v1" : nil)
            #expect(pushed.status == 201)
            let location = try #require(pushed.header("Location"))
            #expect(location.hasPrefix("/v2/"))
            #expect(try await scenario.send("GET", location).body == image.bytes)
        }
    }

    @Test("O-31 a push by sha512 is answered with sha512, and is no sha256 manifest")
    func sha512() async throws {
        try await withScenario { scenario in
            let image = try SampleManifest.image(algorithm: .sha512)
            let pushed = try await scenario.push(image, to: "acme/app")
            #expect(pushed.header("Docker-Content-Digest") == image.digest.description)
            let other = SampleBlob(image.bytes, algorithm: .sha256).digest
            #expect(try await scenario.send("GET", "/v2/acme/app/manifests/\(other)").status == 404)
        }
    }

    @Test("O-32 a body of another digest is refused")
    func wrongDigest() async throws {
        try await withScenario { scenario in
            let image = try SampleManifest.image()
            for blob in image.blobs { try await scenario.push(blob, to: "acme/app") }
            let response = try await scenario.send(
                "PUT", "/v2/acme/app/manifests/\(image.digest)", headers: [("Content-Type", image.mediaType.rawValue)],
                body: .bytes(image.bytes + Array("  ".utf8)))
            #expect(response.status == 400)
            #expect(response.errorCodes == ["DIGEST_INVALID"])
            #expect(try await scenario.send("GET", "/v2/acme/app/manifests/\(image.digest)").status == 404)
        }
    }

    @Test(
        "O-33 O-34 parameters of the content type are dropped, a missing one is read from the body",
        arguments: [MediaType.ociManifest.rawValue + "; charset=utf-8", nil])
    func contentType(header: String?) async throws {
        try await withScenario { scenario in
            let image = try SampleManifest.image()
            for blob in image.blobs { try await scenario.push(blob, to: "acme/app") }
            let response = try await scenario.send(
                "PUT", "/v2/acme/app/manifests/v1", headers: header.map { [("Content-Type", $0)] } ?? [],
                body: .bytes(image.bytes))
            #expect(response.status == 201)
            #expect(
                try await scenario.send("GET", "/v2/acme/app/manifests/v1").header("Content-Type")
                    == MediaType.ociManifest.rawValue)
        }
    }

    @Test("O-35 S-61 a manifest of 3.9 MB is taken, one of more than 4 MiB is 413", arguments: [true, false])
    func size(isChunked: Bool) async throws {
        try await withScenario { scenario in
            let annotations = Dictionary(
                uniqueKeysWithValues: (0..<390).map { ("key\($0)", String(repeating: "x", count: 10_000)) })
            let large = try SampleManifest.image(annotations: annotations)
            #expect(try await scenario.push(large, to: "acme/app", tag: "large").status == 201)
            #expect(try await scenario.send("GET", "/v2/acme/app/manifests/large").body == large.bytes)
            let body = large.bytes + [UInt8](repeating: 32, count: Manifest.maximumSize + 1 - large.bytes.count)
            let refused = try await scenario.send(
                "PUT", "/v2/acme/app/manifests/larger", headers: [("Content-Type", large.mediaType.rawValue)],
                body: isChunked ? .chunked([body]) : .bytes(body))
            #expect(refused.status == 413)
            #expect(refused.errorCodes == ["SIZE_INVALID"])
        }
    }

    @Test(
        "O-36 O-37 a subject that is missing is fine, and the answer names it", arguments: [true, false], [true, false])
    func subject(isIndex: Bool, isByTag: Bool) async throws {
        try await withScenario { scenario in
            let subject = try SampleManifest.image("never pushed").descriptor
            let manifest =
                isIndex
                ? try SampleManifest.index(of: [], subject: subject) : try SampleManifest.image(subject: subject)
            let pushed = try await scenario.push(manifest, to: "acme/app", tag: isByTag ? "v1" : nil)
            #expect(pushed.status == 201)
            #expect(pushed.header("OCI-Subject") == subject.digest.description)
        }
    }

    @Test("S-14 O-38 content that is not in the repository is refused, every digest listed")
    func missingContent() async throws {
        try await withScenario { scenario in
            let image = try SampleManifest.image("elsewhere")
            try await scenario.push(image, to: "acme/elsewhere")
            let refused = try await scenario.send(
                "PUT", "/v2/acme/app/manifests/v1", headers: [("Content-Type", image.mediaType.rawValue)],
                body: .bytes(image.bytes))
            #expect(refused.status == 400)
            #expect(refused.errorCodes == ["MANIFEST_BLOB_UNKNOWN"])
            for blob in image.blobs {
                #expect(refused.text.contains(blob.digest.description))
                #expect(try await scenario.send("GET", "/v2/acme/app/blobs/\(blob.digest)").status == 404)
            }
            let index = try SampleManifest.index(of: [image.descriptor])
            let refusedIndex = try await scenario.push(index, to: "acme/app", tag: "index")
            #expect(refusedIndex.errorCodes == ["MANIFEST_BLOB_UNKNOWN"])
            #expect(refusedIndex.text.contains(image.digest.description))
        }
    }

    @Test("O-38 R-44 manifests may lack content where the setting allows it, and do not make it readable")
    func sparseManifests() async throws {
        var settings = RegistrySettings()
        settings.allowsSparseManifests = true
        try await withScenario(settings: settings) { scenario in
            let index = try SampleManifest.index(of: [SampleManifest.image("never pushed").descriptor])
            #expect(try await scenario.push(index, to: "acme/app", tag: "sparse").status == 201)
            let image = try SampleManifest.image("elsewhere")
            try await scenario.push(image, to: "acme/elsewhere")
            let sparse = SampleManifest(bytes: image.bytes, mediaType: image.mediaType)
            #expect(try await scenario.push(sparse, to: "acme/app", tag: "sparse-image").status == 201)
            #expect(try await scenario.send("GET", "/v2/acme/app/blobs/\(image.blobs[0].digest)").status == 404)
        }
    }

    @Test("O-39 non-distributable layers may be absent")
    func nonDistributable() async throws {
        try await withScenario { scenario in
            let config = SampleBlob("{}", mediaType: .ociConfig)
            let layer = SampleBlob("licensed").descriptor
            let text = """
                {"schemaVersion":2,"mediaType":"\(MediaType.ociManifest)","config":{"mediaType":"\(config.mediaType)",\
                "digest":"\(config.digest)","size":2},"layers":[{"mediaType":\
                "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip","digest":"\(layer.digest)",\
                "size":\(layer.size),"urls":["https://layers.example/licensed"]}]}
                """
            let manifest = SampleManifest(bytes: Array(text.utf8), mediaType: .ociManifest, blobs: [config])
            let pushed = try await scenario.push(manifest, to: "acme/app", tag: "v1")
            #expect(pushed.status == 201)
        }
    }

    @Test("O-40 O-41 shapes that must pass")
    func shapes() async throws {
        try await withScenario { scenario in
            let empty = SampleBlob("{}", mediaType: .emptyJSON)
            let custom = SampleBlob("{\"a\":1}", mediaType: MediaType(rawValue: "application/vnd.example.config+json"))
            func manifest(_ fields: String) -> SampleManifest {
                SampleManifest(
                    bytes: Array("{\"schemaVersion\":2,\"mediaType\":\"\(MediaType.ociManifest)\",\(fields)}".utf8),
                    mediaType: .ociManifest, blobs: [empty, custom])
            }
            func descriptor(_ blob: SampleBlob, _ extra: String = "") -> String {
                "{\"mediaType\":\"\(blob.mediaType)\",\"digest\":\"\(blob.digest)\",\"size\":\(blob.bytes.count)\(extra)}"
            }
            let shapes = [
                "no layers": manifest("\"config\":\(descriptor(custom)),\"layers\":[]"),
                "artifact":
                    manifest(
                        "\"artifactType\":\"application/vnd.example+type\",\"config\":\(descriptor(empty)),"
                            + "\"layers\":[\(descriptor(empty))]"),
                "data":
                    manifest(
                        "\"config\":\(descriptor(empty, ",\"data\":\"e30=\"")),\"layers\":[\(descriptor(custom))]"),
            ]
            for (name, shape) in shapes {
                #expect(try await scenario.push(shape, to: "acme/app", tag: "v1").status == 201, "\(name)")
                #expect(try await scenario.send("GET", "/v2/acme/app/manifests/v1").body == shape.bytes, "\(name)")
            }
            let emptyIndex = try SampleManifest.index(of: [])
            #expect(try await scenario.push(emptyIndex, to: "acme/app", tag: "empty").status == 201)
            let nested = try SampleManifest.index(
                of: [emptyIndex.descriptor], artifactType: "application/vnd.example+index")
            #expect(try await scenario.push(nested, to: "acme/app", tag: "nested").status == 201)
        }
    }

    @Test("S-11 O-42 tags in the query are set all or none")
    func tagParameters() async throws {
        try await withScenario { scenario in
            let image = try SampleManifest.image()
            for blob in image.blobs { try await scenario.push(blob, to: "acme/app") }
            func put(_ query: String) async throws -> TestResponse {
                try await scenario.send(
                    "PUT", "/v2/acme/app/manifests/\(image.digest)?\(query)",
                    headers: [("Content-Type", image.mediaType.rawValue)], body: .bytes(image.bytes))
            }
            let refused = try await put("tag=good&tag=.bad")
            #expect(refused.status == 400)
            #expect(try await scenario.send("GET", "/v2/acme/app/manifests/good").status == 404)
            #expect(try await put((0..<500).map { "tag=t\($0)" }.joined(separator: "&")).status == 414)
            let accepted = try await put((0..<10).map { "tag=t\($0)" }.joined(separator: "&") + "&tag=t3")
            #expect(accepted.status == 201)
            #expect(accepted.headers(named: "OCI-Tag") == (0..<10).map { "t\($0)" })
            #expect(try await scenario.tags(of: "acme/app") == (0..<10).map { "t\($0)" })
        }
    }

    @Test(
        "O-43 a tag outside the grammar is refused",
        arguments: [String(repeating: "a", count: 129), ".a", "-a", "a%20b"])
    func badTag(tag: String) async throws {
        try await withScenario { scenario in
            let image = try SampleManifest.image()
            let response = try await scenario.push(image, to: "acme/app", tag: tag)
            #expect(response.status == 400 || response.status == 404)
            #expect(try await scenario.tags(of: "acme/app").isEmpty)
        }
    }

    @Test(
        "S-68 schema 1 and types that are no manifest are refused",
        arguments: [MediaType.dockerSchema1, .dockerSignedSchema1, MediaType(rawValue: "application/vnd.x+json")])
    func otherTypes(type: MediaType) async throws {
        try await withScenario { scenario in
            let response = try await scenario.send(
                "PUT", "/v2/acme/app/manifests/v1", headers: [("Content-Type", type.rawValue)],
                body: .bytes(
                    Array(#"{"schemaVersion":1,"name":"acme/app","tag":"v1","fsLayers":[],"history":[]}"#.utf8)))
            #expect(response.status == 400)
            #expect(response.errorCodes == ["MANIFEST_INVALID"])
        }
    }

    @Test("S-69 a descriptor whose size is not the blob's is refused")
    func wrongSize() async throws {
        try await withScenario { scenario in
            let image = try SampleManifest.image()
            let layer = image.blobs[1]
            let text = String(decoding: image.bytes, as: UTF8.self)
                .replacing("\"size\":\(layer.bytes.count)}", with: "\"size\":\(layer.bytes.count + 1)}")
            let lying = SampleManifest(bytes: Array(text.utf8), mediaType: .ociManifest, blobs: image.blobs)
            #expect(lying.bytes != image.bytes)
            let response = try await scenario.push(lying, to: "acme/app", tag: "v1")
            #expect(response.status == 400)
            #expect(response.errorCodes == ["SIZE_INVALID"])
        }
    }

    @Test("R-35 R-37 pushes of one tag at once all succeed, and one of them is the tag")
    func concurrentTagPushes() async throws {
        try await withScenario { scenario in
            let images = try (0..<12).map { try SampleManifest.image("image \($0)") }
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for image in images + images {
                    group.addTask { try await scenario.push(image, to: "acme/app", tag: "latest").status }
                }
                return try await group.reduce(into: [Int]()) { $0.append($1) }
            }
            #expect(statuses == [Int](repeating: 201, count: 24))
            let final = try await scenario.send("GET", "/v2/acme/app/manifests/latest")
            #expect(images.map(\.bytes).contains(final.body))
        }
    }
}
