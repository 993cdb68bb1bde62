import BerthAccess
import BerthCatalog
import BerthOCI
import BerthRegistry
import BerthTestBasics
import BerthTestSupport
import Foundation
import Testing

/// How far a share reaches: one repository, one account, reading, one region, until its end.
@Suite struct ShareReachTests {
    @Test("S-23 a share and a permission reach one name, however it is written and whatever begins with it")
    func names() async throws {
        try await withScenario { scenario in
            try await scenario.registry.addOrganization(
                OrganizationName(parsing: "acme2"), account: .name(AccountName(parsing: "acme")), by: .dataOperator)
            let others = ["acme/app2", "acme/app/sub", "acme/app-x", "acme/ap", "acme2/app", "acme/x/acme/app"]
            for name in others + ["acme/app"] {
                try await scenario.push(SampleManifest.index(of: []), to: name, tag: "v1").requiring(201)
            }
            try await scenario.share("acme/app")
            try await scenario.registry.setPermission(
                .read, on: PermissionTarget(parsing: "acme/app"), of: Scenario.Persona.colleague.qualifiedName(),
                by: .dataOperator)
            for persona in [Scenario.Persona.receiver, .receiverUser, .colleague] {
                let token = try await scenario.token(
                    for: persona,
                    scope: (others + ["acme/app"]).map { "repository:\($0):pull" }.joined(separator: "%20"))
                for credentials in [
                    TestClient.basic(persona.rawValue, persona.password), TestClient.bearer(token),
                ] {
                    func get(_ path: String) async throws -> Int {
                        try await scenario.client.send("GET", path, headers: [credentials]).status
                    }
                    #expect(try await get("/v2/acme/app/manifests/v1") == 200)
                    for name in others {
                        #expect(try await get("/v2/\(name)/manifests/v1") == 404, "\(persona) \(name)")
                        #expect(try await get("/v2/\(name)/tags/list") == 404, "\(persona) \(name)")
                    }
                    for path in [
                        "acme//app", "acme/App", "ACME/app", "acme/app%2fsub", "acme%2Fapp", "acme/app/", "acme/app/.",
                        "acme/x/../app", "./acme/app", "acme/app%00", "acme/app%20", "acme/app;a=b", "acme\\app",
                    ] {
                        let status = try await get("/v2/\(path)/tags/list")
                        #expect(status == 400 || status == 404, "\(persona) \(path)")
                    }
                }
                for name in ["app2", "app%2Fsub", "app$sub", "app-x"] {
                    let status = try await scenario.manage(
                        "GET", "/v2/manage/namespaces/acme/repos/\(name)", as: persona
                    )
                    .status
                    #expect(status == (persona == .colleague ? 403 : 404), "\(persona) \(name)")
                }
            }
        }
    }

