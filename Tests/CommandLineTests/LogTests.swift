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
        "S-45 no password, token or Authorization value is ever in the log, and every line is one event",
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

    @Test("S-45 secrets of keys, webhooks, regions and management are in no log and not in the data either")
    func storedSecrets() async throws {
        let webhook = "webhook-\(UUID().uuidString)"
        let region = "region-\(UUID().uuidString)"
        let settings = [
            "--log-level", "trace", "--triggers-endpoint", "https://127.0.0.1:9/hook", "--triggers-secret", webhook,
            "--regions", "region-2=http://copier:\(region)@127.0.0.1:9",
        ]
        try await withSite(settings) { site in
            let key = try await site.json("key", "add", "acme")
            let (accessKey, secret) = (
                try #require(key["access_key"].text), try #require(key["secret_key"].text)
            )
            try await site.push(try SampleManifest.image(), to: "ships/ferry")
            let repository = "/v2/manage/namespaces/ships/repos/ferry"
            func manage(_ method: String, _ path: String, json: String? = nil) async throws -> TestResponse {
                let body = json.map { Array($0.utf8) } ?? []
                let headers = [("Host", site.server.authority), ("Content-Type", "application/json")]
                let signature = RequestSigner(accessKey: accessKey, secretKey: secret).headers(
                    signing: method, path, headers: headers, body: body, at: Date())
                return try await site.client.send(
                    method, path, headers: headers + signature, body: json == nil ? .none : .bytes(body))
            }
            let trigger =
                #"{"name":"deploy","action":"update","app_type":"deployments","application":"web","cluster_id":"c1","#
                + #""cluster_ns":"default","trigger_type":"all","condition":".*","enable":"true"}"#
            #expect(try await manage("POST", "\(repository)/triggers", json: trigger).status == 201)
            let rule = #"{"remoteRegionId":"region-2","remoteNamespace":"ships","syncAuto":true,"override":true}"#
            #expect(try await manage("POST", "\(repository)/sync_repo", json: rule).status == 200)
            let login = try await manage("POST", "/v2/manage/utils/secret")
            let words = try #require(login.header("X-Swr-Dockerlogin")).split(separator: " ").map(String.init)
            let temporary = Login(name: words[3], password: words[5])
            #expect(try await site.pull("ships/ferry", as: temporary) == 200)
            let password = "password-\(UUID().uuidString)"
            try await site.done("user", "password", "globex", "--password-stdin", input: password + "\n")
            let user = #"{"name":"globex","password":"\#(password)","domain":{"name":"globex"}}"#
            let signIn = #"{"auth":{"identity":{"methods":["password"],"password":{"user":\#(user)}}}}"#
            let signedIn = try await site.send(
                "POST", "/v3/auth/tokens", headers: [("Content-Type", "application/json")],
                body: .bytes(Array(signIn.utf8)))

            var secrets = Secrets()
            secrets.add(temporary)
            secrets.add(site.acme)
            secrets.add(token: try #require(signedIn.header("X-Subject-Token")))
            let texts = secrets.texts.union([secret, webhook, region, password])
            // Both the webhook and the copy fail, and what is said of that is in the log.
            try await site.push(try SampleManifest.image("second"), to: "ships/ferry", tag: "2")
            try await eventually("a failed call is logged") {
                site.server.log.contains("a trigger could not be called")
            }
            #expect(await site.server.stop() == 0)
            let storage = site.installation.storage
            let paths = try FileManager.default.subpathsOfDirectory(atPath: storage)
            #expect(paths.contains("berth.sqlite"))
            for text in texts {
                #expect(!site.server.log.contains(text), "\(text) in the log")
                for path in paths {
                    let bytes = FileManager.default.contents(atPath: "\(storage)/\(path)") ?? Data()
                    #expect(bytes.range(of: Data(text.utf8)) == nil, "\(text) in \(path)")
                }
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
