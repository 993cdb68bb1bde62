import BerthOCI
import BerthTestSupport
import Testing

@Suite("Discovery: rows O-44 to O-54")
struct DiscoveryTests {
    @Test("O-44 tags are listed in the order of their bytes")
    func order() async throws {
        try await withScenario { scenario in
            let image = try SampleManifest.image()
            let tags = ["b", "B", "_a", "a.b", "a-b", "1", "10", "2", "a", "Z", "z"]
            for tag in tags { try await scenario.push(image, to: "acme/app", tag: tag) }
            let sorted = ["1", "10", "2", "B", "Z", "_a", "a", "a-b", "a.b", "b", "z"]
            #expect(try await scenario.tags(of: "acme/app") == sorted)
            #expect(try await scenario.tags(of: "acme/app", query: "?last=B") == Array(sorted[4...]))
        }
    }

    @Test("O-45 O-46 R-46 pages neither skip nor repeat, and Link leads through them", arguments: 1...6)
    func pages(n: Int) async throws {
        try await withScenario { scenario in
            let image = try SampleManifest.image()
            let tags = ["a", "aa", "aaa", "b", "b.1"]
            for tag in tags { try await scenario.push(image, to: "acme/app", tag: tag) }
            var seen: [String] = []
            var path: String? = "/v2/acme/app/tags/list?n=\(n)"
            while let next = path {
                let page = try await scenario.send("GET", next)
                struct Body: Decodable {
                    let name: String
                    let tags: [String]
                }
                let body = try page.json(Body.self)
                #expect(body.name == "acme/app")
                #expect(body.tags.count <= n)
                seen += body.tags
                path = page.header("Link").map { link in
                    #expect(link.hasSuffix("; rel=\"next\""))
                    return String(link.dropFirst().prefix { $0 != ">" })
                }
                #expect(path?.hasPrefix("/v2/acme/app/tags/list?") ?? true)
            }
            #expect(seen == tags)
        }
    }

    @Test("O-45 O-46 n=0 and a last behind everything give an empty list without Link")
    func emptyPages() async throws {
        try await withScenario { scenario in
            try await scenario.push(SampleManifest.image(), to: "acme/app", tag: "v1")
            for query in ["?n=0", "?last=v1", "?last=zzz", "?n=5&last=v1"] {
                let page = try await scenario.send("GET", "/v2/acme/app/tags/list\(query)")
                #expect(page.status == 200)
                #expect(page.text == #"{"name":"acme/app","tags":[]}"#, "\(query)")
                #expect(page.header("Link") == nil, "\(query)")
            }
            #expect(try await scenario.tags(of: "acme/app", query: "?last=absent") == ["v1"])
        }
    }

    @Test("O-47 tags of a repository that was never pushed are 404")
    func unknownRepository() async throws {
        try await withScenario { scenario in
            let response = try await scenario.send("GET", "/v2/acme/none/tags/list")
            #expect(response.status == 404)
            #expect(response.errorCodes == ["NAME_UNKNOWN"])
        }
    }

