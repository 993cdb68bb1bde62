import BerthOCI
import BerthTestSupport
import Testing

@Suite struct BrowserTests {
    @Test("S-73 a page pushed as a blob comes back as bytes to be saved, in every kind of answer")
    func pages() async throws {
        try await withScenario { scenario in
            let script = "<script>fetch('/v2/_catalog')</script>"
            for (text, type) in [
                ("<!doctype html><html>\(script)</html>", "text/html"),
                ("<svg xmlns=\"http://www.w3.org/2000/svg\">\(script)</svg>", "image/svg+xml"),
                ("alert(1)", "text/javascript"), ("%PDF-1.7", "application/pdf"),
            ] {
                let blob = SampleBlob(text, mediaType: MediaType(rawValue: type))
                let pushed = try await scenario.send(
                    "POST", "/v2/acme/app/blobs/uploads/?digest=\(blob.digest)", headers: [("Content-Type", type)],
                    body: .bytes(blob.bytes))
                #expect(pushed.status == 201)
                let config = SampleBlob("{}", mediaType: .emptyJSON)
                try await scenario.push(config, to: "acme/app")
                let index = SampleManifest(
                    bytes: Array(
                        """
                        {"schemaVersion":2,"mediaType":"\(MediaType.ociManifest)","artifactType":"\(type)","config":\
                        {"mediaType":"\(MediaType.emptyJSON)","digest":"\(config.digest)","size":2},"layers":[{\
                        "mediaType":"\(type)","digest":"\(blob.digest)","size":\(blob.bytes.count)}]}
                        """.utf8), mediaType: .ociManifest)
                #expect(try await scenario.push(index, to: "acme/app", tag: "page").status == 201)
                for (method, headers) in [
                    ("GET", []), ("HEAD", []), ("GET", [("Range", "bytes=0-5")]), ("GET", [("Accept", type)]),
                    ("GET", [("Accept", "text/html,*/*;q=0.8"), ("Sec-Fetch-Dest", "document")]),
                ] as [(String, [(String, String)])] {
                    let response = try await scenario.send(
                        method, "/v2/acme/app/blobs/\(blob.digest)", headers: headers)
                    #expect(response.headers(named: "Content-Type") == ["application/octet-stream"])
                    #expect(response.headers(named: "X-Content-Type-Options") == ["nosniff"])
                    #expect(response.header("Content-Security-Policy") == "default-src 'none'; sandbox")
                }
                let manifest = try await scenario.send(
                    "GET", "/v2/acme/app/manifests/page", headers: [("Accept", type)])
                #expect(manifest.headers(named: "Content-Type") == [MediaType.ociManifest.rawValue])
                #expect(manifest.headers(named: "X-Content-Type-Options") == ["nosniff"])
            }
        }
    }

