import BerthAccess
import BerthRegistry
import BerthTestSupport
import Foundation
import Testing

/// A login as the management API gives it.
private struct Login {
    let name: String
    let password: String
    let host: String
    let expiry: String

    init(_ answer: TestResponse) throws {
        try #require(answer.status == 200, "\(answer.text)")
        let command = try #require(answer.header("X-Swr-Dockerlogin"))
        let words = command.split(separator: " ").map(String.init)
        try #require(words.count == 7 && words[0...2] == ["docker", "login", "-u"] && words[4] == "-p")
        (name, password, host) = (words[3], words[5], words[6])
        expiry = try #require(answer.header("X-Swr-Expireat"))
    }

    var header: (String, String) { TestClient.basic(name, password) }
}

extension Scenario {
    fileprivate func login(_ target: String, as persona: Persona = .owner) async throws -> Login {
        try Login(try await manage("POST", "/v2/manage/utils/\(target)", as: persona))
    }

    /// The statuses that a login has at `/token` and at `/v2/`.
    fileprivate func statuses(of login: Login) async throws -> [Int] {
        [
            try await client.send("GET", "/token?service=berth", headers: [login.header]).status,
            try await client.send("GET", "/v2/", headers: [login.header]).status,
        ]
    }
}

@Suite struct TemporaryLoginTests {
    @Test("utils/secret gives a login for docker, in a header and as docker keeps it, for six hours unless asked")
    func secret() async throws {
        let clock = ManualClock(now: Date(timeIntervalSince1970: 1_795_262_400))  // 2026-11-21T12:00:00Z
        try await withScenario(clock: clock) { scenario in
            let answer = try await scenario.manage("POST", "/v2/manage/utils/secret?projectname=region-1")
            let login = try Login(answer)
            #expect(login.name.hasPrefix("region-1@") && login.name.count == 29)
            #expect(login.host == "127.0.0.1:\(scenario.server.port)")
            #expect(login.expiry == "2026-11-21T18:00:00.000000Z")
            #expect(answer.header("Cache-Control") == "no-store")
            let auth = Data("\(login.name):\(login.password)".utf8).base64EncodedString()
            #expect(answer.text == #"{"auths":{"\#(login.host)":{"auth":"\#(auth)"}}}"#)
            for (seconds, status) in [(0.0, 200), (21_599, 200), (1, 401)] {
                clock.advance(by: seconds)
                #expect(try await scenario.statuses(of: login) == [status, status], "\(seconds)")
            }
            for (duration, end) in [("900", "18:15:00"), ("86400", "18:00:00")] {
                let asked = try await scenario.login("secret?duration_seconds=\(duration)")
                #expect(asked.expiry.contains(end))
                #expect(try await scenario.statuses(of: asked) == [200, 200])
            }
        }
    }