    @Test("O-48 referrers are 200 and an empty index for who may pull, whatever is there")
    func noReferrers() async throws {
        try await withScenario { scenario in
            try await scenario.push(SampleManifest.image(), to: "acme/app", tag: "v1")
            let subject = SampleBlob("unknown").digest
            for repository in ["acme/app", "acme/never-pushed"] {
                let response = try await scenario.send("GET", "/v2/\(repository)/referrers/\(subject)")
                #expect(response.status == 200)
                #expect(response.header("Content-Type") == MediaType.ociIndex.rawValue)
                let index = try response.json(IndexBody.self)
                #expect(index.schemaVersion == 2)
                #expect(index.mediaType == MediaType.ociIndex)
                #expect(index.manifests.isEmpty)
            }
            #expect(
                try await scenario.send("GET", "/v2/acme/app/referrers/\(subject)", as: .stranger).status == 404)
        }
    }

    @Test("O-49 referrers of no digest are 400")
    func badSubject() async throws {
        try await withScenario { scenario in
            let response = try await scenario.send("GET", "/v2/acme/app/referrers/sha256:xyz")
            #expect(response.status == 400)
            #expect(response.errorCodes == ["DIGEST_INVALID"])
        }
    }

    @Test("O-50 O-51 referrers say what they are and can be filtered by it")
    func referrers() async throws {
        try await withScenario { scenario in
            let subject = try SampleManifest.image("subject")
            try await scenario.push(subject, to: "acme/app", tag: "v1")
            let signature = try SampleManifest.image(
                "signature", artifactType: "application/vnd.example.signature+json", subject: subject.descriptor,
                annotations: ["org.example.key": "value"])
            let plain = try SampleManifest.image("plain", subject: subject.descriptor)
            let index = try SampleManifest.index(of: [], subject: subject.descriptor)
            for manifest in [signature, plain, index] { try await scenario.push(manifest, to: "acme/app") }
            let all = try await scenario.send("GET", "/v2/acme/app/referrers/\(subject.digest)")
            #expect(all.header("OCI-Filters-Applied") == nil)
            let found = Dictionary(
                uniqueKeysWithValues: try all.json(IndexBody.self).manifests.map { ($0.digest, $0) })
            #expect(Set(found.keys) == [signature.digest, plain.digest, index.digest])
            let described = try #require(found[signature.digest])
            #expect(described.artifactType?.rawValue == "application/vnd.example.signature+json")
            #expect(described.annotations == ["org.example.key": "value"])
            #expect(described.size == Int64(signature.bytes.count))
            #expect(described.mediaType == .ociManifest)
            #expect(found[plain.digest]?.artifactType == .ociConfig)
            #expect(found[index.digest]?.artifactType == nil)
            #expect(found[index.digest]?.mediaType == .ociIndex)

            for (filter, expected) in [
                ("application/vnd.example.signature+json", [signature.digest]),
                ("application%2Fvnd.example.signature%2Bjson", [signature.digest]),
                ("application/none", []),
            ] {
                let filtered = try await scenario.send(
                    "GET", "/v2/acme/app/referrers/\(subject.digest)?artifactType=\(filter)")
                #expect(filtered.header("OCI-Filters-Applied") == "artifactType")
                #expect(try filtered.json(IndexBody.self).manifests.map(\.digest) == expected)
            }
        }
    }

    @Test("O-52 S-64 referrers come in pages that keep the filter")
    func referrerPages() async throws {
        try await withScenario { scenario in
            let subject = try SampleManifest.image("subject").descriptor
            var expected: Set<Digest> = []
            for number in 0..<7 {
                let manifest = try SampleManifest.index(
                    of: [], artifactType: "application/vnd.example+x", subject: subject, annotations: ["n": "\(number)"]
                )
                try await scenario.push(manifest, to: "acme/app")
                expected.insert(manifest.digest)
            }
            var seen: [Digest] = []
            var path: String? = "/v2/acme/app/referrers/\(subject.digest)?artifactType=application/vnd.example%2Bx&n=3"
            while let next = path {
                let page = try await scenario.send("GET", next)
                #expect(page.header("OCI-Filters-Applied") == "artifactType")
                seen += try page.json(IndexBody.self).manifests.map(\.digest)
                path = page.header("Link").map { String($0.dropFirst().prefix { $0 != ">" }) }
            }
            #expect(seen.count == 7)
            #expect(Set(seen) == expected)
        }
    }

    @Test("S-64 large annotations end a page early, and every referrer is still found once")
    func largeReferrers() async throws {
        try await withScenario { scenario in
            let subject = try SampleManifest.image("subject").descriptor
            var expected: Set<Digest> = []
            for number in 0..<25 {
                let manifest = try SampleManifest.index(
                    of: [], subject: subject, annotations: ["n\(number)": String(repeating: "x", count: 500_000)])
                try await scenario.push(manifest, to: "acme/app")
                expected.insert(manifest.digest)
            }
            var pages: [[Digest]] = []
            var path: String? = "/v2/acme/app/referrers/\(subject.digest)"
            while let next = path {
                let page = try await scenario.send("GET", next)
                pages.append(try page.json(IndexBody.self).manifests.map(\.digest))
                path = page.header("Link").map { String($0.dropFirst().prefix { $0 != ">" }) }
            }
            #expect(pages.count > 1)
            #expect(pages.flatMap(\.self).count == 25)
            #expect(Set(pages.flatMap(\.self)) == expected)
        }
    }

    @Test("O-53 a deleted referrer is gone, a deleted subject still lists its referrers")
    func referrersAfterDeletion() async throws {
        try await withScenario { scenario in
            let subject = try SampleManifest.image("subject")
            try await scenario.push(subject, to: "acme/app")
            let kept = try SampleManifest.image("kept", subject: subject.descriptor)
            let removed = try SampleManifest.image("removed", subject: subject.descriptor)
            for manifest in [kept, removed] { try await scenario.push(manifest, to: "acme/app") }
            #expect(try await scenario.send("DELETE", "/v2/acme/app/manifests/\(removed.digest)").status == 202)
            #expect(try await scenario.send("DELETE", "/v2/acme/app/manifests/\(subject.digest)").status == 202)
            let left = try await scenario.send("GET", "/v2/acme/app/referrers/\(subject.digest)")
            #expect(try left.json(IndexBody.self).manifests.map(\.digest) == [kept.digest])
        }
    }

    @Test("S-15 referrers of one repository are not those of another")
    func referrersStayInRepository() async throws {
        try await withScenario { scenario in
            let subject = try SampleManifest.image("subject").descriptor
            try await scenario.push(SampleManifest.image(subject: subject), to: "acme/app")
            let other = try await scenario.send("GET", "/v2/acme/other/referrers/\(subject.digest)")
            #expect(try other.json(IndexBody.self).manifests.isEmpty)
        }
    }

    @Test("S-16 _catalog lists what the caller may pull, in pages, and nothing without credentials")
    func catalog() async throws {
        try await withScenario { scenario in
            for repository in ["acme/a", "acme/b", "acme/c"] {
                try await scenario.push(SampleManifest.image(), to: repository, tag: "v1")
            }
            try await scenario.push(SampleManifest.image(), to: "cargo/own", tag: "v1", as: .stranger)
            try await scenario.share("acme/b")
            func list(_ persona: Scenario.Persona, _ query: String = "") async throws -> [String] {
                let response = try await scenario.send("GET", "/v2/_catalog\(query)", as: persona)
                return try response.json(CatalogBody.self).repositories
            }
            #expect(try await list(.owner) == ["acme/a", "acme/b", "acme/c"])
            #expect(try await list(.owner, "?n=2&last=acme/a") == ["acme/b", "acme/c"])
            #expect(try await list(.receiver) == ["acme/b"])
            #expect(try await list(.stranger) == ["cargo/own"])
            #expect(try await list(.colleague).isEmpty)
            #expect(try await scenario.client.send("GET", "/v2/_catalog").status == 401)
            let page = try await scenario.send("GET", "/v2/_catalog?n=1")
            #expect(page.header("Link") == "</v2/_catalog?n=1&last=acme%2Fa>; rel=\"next\"")
        }
    }

    @Test("an upload that breaks off leaves no repository in any list")
    func interruptedPush() async throws {
        try await withScenario { scenario in
            let session = try await scenario.startUpload(in: "acme/new")
            _ = try await scenario.patch(session, [1, 2, 3], 0..<3)
            try await scenario.push(SampleBlob("a blob"), to: "acme/new")
            #expect(try await scenario.send("GET", "/v2/_catalog").text == #"{"repositories":[]}"#)
        }
    }
}

/// The body of a referrers answer.
struct IndexBody: Decodable {
    let schemaVersion: Int
    let mediaType: MediaType
    let manifests: [Descriptor]
}

private struct CatalogBody: Decodable {
    let repositories: [String]
}
