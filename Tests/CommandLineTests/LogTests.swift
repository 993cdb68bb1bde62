import BerthTestSupport
import Foundation
import Testing

@Suite struct LogTests {
    /// Everything that must not be found in a log.
    private struct Secrets {
        private(set) var texts: Set<String> = []

        mutating func add(_ login: Login) {
            texts.insert(login.password)
            texts.insert(Data("\(login.name):\(login.password)".utf8).base64EncodedString())
        }

        /// A token as a whole, and its signature.
        mutating func add(token: String) {
            texts.insert(token)
            texts.formUnion(token.split(separator: ".").suffix(1).map(String.init))
        }
    }

    @Test(
        "no password, token or Authorization value is ever in the log, and every line is one event",
        arguments: ["info", "trace"])
    func secrets(level: String) async throws {
        try await withSite(["--log-level", level]) { site in
            var secrets = Secrets()
            let password = Login(name: "acme", password: "right-\(UUID().uuidString)")
            let wrong = Login(name: "acme", password: "wrong-\(UUID().uuidString)")
            try await site.done("user", "password", "acme", "--password-stdin", input: password.password + "\n")
            // A new password ends the sign-ins from before, except those with keys.
            for login in [site.acme, site.globex, password, wrong] { secrets.add(login) }

            try await site.push(try SampleManifest.image(), to: "ships/ferry")
            #expect(try await site.pull("ships/ferry", as: password) == 200)
            #expect(try await site.pull("ships/ferry", as: wrong) == 401)
            #expect(try await site.pull("ships/ferry", as: site.globex) == 404)
            let token = try await site.token(for: password, scope: "repository:ships/ferry:pull,push")
            secrets.add(token: token)
            #expect(try await site.pull("ships/ferry", token: token) == 200)
            let broken = token.dropLast(4) + "AAAA"
            secrets.add(token: String(broken))
            #expect(try await site.pull("ships/ferry", token: String(broken)) == 401)
            #expect(try await site.send("GET", "/v2/?token=\(token)").status == 401)

            for form in [
                "grant_type=password&service=berth&access_type=offline&username=acme&password=\(password.password)",
                "grant_type=password&service=berth&username=acme&password=\(wrong.password)",
                "grant_type=nonsense&password=\(wrong.password)",
            ] {
                let answer = try await site.send(
                    "POST", "/token", headers: [("Content-Type", "application/x-www-form-urlencoded")],
                    body: .bytes(Array(form.utf8)))
                if let refresh = try JSONValue(parsing: answer.text)["refresh_token"].text {
                    secrets.add(token: refresh)
                }
            }
            let odd = "odd-\(UUID().uuidString)"
            secrets.texts.forEach { #expect($0.count >= 8) }
            for value in ["Digest \(odd)", odd, "Basic \(odd)", "Bearer \(odd)"] {
                let answer = try await site.send("GET", "/v2/", headers: [("Authorization", value)])
                #expect(answer.status == 401)
            }
            #expect(await site.server.stop() == 0)

            let log = site.server.log
            for secret in secrets.texts.union([odd]) { #expect(!log.contains(secret), "\(secret)") }
            for word in ["Basic ", "Bearer ", "password="] { #expect(!log.contains(word), "\(word)") }
            for line in log.split(separator: "\n") {
                #expect(line.contains(/^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{12}Z [a-z]+ [^=]+/), "\(line)")
            }
        }
    }

    @Test("each request is one line with its id, account, repository, digest, status, bytes and duration")
    func fields() async throws {
        try await withSite { site in
            let blob = SampleBlob("a layer of the log")
            let pushed = try await site.push(blob, to: "ships/ferry")
            let pulled = try await site.send("GET", "/v2/ships/ferry/blobs/\(blob.digest)", as: site.acme)
            let refused = try await site.send("GET", "/v2/ships/ferry/tags/list", as: site.globex)
            let unknown = try await site.send("GET", "/v2/")
            await site.server.stop()
            for (answer, parts) in [
                (pushed, ["account=acme/acme", "method=POST", "repository=ships/ferry", "status=201"]),
                (
                    pulled,
                    [
                        "account=acme/acme", "method=GET", "repository=ships/ferry", "digest=\(blob.digest)",
                        "status=200", "bytes=\(blob.bytes.count)",
                    ]
                ),
                (refused, ["account=globex/globex", "repository=ships/ferry", "status=404"]),
                (unknown, ["method=GET", "status=401"]),
            ] {
                let id = try #require(answer.header("X-Request-Id"))
                let lines = site.server.log.split(separator: "\n").filter { $0.contains(id) }
                #expect(lines.count == 1)
                let words = lines.first?.split(separator: " ").map(String.init) ?? []
                for part in parts + ["info", "request"] { #expect(words.contains(part), "\(part) in \(words)") }
                #expect(words.contains { $0.wholeMatch(of: /duration_ms=[0-9.]+(?:e-[0-9]+)?/) != nil }, "\(words)")
                #expect(words.contains { $0.wholeMatch(of: /bytes=[0-9]+/) != nil }, "\(words)")
            }
            let posted = site.server.log.split(separator: "\n").filter { $0.contains("digest=\(blob.digest)") }
            #expect(posted.count == 2)
        }
    }
}