    @Test("S-24 a receiver reads the image by every route, and changes nothing of it by any, also as referrer")
    func pullOnly() async throws {
        try await withScenario { scenario in
            let image = try SampleManifest.image()
            let signature = try SampleManifest.index(of: [], subject: image.descriptor)
            try await scenario.push(image, to: "acme/app", tag: "v1").requiring(201)
            try await scenario.share("acme/app")
            let own = SampleBlob("the receiver's own")
            try await scenario.push(own, to: "bravo/own", as: .receiver).requiring(201)
            let session = try await scenario.startUpload(in: "acme/app")
            for persona in [Scenario.Persona.receiver, .receiverUser] {
                for path in [
                    "manifests/v1", "manifests/\(image.digest)", "blobs/\(image.blobs[1].digest)", "tags/list",
                    "referrers/\(image.digest)",
                ] {
                    for method in ["GET", "HEAD"] {
                        let answer = try await scenario.send(method, "/v2/acme/app/\(path)", as: persona)
                        #expect(answer.status == 200, "\(persona) \(method) \(path)")
                    }
                }
                let token = try await scenario.token(for: persona, scope: "repository:acme/app:pull,push,delete,*")
                for (method, path, status) in [
                    ("PUT", "/v2/acme/app/manifests/\(signature.digest)", 403),
                    ("PUT", "/v2/acme/app/manifests/v1?tag=v2", 400), ("PUT", "/v2/acme/app/manifests/v1", 403),
                    ("POST", "/v2/acme/app/blobs/uploads/", 403),
                    ("POST", "/v2/acme/app/blobs/uploads/?digest=\(own.digest)", 403),
                    ("POST", "/v2/acme/app/blobs/uploads/?mount=\(image.blobs[1].digest)", 403),
                    ("POST", "/v2/acme/app/blobs/uploads/?mount=\(own.digest)&from=bravo/own", 403),
                    ("DELETE", "/v2/acme/app/manifests/v1", 403),
                    ("DELETE", "/v2/acme/app/blobs/\(image.blobs[1].digest)", 403),
                    ("PATCH", session, 403), ("PUT", "\(session)?digest=\(image.digest)", 403),
                    ("DELETE", session, 403),
                    ("GET", session, 404), ("DELETE", "/v2/acme/app/manifests/\(image.digest)", 403),
                ] {
                    for credentials in [
                        TestClient.basic(persona.rawValue, persona.password), TestClient.bearer(token),
                    ] {
                        let answer = try await scenario.client.send(
                            method, path, headers: [credentials, ("Content-Type", signature.mediaType.rawValue)],
                            body: method == "PUT" || method == "PATCH" ? .bytes(signature.bytes) : .none)
                        #expect(answer.status == status, "\(persona) \(method) \(path)")
                        #expect(status != 403 || answer.errorCodes == ["DENIED"], "\(persona) \(method) \(path)")
                    }
                }
                for (method, path, json) in [
                    ("PATCH", "repos/app", #"{"is_public":false,"description":"theirs"}"#),
                    ("DELETE", "repos/app", nil),
                    ("POST", "repos/app/tags", #"{"source_tag":"v1","destination_tag":"v2"}"#),
                    ("DELETE", "repos/app/tags/v1", nil),
                ] as [(String, String, String?)] {
                    let answer = try await scenario.manage(
                        method, "/v2/manage/namespaces/acme/\(path)", as: persona, json: json)
                    #expect(answer.status == 403, "\(persona) \(method) \(path)")
                }
            }
            #expect(try await scenario.tags(of: "acme/app") == ["v1"])
            let referrers = try await scenario.send("GET", "/v2/acme/app/referrers/\(image.digest)")
            #expect(referrers.text.contains(#""manifests":[]"#))
            #expect(try await scenario.send("GET", session).header("Range") == "0-0")
        }
    }

    @Test("S-25 a download that has begun before the end of the share arrives whole; the next one is refused")
    func runningDownload() async throws {
        try await withScenario { scenario in
            let clock = scenario.server.clock
            let blob = SampleBlob([UInt8](repeating: 7, count: 16_000_000))
            try await scenario.push(blob, to: "acme/app").requiring(201)
            try await scenario.push(SampleManifest.index(of: []), to: "acme/app", tag: "v1").requiring(201)
            let end = clock.now.addingTimeInterval(60)
            try await scenario.share("acme/app", until: .until(end))
            let path = "/v2/acme/app/blobs/\(blob.digest)"
            let receiver = Scenario.Persona.receiver
            let credentials = TestClient.basic(receiver.rawValue, receiver.password)
            let request =
                "GET \(path) HTTP/1.1\r\nHost: berth\r\nConnection: close\r\n"
                + "\(credentials.0): \(credentials.1)\r\n\r\n"
            let received = try await scenario.client.sendRaw(Array(request.utf8), limit: 32_000_000) { _ in
                clock.set(end)
                return false
            }
            #expect(received.starts(with: Array("HTTP/1.1 200".utf8)))
            #expect(received.suffix(blob.bytes.count).elementsEqual(blob.bytes))
            #expect(try await scenario.send("GET", path, as: .receiver).status == 404)
        }
    }

    @Test("S-26 a share counts in the home region of both accounts only, whatever the request says of where it is from")
    func region() async throws {
        try await withScenario { scenario in
            let (image, repository) = (try SampleManifest.image(), try RepositoryName(parsing: "acme/app"))
            try await scenario.push(image, to: "acme/app", tag: "v1").requiring(201)
            let away = try AccountName(parsing: "away")
            try await scenario.registry.addAccount(
                away, homeRegion: Region(parsing: "region-2"), password: Password(parsing: "password-of-away"),
                by: .dataOperator)
            let refusal = await #expect(throws: AdministrationError.self) {
                _ = try await scenario.registry.shareImage(
                    repository, with: .name(away), until: .forever, by: .dataOperator)
            }
            #expect(refusal?.code == .regionMismatch)
            // A share that no rule of today would let be made, as one from before its receiver moved.
            let now = scenario.server.clock.now
            try await scenario.registry.catalog.write { catalog in
                let (record, receiver) = (
                    try #require(try catalog.read.repository(named: repository)),
                    try #require(try catalog.read.account(named: away))
                )
                try catalog.upsertShare(
                    of: record.id, with: receiver.id, deadline: .forever, description: "",
                    by: Creator(id: nil, name: "operator"), now: now)
            }
            let basic = TestClient.basic("away", "password-of-away")
            let spoofed = [
                ("X-Forwarded-For", "10.0.0.1"), ("Forwarded", "for=10.0.0.1;host=region-1"), ("X-Real-IP", "10.0.0.1"),
                ("X-Region", "region-1"), ("X-Project-Id", "region-1"), ("X-Forwarded-Host", "region-1"),
            ]
            for headers in [[], spoofed] {
                let answer = try await scenario.client.send(
                    "GET", "/token?service=berth&scope=repository:acme/app:pull&region=region-1",
                    headers: [basic] + headers)
                let token = try answer.json(TokenSeen.self).token
                for credentials in [basic, TestClient.bearer(token)] {
                    for path in ["manifests/v1", "blobs/\(image.blobs[1].digest)", "tags/list"] {
                        let answer = try await scenario.client.send(
                            "GET", "/v2/acme/app/\(path)", headers: [credentials] + headers)
                        #expect(answer.status == 404, "\(path)")
                    }
                }
            }
            let catalog = try await scenario.client.send("GET", "/v2/_catalog", headers: [basic])
            #expect(catalog.text == #"{"repositories":[]}"#)
        }
    }

    @Test("S-26 a token of another region is no token here, also where both sign with the same key")
    func foreignToken() async throws {
        try await withScenario { scenario in
            try await scenario.push(SampleManifest.image(), to: "acme/app", tag: "v1").requiring(201)
            let elsewhere = try TemporaryDirectory()
            try FileManager.default.copyItem(
                atPath: scenario.server.certificates, toPath: elsewhere.path + "/certs")
            let token = try await withServer(
                region: Region(parsing: "region-2"), clock: scenario.server.clock, directory: elsewhere
            ) { server in
                try await Scenario(on: server).token(for: .owner, scope: "repository:acme/app:pull,push")
            }
            for path in ["/v2/", "/v2/acme/app/manifests/v1", "/v2/_catalog"] {
                let answer = try await scenario.client.send("GET", path, headers: [TestClient.bearer(token)])
                #expect(answer.status == 401, "\(path)")
            }
        }
    }
}

private struct TokenSeen: Decodable {
    let token: String
}
