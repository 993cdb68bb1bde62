import BerthOCI
import BerthTestSupport
import Testing

@Suite struct NameTests {
    private static let routeNames = [
        "acme/blobs", "acme/blobs/uploads", "acme/a/blobs/uploads", "acme/uploads", "acme/x/manifests/y",
        "acme/manifests", "acme/v2", "acme/tags/list", "acme/tags", "acme/referrers", "acme/catalog", "acme/token",
        "acme/manage", "acme/blobs/uploads/x", "acme/manifests/blobs/uploads/tags/list/referrers",
    ]

    @Test("S-57 repositories named like routes work in every endpoint and are not taken for each other")
    func routeNames() async throws {
        try await withScenario { scenario in
            var images: [String: SampleManifest] = [:]
            for name in Self.routeNames {
                let image = try SampleManifest.image(name)
                images[name] = image
                for blob in image.blobs {
                    let session = try await scenario.startUpload(in: name)
                    #expect(session.hasPrefix("/v2/\(name)/blobs/uploads/"), "\(name)")
                    #expect(
                        try await scenario.send("PATCH", session, body: .bytes(blob.bytes)).status == 202, "\(name)")
                    #expect(try await scenario.send("GET", session).status == 204, "\(name)")
                    let finished = try await scenario.send("PUT", "\(session)?digest=\(blob.digest)")
                    #expect(finished.status == 201, "\(name)")
                }
                #expect(try await scenario.push(image, to: name, tag: "v1").status == 201, "\(name)")
            }
            for (name, image) in images {
                #expect(try await scenario.send("GET", "/v2/\(name)/manifests/v1").body == image.bytes, "\(name)")
                #expect(try await scenario.tags(of: name) == ["v1"], "\(name)")
                #expect(
                    try await scenario.send("GET", "/v2/\(name)/blobs/\(image.blobs[1].digest)").body
                        == image.blobs[1].bytes, "\(name)")
                #expect(
                    try await scenario.send("GET", "/v2/\(name)/referrers/\(image.digest)").status == 200, "\(name)")
                #expect(try await scenario.send("DELETE", "/v2/\(name)/manifests/v1").status == 202, "\(name)")
                #expect(try await scenario.tags(of: name).isEmpty, "\(name)")
            }
        }
    }

    @Test(
        "S-57 paths that end too early or too late name nothing",
        arguments: [
            "/v2/blobs/uploads/", "/v2/tags/list", "/v2/manifests/v1", "/v2/acme/tags/list", "/v2/acme/app/tags",
            "/v2/acme/app/blobs", "/v2/acme/app/manifests", "/v2/acme/app/referrers", "/v2/acme/_catalog",
            "/v2/_catalog/", "/v2/_catalog/tags/list", "/v2/acme/app/tags/list/", "/v2/acme/app/manifests/v1/",
            "/v2/manage/app/tags/list", "/v2/manage/blobs/uploads/",
        ])
    func incompletePaths(path: String) async throws {
        try await withScenario { scenario in
            let response = try await scenario.send("GET", path)
            #expect([400, 401, 404, 405].contains(response.status), "\(response.status)")
            #expect(response.header("Location") == nil)
        }
    }

    private static let longest = "acme/" + String(repeating: "a", count: 250)

    @Test(
        "S-58 names within the grammar are names as they are written",
        arguments: [
            longest, "acme" + String(repeating: "/a", count: 99), "acme/a__b", "acme/a--b", "acme/a.b_c-d", "acme/0",
        ])
    func goodNames(name: String) async throws {
        try await withScenario { scenario in
            let index = try SampleManifest.index(of: [])
            #expect(try await scenario.push(index, to: name, tag: "v1").status == 201)
            #expect(try await scenario.tags(of: name) == ["v1"])
            #expect(try await scenario.send("GET", "/v2/_catalog").text.contains("\"\(name)\""))
        }
    }

    @Test(
        "S-58 names outside the grammar are NAME_INVALID, to read and to write",
        arguments: [
            longest + "a", "acme" + String(repeating: "/a", count: 126), "acme/A", "Acme/a", "acme/a..b", "acme/a___b",
            "acme/a._b", "acme/.a", "acme/a.", "acme/-a", "acme/a-", "acme/_a", "acme/a_", "acme/a:b", "acme/a@b",
            "acme",
            "acme/a,b", "acme/a~b", "acme/" + String(repeating: "a-", count: 20_000),
        ])
    func badNames(name: String) async throws {
        try await withScenario { scenario in
            for (method, path) in [
                ("GET", "tags/list"), ("GET", "manifests/v1"), ("PUT", "manifests/v1"), ("POST", "blobs/uploads/"),
                ("DELETE", "manifests/v1"),
            ] {
                let response = try await scenario.send(method, "/v2/\(name)/\(path)")
                #expect(response.status == 400, "\(method) \(path)")
                #expect(response.errorCodes == ["NAME_INVALID"], "\(method) \(path)")
            }
            #expect(try await scenario.send("GET", "/v2/_catalog").text == #"{"repositories":[]}"#)
        }
    }

    @Test("S-58 a tag has 1 to 128 characters of the grammar, and any other is 400")
    func tags() async throws {
        try await withScenario { scenario in
            let index = try SampleManifest.index(of: [])
            let good = [String(repeating: "T", count: 128), "_", "0", "a..b", "a--", "v1.2_X"]
            for tag in good {
                #expect(try await scenario.push(index, to: "acme/app", tag: tag).status == 201, "\(tag)")
            }
            for tag in [
                String(repeating: "T", count: 129), ".x", "-x", "a+b", "a~b", "a@b", "a,b", "a!",
                String(repeating: "a.", count: 20_000),
            ] {
                for method in ["PUT", "GET", "DELETE"] {
                    let response = try await scenario.send(
                        method, "/v2/acme/app/manifests/\(tag)", headers: [("Content-Type", index.mediaType.rawValue)],
                        body: .bytes(index.bytes))
                    #expect(response.status == 400, "\(method) \(tag.prefix(20))")
                }
                let byQuery = try await scenario.send(
                    "PUT", "/v2/acme/app/manifests/\(index.digest)?tag=\(tag.replacing("+", with: "%2B"))",
                    headers: [("Content-Type", index.mediaType.rawValue)], body: .bytes(index.bytes))
                #expect(byQuery.status == 400, "\(tag.prefix(20))")
            }
            #expect(try await scenario.tags(of: "acme/app") == good.sorted())
        }
    }
}
