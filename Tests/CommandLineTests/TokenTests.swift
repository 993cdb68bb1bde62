import BerthTestSupport
import Foundation
import Testing

@Suite struct TokenTests {
    private static let scope = "repository:ships/ferry:pull"

    private func withFerry(_ body: (Site) async throws -> Void) async throws {
        try await withSite { site in
            try await site.push(try SampleManifest.image(), to: "ships/ferry")
            try await body(site)
        }
    }

    private func post(_ site: Site, _ form: String) async throws -> (status: Int, body: JSONValue) {
        let answer = try await site.send(
            "POST", "/token", headers: [("Content-Type", "application/x-www-form-urlencoded")],
            body: .bytes(Array(form.utf8)))
        return (answer.status, try JSONValue(parsing: answer.text))
    }

    private func keys(of site: Site) async throws -> [JSONValue] {
        let answer = try await site.send("GET", "/.well-known/jwks.json")
        #expect(answer.status == 200)
        return try JSONValue(parsing: answer.text)["keys"].list
    }

    @Test("the long-term login is REGION@AK and hex HMAC-SHA256 of the access key, until the key is disabled")
    func longTermLogin() async throws {
        try await withFerry { site in
            let key = try await site.json("key", "add", "acme")
            let (name, secret) = (try #require(key["access_key"].text), try #require(key["secret_key"].text))
            let password = try await OpenSSL.hmac(name, key: secret)
            let login = Login(name: "region-1@\(name)", password: password)
            let token = try await site.token(for: login, scope: Self.scope)
            #expect(try await site.pull("ships/ferry", token: token) == 200)
            #expect(try await site.pull("ships/ferry", as: login) == 200)
            for (wrong, password) in [
                ("region-2@\(name)", password), (name, password), ("region-1@\(name)", secret),
                ("region-1@\(name)X", password), ("region-1@\(name)", String(password.dropLast()) + "x"),
                ("region-1@\(name)", ""),
            ] {
                let login = Login(name: wrong, password: password)
                #expect(try await site.send("GET", "/token?service=berth", as: login).status == 401, "\(wrong)")
            }
            try await site.done("key", "disable", name)
            #expect(try await site.send("GET", "/token?service=berth", as: login).status == 401)
            #expect(try await site.pull("ships/ferry", token: token) == 401)
            // Other keys of the user still sign in.
            #expect(try await site.pull("ships/ferry", as: site.acme) == 200)
        }
    }

    @Test("a refresh token buys access tokens and is good for nothing else, until the password changes")
    func refreshToken() async throws {
        try await withFerry { site in
            let answer = try await site.send(
                "GET", "/token?service=berth&offline_token=true&scope=\(Self.scope)", as: site.acme)
            let refresh = try #require(try JSONValue(parsing: answer.text)["refresh_token"].text)
            let form = "grant_type=refresh_token&service=berth&client_id=test&scope=\(Self.scope)&refresh_token="
            let (status, body) = try await post(site, form + refresh)
            #expect(status == 200)
            let token = try #require(body["access_token"].text)
            #expect(try await site.pull("ships/ferry", token: token) == 200)
            #expect(try await site.pull("ships/ferry", token: refresh) == 401)
            #expect(try await post(site, form + token).status == 401)
            #expect(try await post(site, form).status == 401)
            try await site.done("user", "password", "acme", "--password-stdin", input: "a good password\n")
            #expect(try await post(site, form + refresh).status == 401)
        }
    }

    @Test("POST with a password grants a token, with a refresh token when asked for")
    func passwordGrant() async throws {
        try await withFerry { site in
            let name = site.acme.name.replacing("@", with: "%40")
            let form = "grant_type=password&service=berth&client_id=test&scope=\(Self.scope)&username=\(name)&password="
            let (status, body) = try await post(site, form + site.acme.password)
            #expect(status == 200 && body["refresh_token"] == .null)
            let token = try #require(body["access_token"].text)
            #expect(try await site.pull("ships/ferry", token: token) == 200)
            let offline = try await post(site, form + site.acme.password + "&access_type=offline")
            #expect(offline.body["refresh_token"].shape == "text")
            #expect(try await post(site, form + "wrong").status == 401)
            #expect(try await post(site, form + site.acme.password + "&service=other").status != 500)
            #expect(try await post(site, "grant_type=nonsense").status == 400)
        }
    }

    @Test("a token carries the name of the key in jwks.json that its signature verifies with")
    func keySet() async throws {
        try await withFerry { site in
            let token = try await site.token(for: site.acme, scope: Self.scope)
            let (header, claims) = try OpenSSL.parts(of: token)
            #expect(header["alg"] == .text("ES256") && claims["iss"] == .text("berth"))
            let keys = try await keys(of: site)
            #expect(keys.count == 1 && keys[0]["kty"] == .text("EC") && keys[0]["crv"] == .text("P-256"))
            #expect(keys[0]["d"] == .null)
            #expect(keys[0]["kid"] == header["kid"] && header["kid"].shape == "text")
            #expect(try await OpenSSL.isSigned(token, with: keys[0]))
            let parts = token.split(separator: ".").map(String.init)
            let forged = "\(parts[0]).\(parts[1].dropLast())A.\(parts[2])"
            #expect(try await !OpenSSL.isSigned(forged, with: keys[0]))
            for time in ["iat", "nbf", "exp"] { #expect(claims[time].shape == "integer") }
        }
    }

    @Test("after certs rotate-token-key a running server signs with the new key and takes tokens of both")
    func rotation() async throws {
        try await withFerry { site in
            let old = try await site.token(for: site.acme, scope: Self.scope)
            let rotated = try await site.json("certs", "rotate-token-key")
            #expect(try await site.pull("ships/ferry", token: old) == 200)
            let new = try await site.token(for: site.acme, scope: Self.scope)
            let (oldHeader, newHeader) = (try OpenSSL.parts(of: old).header, try OpenSSL.parts(of: new).header)
            #expect(newHeader["kid"] == rotated["key_id"] && oldHeader["kid"] != newHeader["kid"])
            #expect(try await site.pull("ships/ferry", token: new) == 200)
            let keys = try await keys(of: site)
            #expect(keys.map { $0["kid"] } == [newHeader["kid"], oldHeader["kid"]])
            #expect(try await OpenSSL.isSigned(new, with: keys[0]))
            #expect(try await OpenSSL.isSigned(old, with: keys[1]))
            // The next start knows both as well.
            await site.server.stop()
            try await withBerthProcess(in: site.installation) { server async throws in
                let site = Site(server: server, acme: site.acme, globex: site.globex)
                for token in [old, new] { #expect(try await site.pull("ships/ferry", token: token) == 200) }
            }
        }
    }
}
