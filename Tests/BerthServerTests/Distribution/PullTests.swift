import BerthOCI
import BerthTestSupport
import Testing

@Suite("Pull and existence: rows O-01 to O-10")
struct PullTests {
    @Test("O-01 /v2/ challenges without credentials and answers 200 with them")
    func base() async throws {
        try await withScenario { scenario in
            let challenged = try await scenario.client.send("GET", "/v2/")
            #expect(challenged.status == 401)
            #expect(
                challenged.header("WWW-Authenticate")
                    == #"Bearer realm="http://127.0.0.1:\#(scenario.server.port)/token",service="berth""#)
            #expect(challenged.errorCodes == ["UNAUTHORIZED"])
            #expect(try await scenario.send("GET", "/v2/").status == 200)
            let token = try await scenario.token(for: .owner)
            let answered = try await scenario.client.send("GET", "/v2/", headers: [TestClient.bearer(token)])
            #expect(answered.status == 200)
            #expect(answered.header("Docker-Distribution-API-Version") == "registry/2.0")
        }
    }

    @Test("O-02 a manifest comes back byte for byte with the type it was pushed as", arguments: ["v1", "digest"])
    func exactManifest(reference: String) async throws {
        try await withScenario { scenario in
            let image = try SampleManifest.image()
            try await scenario.push(image, to: "acme/app", tag: "v1")
            let path = "/v2/acme/app/manifests/\(reference == "v1" ? "v1" : image.digest.description)"
            let pulled = try await scenario.send(
                "GET", path, headers: [("Accept", "\(MediaType.ociIndex), \(MediaType.ociManifest)")])
            #expect(pulled.status == 200)
            #expect(pulled.body == image.bytes)
            #expect(pulled.header("Content-Type") == MediaType.ociManifest.rawValue)
            #expect(pulled.header("Content-Length") == "\(image.bytes.count)")
        }
    }

    @Test("O-03 the digest header is the digest asked for, in its own algorithm", arguments: Digest.Algorithm.allCases)
    func digestHeader(algorithm: Digest.Algorithm) async throws {
        try await withScenario { scenario in
            let image = try SampleManifest.image(algorithm: algorithm)
            let pushed = try await scenario.push(image, to: "acme/app")
            #expect(pushed.header("Docker-Content-Digest") == image.digest.description)
            for method in ["GET", "HEAD"] {
                let manifest = try await scenario.send(method, "/v2/acme/app/manifests/\(image.digest)")
                #expect(manifest.status == 200)
                #expect(manifest.header("Docker-Content-Digest") == image.digest.description)
                for blob in image.blobs {
                    let pulled = try await scenario.send(method, "/v2/acme/app/blobs/\(blob.digest)")
                    #expect(pulled.status == 200)
                    #expect(pulled.header("Docker-Content-Digest") == blob.digest.description)
                }
            }
        }
    }

    @Test("O-04 what is missing is 404 with its own code")
    func missing() async throws {
        try await withScenario { scenario in
            try await scenario.push(SampleManifest.image(), to: "acme/app", tag: "v1")
            let unknown = SampleBlob("never pushed").digest
            for (path, code) in [
                ("/v2/acme/app/manifests/none", "MANIFEST_UNKNOWN"),
                ("/v2/acme/app/manifests/\(unknown)", "MANIFEST_UNKNOWN"),
                ("/v2/acme/app/blobs/\(unknown)", "BLOB_UNKNOWN"),
                ("/v2/acme/none/manifests/v1", "NAME_UNKNOWN"),
                ("/v2/acme/none/blobs/\(unknown)", "NAME_UNKNOWN"),
                ("/v2/acme/none/tags/list", "NAME_UNKNOWN"),
            ] {
                let response = try await scenario.send("GET", path)
                #expect(response.status == 404, "\(path)")
                #expect(response.errorCodes == [code], "\(path)")
                let head = try await scenario.send("HEAD", path)
                #expect(head.status == 404, "\(path)")
                #expect(head.body.isEmpty, "\(path)")
            }
        }
    }

    @Test(
        "O-05 S-70 a digest that is none is 400",
        arguments: [
            "sha256:baddigeststring", "sha256:" + String(repeating: "A", count: 64),
            "md5:" + String(repeating: "a", count: 32),
            "SHA256:" + String(repeating: "a", count: 64), "sha512:" + String(repeating: "a", count: 64),
            "sha256:" + String(repeating: "a", count: 65), "sha256+b64u:" + String(repeating: "a", count: 64),
        ])
    func invalidDigest(text: String) async throws {
        try await withScenario { scenario in
            let image = try SampleManifest.image()
            for method in ["GET", "PUT", "DELETE"] {
                let response = try await scenario.send(
                    method, "/v2/acme/app/manifests/\(text)",
                    headers: method == "PUT" ? [("Content-Type", image.mediaType.rawValue)] : [],
                    body: method == "PUT" ? .bytes(image.bytes) : .none)
                #expect(response.status == 400, "\(method)")
                #expect(response.errorCodes == ["DIGEST_INVALID"], "\(method)")
            }
            #expect(try await scenario.send("GET", "/v2/acme/app/blobs/\(text)").status == 400)
        }
    }