    @Test("S-72 S-73 no answer is a page, and no browser is to guess that it is one")
    func contentTypes() async throws {
        try await withScenario { scenario in
            for stop in try await scenario.tour() {
                let type = stop.response.header("Content-Type") ?? ""
                #expect(
                    type.isEmpty || type == "application/octet-stream" || type.hasSuffix("json"), "\(stop): \(type)")
                #expect(!type.isEmpty || stop.response.body.isEmpty, "\(stop)")
                #expect(stop.response.headers(named: "X-Content-Type-Options") == ["nosniff"], "\(stop)")
            }
        }
    }

    @Test("S-72 what people write about images comes back as text within JSON")
    func storedText() async throws {
        try await withScenario { scenario in
            let attack = "<img src=x onerror=alert(1)>\\u0022'</script>"
            let text = "<img src=x onerror=alert(1)>\"'</script>"
            let image = try SampleManifest.image(annotations: ["org.opencontainers.image.title": text])
            let response = try await scenario.push(image, to: "acme/app", tag: "v1")
            #expect(response.status == 201)
            let repository = "/v2/manage/namespaces/acme/repos/app"
            let shares = "/v2/manage/namespaces/acme/repositories/app/access-domains"
            let described = try await scenario.manage(
                "PATCH", repository, json: #"{"category":"linux","description":"\#(attack)","is_public":false}"#)
            #expect(described.status == 201)
            let shared = try await scenario.manage(
                "POST", shares,
                json: #"{"access_domain":"bravo","permit":"read","deadline":"forever","description":"\#(attack)"}"#)
            #expect(shared.status == 201)
            struct Body: Decodable {
                let description: String
            }
            for path in [repository, "\(shares)/bravo"] {
                let shown = try await scenario.manage("GET", path, headers: [("Accept", "text/html")])
                #expect(shown.status == 200)
                #expect(shown.header("Content-Type") == "application/json")
                #expect(try shown.json(Body.self).description == text)
            }
        }
    }

    @Test(
        "S-72 names that reach pages and logs cannot hold markup",
        arguments: ["<img>", "a\"b", "a'b", "a&b", "a`b", "javascript:x"])
    func names(text: String) async throws {
        try await withScenario { scenario in
            let escaped = text.utf8.map { "%" + String($0, radix: 16) }.joined()
            let organization = try await scenario.manage(
                "POST", "/v2/manage/namespaces", json: #"{"namespace":"\#(text.replacing("\"", with: "\\\""))"}"#)
            #expect(organization.status == 400)
            let tag = try await scenario.send("PUT", "/v2/acme/app/manifests/\(escaped)")
            #expect([400, 404].contains(tag.status))
            for path in ["/v2/manage/namespaces/\(escaped)", "/v2/manage/namespaces/acme/repos/\(escaped)"] {
                let response = try await scenario.manage("GET", path)
                #expect(response.status == 400, "\(path)")
                #expect(response.header("Content-Type") == "application/json", "\(path)")
            }
        }
    }

    @Test("S-72 a User-Agent of any kind leaves one line in the log that can be taken apart, and itself not in it")
    func userAgent() async throws {
        try await withScenario { scenario in
            let agent = "<img src=x onerror=alert(1)> status=200 account=admin"
            _ = try await scenario.send("GET", "/v2/acme/none/tags/list", headers: [("User-Agent", agent)])
            let lines = scenario.server.log.lines
            #expect(lines.contains { $0.contains("route=/v2/{name}/tags/list") })
            #expect(!lines.contains { $0.contains("onerror") || $0.contains("account=admin") })
        }
    }

    /// What a page of another site makes a browser send.
    private static let crossSite = [
        ("Origin", "https://evil.example"), ("Referer", "https://evil.example/page"), ("Sec-Fetch-Site", "cross-site"),
    ]

    @Test("S-74 no answer lets a page of another site read it, and none sets a cookie")
    func crossOrigin() async throws {
        try await withScenario { scenario in
            for stop in try await scenario.tour(headers: Self.crossSite) {
                for name in stop.response.headerNames {
                    #expect(!name.hasPrefix("access-control-") && name != "set-cookie", "\(stop): \(name)")
                }
            }
        }
    }

    @Test(
        "S-74 the question of a browser whether it may is answered with no",
        arguments: ["PUT", "DELETE", "PATCH", "GET"])
    func preflight(method: String) async throws {
        try await withScenario { scenario in
            for path in [
                "/v2/", "/v2/acme/app/manifests/v1", "/token", "/v2/manage/namespaces", "/v3/auth/tokens", "/healthz",
                "/",
            ] {
                let response = try await scenario.client.send(
                    "OPTIONS", path,
                    headers: Self.crossSite + [
                        ("Access-Control-Request-Method", method),
                        ("Access-Control-Request-Headers", "authorization, x-auth-token"),
                    ])
                #expect([401, 404, 405].contains(response.status), "\(path) \(response.status)")
                #expect(!response.headerNames.contains { $0.hasPrefix("access-control-") }, "\(path)")
            }
        }
    }

    @Test("S-74 no cookie and no word in a URL or a form signs anybody in")
    func ambientCredentials() async throws {
        try await withScenario { scenario in
            let token = try await scenario.token(for: .owner, scope: "repository:acme/app:pull,push,delete")
            try await scenario.push(SampleManifest.image(), to: "acme/app", tag: "v1")
            let form = Array("token=\(token)&access_token=\(token)&authorization=Bearer%20\(token)".utf8)
            for cookie in [
                "token", "session", "sid", "Authorization", "X-Auth-Token", "access_token", "__Host-session",
            ] {
                for (method, path) in [
                    ("GET", "/v2/"), ("GET", "/v2/acme/app/manifests/v1"), ("DELETE", "/v2/acme/app/manifests/v1"),
                    ("POST", "/v2/acme/app/blobs/uploads/"), ("GET", "/v2/manage/repos"),
                    ("POST", "/v2/manage/namespaces"), ("GET", "/v3/projects"),
                ] {
                    let response = try await scenario.client.send(
                        method, "\(path)?\(cookie)=\(token)",
                        headers: Self.crossSite + [
                            ("Cookie", "\(cookie)=\(token); \(cookie)=Bearer \(token)"),
                            ("Content-Type", "application/x-www-form-urlencoded"),
                        ], body: .bytes(form))
                    #expect(response.status == 401, "\(cookie) \(method) \(path)")
                }
            }
            #expect(try await scenario.tags(of: "acme/app") == ["v1"])
        }
    }

    @Test("S-74 the management API takes no credentials that a browser sends by itself, and asks for none")
    func basicAtManagement() async throws {
        try await withScenario { scenario in
            for (method, path) in [
                ("GET", "/v2/manage/repos"), ("POST", "/v2/manage/namespaces"),
                ("DELETE", "/v2/manage/namespaces/acme"),
                ("GET", "/v3/projects"), ("POST", "/v2/manage/utils/secret"),
            ] {
                let response = try await scenario.send(
                    method, path, headers: Self.crossSite, body: .bytes(Array(#"{"namespace":"forged"}"#.utf8)))
                #expect(response.status == 401, "\(method) \(path)")
                #expect(response.header("WWW-Authenticate")?.lowercased().contains("basic") ?? false == false)
            }
        }
    }

    @Test("S-75 no answer sends a client anywhere but into the console, whatever the request asks for")
    func redirects() async throws {
        try await withScenario { scenario in
            for stop in try await scenario.tour() {
                #expect(!(300..<400).contains(stop.response.status), "\(stop)")
                #expect(
                    stop.response.status < 300 || stop.response.status == 416
                        || stop.response.header("Location") == nil, "\(stop)")
            }
            let targets = [
                "//evil.example", "/%5Cevil.example", "/\\evil.example", "https:evil.example", "https://evil.example",
                "%09//evil.example", "//evil.example/%2e%2e", "/.evil.example", "javascript:alert(1)",
            ]
            for target in targets {
                for path in [
                    "/?next=\(target)", "/console/?next=\(target)", "/login?next=\(target)", "/logout?to=\(target)",
                    "/v2/?redirect_uri=\(target)", "/token?service=berth&redirect_uri=\(target)",
                    "/v3/auth/tokens?callback=\(target)", "/\(target)", "/v2/\(target)", "/v2\(target)",
                ] {
                    for client in [[], [TestClient.basic("acme", Scenario.Persona.owner.password)]] {
                        let response = try await scenario.client.send("GET", path, headers: client)
                        if path.hasPrefix("/console/") {
                            let place = response.header("Location") ?? "/console/"
                            #expect(place.hasPrefix("/console/") && !place.contains("//"), "\(path)")
                        } else {
                            #expect(!(300..<400).contains(response.status), "\(path) \(response.status)")
                            #expect(response.header("Location") == nil, "\(path)")
                        }
                        #expect(response.header("Refresh") == nil, "\(path)")
                    }
                }
            }
        }
    }
}
