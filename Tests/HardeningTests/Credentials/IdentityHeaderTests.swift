import BerthTestSupport
import Testing

/// Headers by which proxies tell servers behind them who asks: Berth stands behind none.
@Suite struct IdentityHeaderTests {
    private static let names = [
        "X-Webauth-User", "X-Forwarded-User", "X-Forwarded-Preferred-Username", "X-Forwarded-Email", "X-Remote-User",
        "Remote-User", "X-Auth-Request-User", "X-Authenticated-User", "X-Authenticated-Userid", "X-User", "X-User-Id",
        "X-Goog-Authenticated-User-Email", "X-Ms-Client-Principal-Name", "X-Forwarded-Client-Cert", "X-Ssl-Client-Dn",
        "X-Subject-Token", "X-Domain-Id", "X-Access-Token", "Proxy-Authorization", "Cookie", "X-Forwarded-For",
        "X-Real-IP", "Forwarded",
    ]

    private static func headers(_ value: String) -> [(String, String)] { names.map { ($0, value) } }

    @Test(
        "S-47 no header but those of credentials says who asks",
        arguments: ["admin", "acme", "acme/acme", "127.0.0.1"])
    func nobody(value: String) async throws {
        try await withScenario { scenario in
            try await scenario.push(try SampleManifest.image(), to: "acme/app", tag: "v1")
            let headers = Self.headers(value)
            for path in [
                "/v2/", "/v2/_catalog", "/v2/acme/app/manifests/v1", "/v2/manage/namespaces", "/v3/projects",
                "/v3/auth/domains",
            ] {
                let plain = try await scenario.client.send("GET", path)
                let dressed = try await scenario.client.send("GET", path, headers: headers)
                #expect(dressed.status == 401 && dressed.text == plain.text, "\(path)")
                #expect(dressed.headerNames == plain.headerNames)
                #expect(dressed.header("WWW-Authenticate") == plain.header("WWW-Authenticate"))
            }
            let query = "/token?service=berth&account=acme&scope=repository:acme/app:pull&scope=registry:catalog:*"
            let token = try IssuedToken(try await scenario.client.send("GET", query, headers: headers))
            #expect(token.sub.isEmpty && token.access.isEmpty)
        }
    }

    @Test("S-47 such headers change nothing for who is signed in")
    func somebody() async throws {
        try await withScenario { scenario in
            try await scenario.push(try SampleManifest.image(), to: "acme/app", tag: "v1")
            let headers = Self.headers("acme")
            let path = "/v2/acme/app/manifests/v1"
            #expect(try await scenario.send("GET", path, as: .stranger, headers: headers).status == 404)
            #expect(try await scenario.send("GET", path, as: .reader, headers: headers).status == 200)
            let signed = try await scenario.manage("GET", "/v2/manage/namespaces", as: .stranger, headers: headers)
            #expect(signed.status == 200 && signed.text.contains(#""cargo""#) && !signed.text.contains(#""acme""#))
        }
    }
}
