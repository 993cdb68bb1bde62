import BerthCatalog
import BerthOCI
import BerthRegistry
import BerthTestBasics
import BerthTestSupport
import Foundation
import Testing

/// Bytes are stored once for all, and belong to a repository only by a row of it.
@Suite struct ContentMembershipTests {
    @Test("S-03 to know a digest of another account is to know nothing of what is behind it")
    func knownDigest() async throws {
        try await withScenario { scenario in
            let (image, other) = (try SampleManifest.image("a secret"), try SampleManifest.image("never pushed"))
            try await scenario.push(image, to: "acme/app", tag: "v1")
            try await scenario.push(SampleManifest.image("own"), to: "cargo/own", tag: "v1", as: .stranger)
            let before = try Self.state(of: scenario)
            let counts = try await scenario.registry.catalog.read { try $0.counts() }
            for repository in ["cargo/own", "cargo/new"] {
                for (known, unknown) in zip(Self.digests(image), Self.digests(other)) {
                    for (method, headers) in [
                        ("HEAD", []), ("GET", []), ("GET", [("Range", "bytes=0-3")]),
                        ("GET", [("If-None-Match", "\"\(known.digest)\"")]), ("GET", [("If-None-Match", "*")]),
                        ("GET", [("Range", "bytes=0-3"), ("If-Range", "\"\(known.digest)\"")]),
                        ("GET", [("Range", "bytes=999999-")]),
                    ] as [(String, [(String, String)])] {
                        var answers: [VisibleAnswer] = []
                        for digest in [known.digest, unknown.digest] {
                            let path = "/v2/\(repository)/\(known.kind)/\(digest)"
                            let answer = try await scenario.send(method, path, as: .stranger, headers: headers)
                            answers.append(VisibleAnswer(answer, hiding: [digest.description]))
                        }
                        #expect(answers[0].status == 404, "\(method) \(headers)")
                        #expect(answers[0] == answers[1], "\(method) \(headers)")
                    }
                }
            }
            #expect(try Self.state(of: scenario) == before)
            let after = try await scenario.registry.catalog.read { try $0.counts() }
            #expect(after == counts)
        }
    }