    @Test("authorizationtoken gives a login under the name of the access key, for twelve hours, as often as asked")
    func authorizationToken() async throws {
        try await withScenario { scenario in
            let owner = try Scenario.Persona.owner.qualifiedName()
            let key = try await scenario.registry.addAccessKey(to: owner, by: .dataOperator)
            let path = "/v2/manage/utils/authorizationtoken"
            let host = [("Host", "127.0.0.1:\(scenario.server.port)")]
            var logins: [Login] = []
            for _ in 0..<2 {
                let signature = RequestSigner(accessKey: key.accessKey, secretKey: key.secretKey)
                    .headers(signing: "POST", path, headers: host, at: scenario.server.clock.now)
                logins.append(try Login(try await scenario.client.send("POST", path, headers: host + signature)))
            }
            #expect(logins.map(\.name) == Array(repeating: "bearertoken@\(key.accessKey)", count: 2))
            #expect(logins[0].password != logins[1].password)
            let token = try await scenario.managementToken()
            logins.append(
                try Login(try await scenario.client.send("POST", path, headers: [("X-Auth-Token", token)])))
            for login in logins { #expect(try await scenario.statuses(of: login) == [200, 200]) }
            scenario.server.clock.advance(by: 12 * 3600 - 1)
            for login in logins { #expect(try await scenario.statuses(of: login) == [200, 200]) }
            scenario.server.clock.advance(by: 1)
            for login in logins { #expect(try await scenario.statuses(of: login) == [401, 401]) }
        }
    }

    @Test("a wrong project or length is refused with what was expected")
    func refusals() async throws {
        try await withScenario { scenario in
            for query in [
                "projectname=region-2", "projectname=x%27y", "duration_seconds=899", "duration_seconds=86401",
                "duration_seconds=-1", "duration_seconds=1e4", "duration_seconds=x", "projectname=%zz",
                "duration_seconds=99999999999999999999",
            ] {
                let answer = try await scenario.manage("POST", "/v2/manage/utils/secret?\(query)")
                // A query that cannot be decoded cannot have been signed either.
                #expect(answer.status == (query.hasSuffix("%zz") ? 401 : 400), "\(query)")
                #expect(answer.header("X-Swr-Dockerlogin") == nil)
            }
            let anonymous = try await scenario.client.send("POST", "/v2/manage/utils/secret")
            #expect(anonymous.status == 401)
        }
    }

    @Test("S-38 a login of who may manage deletes nothing, neither by itself nor with a token")
    func noDeletion() async throws {
        try await withScenario { scenario in
            try await scenario.push(try SampleManifest.image(), to: "acme/app", tag: "1")
            for kind in ["secret", "authorizationtoken"] {
                let login = try await scenario.login(kind, as: .owner)
                let target = "/v2/acme/app/manifests/1"
                let direct = try await scenario.client.send("DELETE", target, headers: [login.header])
                #expect(direct.status == 403 && direct.errorCodes == ["DENIED"])
                struct Granted: Decodable {
                    let token: String
                }
                let granted = try await scenario.client.send(
                    "GET", "/token?service=berth&scope=repository:acme/app:pull,push,delete", headers: [login.header]
                ).json(Granted.self)
                let byToken = try await scenario.client.send(
                    "DELETE", target, headers: [TestClient.bearer(granted.token)])
                #expect(byToken.status == 401 || byToken.status == 403)
                #expect(try await scenario.send("GET", target).status == 200)
            }
        }
    }

    @Test("a login may pull and push what its user may, and cannot manage")
    func rights() async throws {
        try await withScenario { scenario in
            let image = try SampleManifest.image()
            try await scenario.push(image, to: "acme/app", tag: "1")
            for (persona, pull, push) in [
                (Scenario.Persona.reader, 200, 403), (.writer, 200, 202), (.stranger, 404, 403),
            ] {
                let login = try await scenario.login("secret", as: persona)
                let pulled = try await scenario.client.send(
                    "GET", "/v2/acme/app/manifests/1", headers: [login.header])
                #expect(pulled.status == pull, "\(persona)")
                let pushed = try await scenario.client.send(
                    "POST", "/v2/acme/app/blobs/uploads/", headers: [login.header])
                #expect(pushed.status == push, "\(persona)")
                let managed = try await scenario.client.send(
                    "GET", "/v2/manage/namespaces", headers: [login.header])
                #expect(managed.status == 401)
            }
        }
    }

    @Test("a login that was asked for with a token ends with it")
    func loginByToken() async throws {
        try await withScenario { scenario in
            let token = try await scenario.managementToken()
            scenario.server.clock.advance(by: 86_400 - 1000)
            let login = try Login(
                try await scenario.client.send(
                    "POST", "/v2/manage/utils/secret", headers: [("X-Auth-Token", token)]))
            for (seconds, status) in [(999.0, 200), (1, 401)] {
                scenario.server.clock.advance(by: seconds)
                #expect(try await scenario.statuses(of: login) == [status, status])
            }
        }
    }

    @Test("no token that a login buys outlives it")
    func tokens() async throws {
        try await withScenario { scenario in
            let login = try await scenario.login("secret?duration_seconds=900")
            scenario.server.clock.advance(by: 800)
            let answer = try await scenario.client.send(
                "GET", "/token?service=berth&offline_token=true&scope=registry:catalog:*", headers: [login.header])
            struct Granted: Decodable {
                let token: String
                let expiresIn: Int
                let refreshToken: String?
            }
            let granted = try answer.snakeCase(Granted.self)
            #expect(granted.expiresIn <= 100 && granted.refreshToken == nil)
            let bearer = [TestClient.bearer(granted.token)]
            #expect(try await scenario.client.send("GET", "/v2/", headers: bearer).status == 200)
            scenario.server.clock.advance(by: 100)
            #expect(try await scenario.client.send("GET", "/v2/", headers: bearer).status == 401)
        }
    }

    @Test(
        "a login and its tokens are dead once its user's credentials change",
        arguments: ManagementTokenTests.Change.allCases)
    func credentials(change: ManagementTokenTests.Change) async throws {
        try await withScenario { scenario in
            let key = try await scenario.registry.addAccessKey(
                to: Scenario.Persona.writer.qualifiedName(), by: .dataOperator)
            let logins = [
                try await scenario.login("secret", as: .writer),
                try await scenario.login("authorizationtoken", as: .writer),
            ]
            let other = try await scenario.login("secret", as: .reader)
            for login in logins { #expect(try await scenario.statuses(of: login) == [200, 200]) }
            try await change.apply(to: scenario.registry, key: key.accessKey)
            for login in logins { #expect(try await scenario.statuses(of: login) == [401, 401]) }
            #expect(try await scenario.statuses(of: other) == [200, 200])
        }
    }

    @Test("only the right password of the right name is taken, and the database does not hold it")
    func passwords() async throws {
        try await withScenario { scenario in
            let first = try await scenario.login("secret")
            let second = try await scenario.login("secret")
            let accessKey = first.name.dropFirst("region-1@".count)
            for (name, password) in [
                (first.name, second.password), (second.name, first.password), (first.name, ""),
                (first.name, first.password + "0"), (first.name, first.password.uppercased()),
                ("region-2@\(accessKey)", first.password), ("bearertoken@\(accessKey)", first.password),
                (String(accessKey), first.password), (first.name + " ", first.password),
                (String(repeating: "@", count: 10_000), first.password),
            ] {
                let answer = try await scenario.client.send(
                    "GET", "/v2/", headers: [TestClient.basic(name, password)])
                #expect(answer.status == 401, "\(name.prefix(60))")
            }
            #expect(try await scenario.statuses(of: first) == [200, 200])
            let storage = scenario.server.storage
            for file in try FileManager.default.contentsOfDirectory(atPath: storage) {
                guard let bytes = FileManager.default.contents(atPath: "\(storage)/\(file)") else { continue }
                #expect(bytes.range(of: Data(first.password.utf8)) == nil, "\(file)")
            }
        }
    }

    @Test("a user has at most a hundred logins at once: one more ends the oldest, and nobody else's")
    func bounded() async throws {
        try await withScenario { scenario in
            let other = try await scenario.login("secret", as: .reader)
            let actor = Administrator.caller(try await scenario.caller(.writer))
            var logins: [TemporaryLogin] = []
            for _ in 0..<101 {
                scenario.server.clock.advance(by: 1)
                logins.append(
                    try await scenario.registry.makeTemporaryLogin(.key, lifetime: 3600, accessKey: nil, by: actor))
            }
            for (index, isGood) in [(0, false), (1, true), (100, true)] {
                let header = TestClient.basic(logins[index].username, logins[index].password)
                let answer = try await scenario.client.send("GET", "/v2/", headers: [header])
                #expect((answer.status == 200) == isGood, "\(index)")
            }
            #expect(try await scenario.statuses(of: other) == [200, 200])
        }
    }
}
