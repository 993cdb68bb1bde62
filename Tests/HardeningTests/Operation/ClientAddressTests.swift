import BerthOCI
import BerthRegistry
import BerthServer
import BerthTestBasics
import BerthTestSupport
import Testing

/// What clients are sent to, behind a proxy and without one.
@Suite("Addresses and challenges")
struct ClientAddressTests {
    private static let publicURL = "https://registry.example.com:8443"
    /// What proxies and attackers add.
    private static let proxyHeaders = [
        ("Host", "10.0.0.7:31999"), ("X-Forwarded-Host", "evil.example"), ("X-Forwarded-Proto", "ftp"),
        ("X-Forwarded-Prefix", "/registry"), ("Forwarded", "host=evil.example;proto=ftp"),
    ]

    @Test("R-57 behind a proxy every Location and Link is a path, and the realm is the public address")
    func proxy() async throws {
        var configuration = Server.Configuration()
        configuration.publicURL = Self.publicURL
        try await withServer(configuration: configuration) { server in
            let scenario = try await Scenario(on: server)
            let challenged = try await server.client.send("GET", "/v2/", headers: Self.proxyHeaders)
            #expect(
                challenged.header("WWW-Authenticate")
                    == #"Bearer realm="\#(Self.publicURL)/token",service="berth""#)

            let blob = SampleBlob("pushed through a proxy")
            let started = try await scenario.send(
                "POST", "/v2/acme/app/blobs/uploads/", headers: Self.proxyHeaders)
            let session = try started.requiring(202).requiredHeader("Location")
            let patched = try await scenario.send(
                "PATCH", session, headers: Self.proxyHeaders, body: .chunked([blob.bytes]))
            let next = try patched.requiring(202).requiredHeader("Location")
            let status = try await scenario.send("GET", next, headers: Self.proxyHeaders).requiring(204)
            let finished = try await scenario.send(
                "PUT", "\(next)?digest=\(blob.digest)", headers: Self.proxyHeaders
            ).requiring(201)
            let mounted = try await scenario.send(
                "POST", "/v2/acme/web/blobs/uploads/?mount=\(blob.digest)&from=acme/app", headers: Self.proxyHeaders
            ).requiring(201)
            let image = try SampleManifest.image()
            try await scenario.push(image, to: "acme/app", tag: "a")
            let tagged = try await scenario.send(
                "PUT", "/v2/acme/app/manifests/b",
                headers: Self.proxyHeaders + [("Content-Type", image.mediaType.rawValue)], body: .bytes(image.bytes)
            ).requiring(201)
            for answer in [started, patched, status, finished, mounted, tagged] {
                #expect(try answer.requiredHeader("Location").hasPrefix("/v2/acme/"))
            }
            let list = try await scenario.send("GET", "/v2/acme/app/tags/list?n=1", headers: Self.proxyHeaders)
            #expect(try list.requiredHeader("Link").hasPrefix("</v2/acme/app/tags/list?"))
            #expect(try await scenario.send("GET", try finished.requiredHeader("Location")).body == blob.bytes)
        }
    }

    @Test(
        "R-57 a public address below a path is refused: clients ask for /v2/ at the root of a host",
        arguments: [
            "https://registry.example.com/registry", "https://registry.example.com:8443/v2", "registry.example.com",
            "https://user@registry.example.com", "https://registry.example.com?x", "ftp://registry.example.com",
        ])
    func pathInPublicURL(text: String) throws {
        #expect(throws: ParseFailure.self) { try PublicURL(parsing: text) }
        #expect(try PublicURL(parsing: Self.publicURL + "/").description == Self.publicURL)
    }

    @Test("R-58 /v2/ challenges whoever brings nothing, also beside public images, whatever client it says it is")
    func challenge() async throws {
        try await withScenario { scenario in
            let image = try SampleManifest.image()
            try await Self.publish(image, in: scenario)
            let paths = ["/v2/", "/v2/acme/public/manifests/v1", "/v2/acme/private/manifests/v1"]
            for path in paths {
                let plain = try await scenario.client.send("GET", path)
                #expect(plain.status == 401 && plain.errorCodes == ["UNAUTHORIZED"])
                #expect(try plain.requiredHeader("WWW-Authenticate").hasPrefix("Bearer realm=\""))
                for agent in [
                    "docker/27.5.1 go/go1.22 os/linux arch/amd64 UpstreamClient(Docker-Client/27.5.1 \\(linux\\))",
                    "containers/5.34.0 (github.com/containers/image)", "buildkit/v0.19", "containerd/2.0.2",
                    "oras/1.2.0", "Mozilla/5.0", "curl/8.5.0", "",
                ] {
                    let answer = try await scenario.client.send("GET", path, headers: [("User-Agent", agent)])
                    #expect(answer.status == plain.status && answer.text == plain.text, "\(agent)")
                    #expect(answer.header("WWW-Authenticate") == plain.header("WWW-Authenticate"), "\(agent)")
                    #expect(answer.headerNames == plain.headerNames, "\(agent)")
                }
            }
        }
    }

    @Test("R-58 one client pulls a public image without a login, then a private one with it, then pushes")
    func mixed() async throws {
        try await withScenario { scenario in
            let image = try SampleManifest.image()
            try await Self.publish(image, in: scenario)
            let client = scenario.client
            let anonymous = TestClient.bearer(
                try await scenario.token(for: nil, scope: "repository:acme/public:pull"))
            #expect(try await client.send("GET", "/v2/", headers: [anonymous]).status == 200)
            let pulled = try await client.send("GET", "/v2/acme/public/manifests/v1", headers: [anonymous])
            #expect(pulled.body == image.bytes)
            let greedy = TestClient.bearer(
                try await scenario.token(for: nil, scope: "repository:acme/private:pull,push"))
            let hidden = try await client.send("GET", "/v2/acme/private/manifests/v1", headers: [greedy])
            let missing = try await client.send("GET", "/v2/acme/missing/manifests/v1", headers: [greedy])
            #expect(hidden.status == 404 && hidden.headerNames == missing.headerNames)
            #expect(hidden.text == missing.text.replacing("acme/missing", with: "acme/private"))

            let signedIn = TestClient.bearer(
                try await scenario.token(
                    for: .writer, scope: "repository:acme/private:pull,push", "repository:acme/public:pull"))
            for repository in ["public", "private"] {
                let answer = try await client.send("GET", "/v2/acme/\(repository)/manifests/v1", headers: [signedIn])
                #expect(answer.body == image.bytes)
            }
            let pushed = try await client.send(
                "PUT", "/v2/acme/private/manifests/v2",
                headers: [signedIn, ("Content-Type", image.mediaType.rawValue)], body: .bytes(image.bytes))
            #expect(pushed.status == 201)
        }
    }

    /// Pushes an image to a public and to a private repository.
    private static func publish(_ image: SampleManifest, in scenario: Scenario) async throws {
        for repository in ["acme/public", "acme/private"] {
            try await scenario.push(image, to: repository, tag: "v1").requiring(201)
        }
        _ = try await scenario.registry.updateRepository(
            RepositoryName(parsing: "acme/public"), isPublic: true, by: .dataOperator)
    }
}