    @Test("S-03 a push that names a digest of another account must bring the bytes")
    func claimedDigest() async throws {
        try await withScenario { scenario in
            let (known, unknown) = (SampleBlob("a secret layer"), SampleBlob("a secret that is nowhere"))
            try await scenario.push(known, to: "acme/app")
            for body in [TestBody.none, .bytes(Array("a guess".utf8))] {
                var answers: [VisibleAnswer] = []
                for digest in [known.digest, unknown.digest] {
                    let whole = try await scenario.send(
                        "POST", "/v2/cargo/app/blobs/uploads/?digest=\(digest)", as: .stranger, body: body)
                    let session = try await scenario.startUpload(in: "cargo/app", as: .stranger)
                    let finished = try await scenario.send(
                        "PUT", "\(session)?digest=\(digest)", as: .stranger, body: body)
                    for answer in [whole, finished] {
                        #expect(answer.status == 400)
                        #expect(answer.errorCodes == ["DIGEST_INVALID"])
                        answers.append(VisibleAnswer(answer, hiding: [digest.description]))
                    }
                    #expect(
                        try await scenario.send("HEAD", "/v2/cargo/app/blobs/\(digest)", as: .stranger).status == 404)
                }
                #expect(Array(answers[..<2]) == Array(answers[2...]))
            }
            #expect(try await scenario.send("GET", "/v2/acme/app/blobs/\(known.digest)").body == known.bytes)
        }
    }

    @Test("S-04 a blob that was deleted here does not come back because another repository holds it")
    func deletedBlob() async throws {
        let directory = try TemporaryDirectory()
        let blob = SampleBlob("bytes of two repositories")
        try await withServer(directory: directory) { server in
            let scenario = try await Scenario(on: server)
            try await scenario.push(blob, to: "acme/a")
            try await scenario.push(blob, to: "cargo/b", as: .stranger)
            #expect(try await scenario.send("GET", "/v2/acme/a/blobs/\(blob.digest)").body == blob.bytes)
            #expect(try await scenario.send("DELETE", "/v2/acme/a/blobs/\(blob.digest)").status == 202)
            for _ in 0..<3 {
                #expect(
                    try await scenario.send("GET", "/v2/cargo/b/blobs/\(blob.digest)", as: .stranger).body
                        == blob.bytes)
                for method in ["GET", "HEAD", "DELETE"] {
                    #expect(
                        try await scenario.send(method, "/v2/acme/a/blobs/\(blob.digest)").status == 404, "\(method)")
                }
            }
            _ = try await scenario.registry.collectGarbage(grace: .zero)
        }
        try await withServer(directory: directory) { server in
            let scenario = Scenario(continuedOn: server)
            for (repository, persona, status) in [
                ("acme/a", Scenario.Persona.owner, 404), ("cargo/b", .stranger, 200),
            ] {
                let answer = try await scenario.send("GET", "/v2/\(repository)/blobs/\(blob.digest)", as: persona)
                #expect(answer.status == status, "\(repository)")
            }
        }
    }

    @Test(
        "S-14 a manifest that names content of another account is refused as one that names nothing, sizes unseen",
        arguments: [0, 1])
    func foreignContent(sizeError: Int) async throws {
        try await withScenario { scenario in
            let known = try SampleManifest.image("a secret image")
            let unknown = try SampleManifest.image("a image secret")
            try await scenario.push(known, to: "acme/app", tag: "v1")
            for manifests in [
                [known, unknown], try [known, unknown].map { try SampleManifest.index(of: [$0.descriptor]) },
            ] {
                var answers: [VisibleAnswer] = []
                for manifest in manifests {
                    let size = manifest.blobs.last?.bytes.count ?? (known.bytes.count)
                    let text = String(decoding: manifest.bytes, as: UTF8.self)
                        .replacing("\"size\":\(size)}", with: "\"size\":\(size + sizeError)}")
                    let answer = try await scenario.send(
                        "PUT", "/v2/cargo/app/manifests/v1", as: .stranger,
                        headers: [("Content-Type", manifest.mediaType.rawValue)], body: .bytes(Array(text.utf8)))
                    #expect(answer.errorCodes == ["MANIFEST_BLOB_UNKNOWN"])
                    answers.append(
                        VisibleAnswer(
                            answer,
                            hiding: Self.digests(known).map(\.digest.description)
                                + Self.digests(unknown).map(\.digest.description)))
                }
                #expect(answers[0].status == 400)
                #expect(answers[0] == answers[1])
            }
            for (kind, digest) in Self.digests(known) {
                #expect(
                    try await scenario.send("GET", "/v2/cargo/app/\(kind)/\(digest)", as: .stranger).status == 404)
            }
        }
    }

    @Test("S-14 where manifests may lack content, those that name another account's neither show nor count it")
    func sparse() async throws {
        var settings = RegistrySettings()
        settings.allowsSparseManifests = true
        try await withScenario(settings: settings) { scenario in
            let image = try SampleManifest.image("a secret image")
            try await scenario.push(image, to: "acme/app", tag: "v1")
            let index = try SampleManifest.index(of: [image.descriptor], subject: image.descriptor)
            let copy = SampleManifest(bytes: image.bytes, mediaType: image.mediaType)
            for (manifest, tag) in [(index, "index"), (copy, "image")] {
                #expect(try await scenario.push(manifest, to: "cargo/app", tag: tag, as: .stranger).status == 201)
                let shown = try await scenario.manage(
                    "GET", "/v2/manage/namespaces/cargo/repos/app/tags/\(tag)", as: .stranger)
                #expect(try shown.json(TagSize.self).size == 0, "\(tag)")
            }
            for blob in image.blobs {
                #expect(
                    try await scenario.send("GET", "/v2/cargo/app/blobs/\(blob.digest)", as: .stranger).status == 404)
            }
            let referrers = try await scenario.send("GET", "/v2/acme/app/referrers/\(image.digest)")
            #expect(!referrers.text.contains(index.digest.description))
        }
    }

    /// The content of an image, by the kind of its path.
    private static func digests(_ image: SampleManifest) -> [(kind: String, digest: Digest)] {
        image.blobs.map { ("blobs", $0.digest) } + [("manifests", image.digest)]
    }

    /// The paths of all files of the data, without the database, which other requests write to.
    private static func state(of scenario: Scenario) throws -> [String] {
        try ["blobs", "uploads"].flatMap {
            try FileManager.default.subpathsOfDirectory(atPath: "\(scenario.server.storage)/\($0)").sorted()
        }
    }
}

private struct TagSize: Decodable {
    let size: Int64
}
