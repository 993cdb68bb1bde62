import BerthOCI
import BerthTestSupport
import Testing

@Suite struct DigestTests {
    private static let hex = String(repeating: "0123456789abcdef", count: 4)

    private static let noDigests = [
        "SHA256:\(hex)", "sha256:\(hex.dropLast())", "sha256:\(hex)0", "sha256:\(hex.uppercased())", "sha256:",
        "md5:d41d8cd98f00b204e9800998ecf8427e", "sha1:da39a3ee5e6b4b0d3255bfef95601890afd80709", "sha512:\(hex)",
        "sha256:\(hex)\(hex)", "sha384:\(hex)\(hex.prefix(32))",
        "sha256+b64u:LCa0a2j_xo_5m0U8HTBBNBNCLXBkg7-g-YpeiGJm564",
        "sha-256:\(hex)", "sha256:sha256:\(hex)", "blake3:\(hex)", "tarsum.v1+sha256:\(hex)",
    ]

    @Test(
        "S-70 a digest in another form than the two that are known is DIGEST_INVALID wherever it stands",
        arguments: noDigests)
    func refused(text: String) async throws {
        try await withScenario { scenario in
            let index = try SampleManifest.index(of: [])
            let type = [("Content-Type", index.mediaType.rawValue)]
            let session = try await scenario.startUpload(in: "acme/app")
            let encoded = text.replacing("+", with: "%2B")
            for (method, path, body) in [
                ("GET", "/v2/acme/app/blobs/\(text)", TestBody.none), ("HEAD", "/v2/acme/app/blobs/\(text)", .none),
                ("DELETE", "/v2/acme/app/blobs/\(text)", .none), ("GET", "/v2/acme/app/manifests/\(text)", .none),
                ("PUT", "/v2/acme/app/manifests/\(text)", .bytes(index.bytes)),
                ("DELETE", "/v2/acme/app/manifests/\(text)", .none), ("GET", "/v2/acme/app/referrers/\(text)", .none),
                ("POST", "/v2/acme/app/blobs/uploads/?digest=\(encoded)", .bytes([1])),
                ("POST", "/v2/acme/app/blobs/uploads/?mount=\(encoded)&from=acme/app", .none),
                ("PUT", "\(session)?digest=\(encoded)", .bytes([1])),
            ] {
                let response = try await scenario.send(method, path, headers: body.isEmpty ? [] : type, body: body)
                #expect(response.status == 400, "\(method) \(path)")
                if method != "HEAD" { #expect(response.errorCodes == ["DIGEST_INVALID"], "\(method) \(path)") }
            }
        }
    }

    @Test("S-70 content is found under the digest that it was pushed by and under no other")
    func ownKey() async throws {
        try await withScenario { scenario in
            let long = SampleBlob("the same bytes", algorithm: .sha512)
            let short = SampleBlob("the same bytes")
            let pushed = try await scenario.push(long, to: "acme/app")
            #expect(pushed.status == 201)
            #expect(pushed.header("Docker-Content-Digest") == "\(long.digest)")
            #expect(pushed.header("Location") == "/v2/acme/app/blobs/\(long.digest)")
            let got = try await scenario.send("GET", "/v2/acme/app/blobs/\(long.digest)")
            #expect(got.body == long.bytes && got.header("Docker-Content-Digest") == "\(long.digest)")
            #expect(try await scenario.send("GET", "/v2/acme/app/blobs/\(short.digest)").status == 404)
            try await scenario.push(short, to: "acme/app")
            #expect(try await scenario.send("DELETE", "/v2/acme/app/blobs/\(long.digest)").status == 202)
            #expect(try await scenario.send("GET", "/v2/acme/app/blobs/\(short.digest)").body == short.bytes)

            let image = try SampleManifest.image("an image", algorithm: .sha512)
            let twin = SampleManifest(bytes: image.bytes, mediaType: image.mediaType)
            #expect(try await scenario.push(image, to: "acme/app").status == 201)
            #expect(
                try await scenario.send("HEAD", "/v2/acme/app/manifests/\(image.digest)").header(
                    "Docker-Content-Digest")
                    == "\(image.digest)")
            #expect(try await scenario.send("GET", "/v2/acme/app/manifests/\(twin.digest)").status == 404)
            let index = try SampleManifest.index(of: [twin.descriptor])
            #expect(try await scenario.push(index, to: "acme/app", tag: "v1").errorCodes == ["MANIFEST_BLOB_UNKNOWN"])
        }
    }

    @Test("S-70 bytes are hashed with the algorithm of the digest that they are pushed by, whatever was announced")
    func announcedAlgorithm() async throws {
        try await withScenario { scenario in
            for (announced, algorithm) in [("sha512", Digest.Algorithm.sha256), ("sha256", .sha512)] {
                let blob = SampleBlob("announced as \(announced)", algorithm: algorithm)
                let started = try await scenario.send(
                    "POST", "/v2/acme/app/blobs/uploads/?digest-algorithm=\(announced)")
                let session = try #require(started.header("Location"))
                #expect(try await scenario.patch(session, blob.bytes, 0..<5).status == 202)
                let finished = try await scenario.send(
                    "PUT", "\(session)?digest=\(blob.digest)", body: .bytes(Array(blob.bytes[5...])))
                #expect(finished.status == 201)
                #expect(finished.header("Docker-Content-Digest") == "\(blob.digest)")
                #expect(try await scenario.send("GET", "/v2/acme/app/blobs/\(blob.digest)").body == blob.bytes)
            }
        }
    }
}

extension TestBody {
    fileprivate var isEmpty: Bool {
        if case .none = self { return true }
        return false
    }
}