    @Test("O-06 HEAD has the headers of GET, its length and no body")
    func head() async throws {
        try await withScenario { scenario in
            let image = try SampleManifest.image()
            try await scenario.push(image, to: "acme/app", tag: "v1")
            for path in [
                "/v2/acme/app/manifests/v1", "/v2/acme/app/manifests/\(image.digest)",
                "/v2/acme/app/blobs/\(image.blobs[0].digest)",
            ] {
                let get = try await scenario.send("GET", path)
                let head = try await scenario.send("HEAD", path)
                #expect(head.status == 200)
                #expect(head.body.isEmpty)
                #expect(head.header("Content-Length") == "\(get.body.count)")
                #expect(head.header("Transfer-Encoding") == nil)
                for name in ["Content-Type", "Docker-Content-Digest", "ETag", "Accept-Ranges"] {
                    #expect(head.header(name) == get.header(name), "\(name)")
                }
            }
        }
    }

    @Test(
        "O-07 S-55 ranges of a blob",
        arguments: [
            ("bytes=500-1499", 206, 500..<1500), ("bytes=500-", 206, 500..<2048), ("bytes=-500", 206, 1548..<2048),
            ("bytes=2000-5000", 206, 2000..<2048), ("bytes=0-0", 206, 0..<1), ("bytes=500-0", 200, 0..<2048),
            ("bytes=5000-10000", 416, 0..<0), ("bytes=-0", 416, 0..<0), ("lines=1-2", 200, 0..<2048),
            ("bytes=99999999999999999999-", 416, 0..<0),
        ] as [(String, Int, Range<Int>)])
    func ranges(header: String, status: Int, expected: Range<Int>) async throws {
        try await withScenario { scenario in
            let blob = SampleBlob((0..<2048).map { UInt8(truncatingIfNeeded: $0 &* 31) })
            try await scenario.push(blob, to: "acme/app")
            let response = try await scenario.send(
                "GET", "/v2/acme/app/blobs/\(blob.digest)", headers: [("Range", header)])
            // RFC 9110 lets a server ignore a range that cannot be read; the conformance program wants 416 for it.
            #expect(response.status == status || (status == 200 && response.status == 416))
            guard response.status != 416 else {
                #expect(response.header("Content-Range") == "bytes */2048")
                return
            }
            #expect(response.body == Array(blob.bytes[expected]))
            #expect(response.header("Content-Length") == "\(expected.count)")
            if status == 206 {
                #expect(
                    response.header("Content-Range") == "bytes \(expected.lowerBound)-\(expected.upperBound - 1)/2048")
            }
        }
    }

    @Test("O-08 the empty blob and {} are blobs like any other", arguments: Digest.Algorithm.allCases, ["", "{}"])
    func smallBlobs(algorithm: Digest.Algorithm, content: String) async throws {
        try await withScenario { scenario in
            let blob = SampleBlob(content, algorithm: algorithm)
            #expect(try await scenario.push(blob, to: "acme/app").status == 201)
            for method in ["GET", "HEAD"] {
                let response = try await scenario.send(method, "/v2/acme/app/blobs/\(blob.digest)")
                #expect(response.status == 200)
                #expect(response.header("Content-Length") == "\(content.utf8.count)")
            }
            #expect(try await scenario.send("GET", "/v2/acme/app/blobs/\(blob.digest)").body == Array(content.utf8))
        }
    }

    @Test(
        "O-09 whatever Accept says, the stored type is answered",
        arguments: [
            nil, "*/*", MediaType.dockerManifest.rawValue, MediaType.ociIndex.rawValue,
            MediaType.dockerSchema1.rawValue,
        ])
    func accept(header: String?) async throws {
        try await withScenario { scenario in
            let image = try SampleManifest.image()
            try await scenario.push(image, to: "acme/app", tag: "v1")
            let response = try await scenario.send(
                "GET", "/v2/acme/app/manifests/v1", headers: header.map { [("Accept", $0)] } ?? [])
            #expect(response.header("Content-Type") == MediaType.ociManifest.rawValue)
            #expect(response.body == image.bytes)
        }
    }

    @Test("O-10 a client that has the content already is answered 304")
    func conditional() async throws {
        try await withScenario { scenario in
            let image = try SampleManifest.image()
            try await scenario.push(image, to: "acme/app", tag: "v1")
            for path in ["/v2/acme/app/manifests/v1", "/v2/acme/app/blobs/\(image.blobs[0].digest)"] {
                let first = try await scenario.send("GET", path)
                let tag = try #require(first.header("ETag"))
                for method in ["GET", "HEAD"] {
                    let again = try await scenario.send(method, path, headers: [("If-None-Match", "\"other\", \(tag)")])
                    #expect(again.status == 304)
                    #expect(again.body.isEmpty)
                }
                #expect(try await scenario.send("GET", path, headers: [("If-None-Match", "\"other\"")]).status == 200)
            }
        }
    }
}
