import BerthServer
import BerthTestSupport
import Foundation
import Testing

@Suite struct AddressTests {
    /// Fails for every answer of a tour that says `word` in a header or its body.
    private func expectSilence(on word: String, _ stops: [Stop]) {
        for stop in stops {
            for (name, value) in stop.response.headers {
                #expect(!value.contains(word), "\(stop.request): \(name): \(value)")
            }
            #expect(!stop.response.text.contains(word), "\(stop.request): \(stop.response.text)")
        }
    }

    private func realms(_ stops: [Stop]) -> [String] {
        stops.compactMap { $0.response.header("WWW-Authenticate") }.filter { $0.hasPrefix("Bearer ") }
    }

    @Test("S-49 the Host that a request names is in no address that Berth gives out")
    func host() async throws {
        try await withScenario { scenario in
            let stops = try await scenario.tour(headers: [("Host", "evil.example:99")])
            expectSilence(on: "evil", stops)
            #expect(realms(stops).count > 2)
            for realm in realms(stops) {
                #expect(realm.hasPrefix("Bearer realm=\"http://127.0.0.1:\(scenario.server.port)/token\""))
            }
            #expect(stops.filter { $0.response.header("Location") != nil }.count > 10)
        }
    }

    @Test("S-49 a target with a host of its own is answered as if it had none")
    func absoluteTarget() async throws {
        try await withScenario { scenario in
            let challenged = try await scenario.client.send("GET", "http://evil.example/v2/")
            #expect(challenged.status == 401)
            #expect(challenged.header("WWW-Authenticate")?.contains("evil") == false)
            let started = try await scenario.send("POST", "http://evil.example/v2/acme/app/blobs/uploads/")
            #expect(started.status == 202)
            #expect(started.header("Location")?.hasPrefix("/v2/acme/app/") == true)
        }
    }

    @Test("S-49 S-50 what is configured is what clients are told")
    func configured() async throws {
        var configuration = Server.Configuration()
        configuration.publicURL = "https://registry.example"
        try await withServer(configuration: configuration) { server in
            let scenario = try await Scenario(on: server)
            let stops = try await scenario.tour(headers: [("Host", "evil.example"), ("X-Forwarded-Proto", "http")])
            #expect(realms(stops).count > 2)
            for realm in realms(stops) { #expect(realm.hasPrefix("Bearer realm=\"https://registry.example/token\"")) }
            expectSilence(on: "evil", stops)
            expectSilence(on: "http://", stops)
        }
    }

    @Test("S-50 what a proxy might say of a request changes nothing, whoever says it")
    func forwarded() async throws {
        let plain = try await withScenario { try await $0.tour().map(\.response.status) }
        let headers = [
            ("X-Forwarded-Host", "a.example, evil.example"), ("X-Forwarded-Proto", "https, evil"),
            ("X-Forwarded-Port", "444"), ("X-Forwarded-Prefix", "/evil"), ("X-Forwarded-For", "203.0.113.9, evil"),
            ("X-Forwarded-Server", "evil.example"), ("X-Forwarded-Scheme", "https"), ("X-Forwarded-Ssl", "on"),
            ("Forwarded", "for=203.0.113.9;host=evil.example;proto=https, host=\"evil.example:1\""),
            ("X-Original-URL", "/evil"), ("X-Rewrite-URL", "/evil"), ("X-Original-Host", "evil.example"),
            ("X-Host", "evil.example"), ("X-Real-IP", "203.0.113.9"), ("X-HTTP-Method-Override", "DELETE"),
        ]
        try await withScenario { scenario in
            let stops = try await scenario.tour(headers: headers)
            #expect(stops.map(\.response.status) == plain)
            expectSilence(on: "evil", stops)
            for realm in realms(stops) {
                #expect(realm.hasPrefix("Bearer realm=\"http://127.0.0.1:\(scenario.server.port)/token\""))
            }
        }
    }

    @Test("S-79 every Location and Link stays on this server and tells no secret")
    func ownHost() async throws {
        try await withScenario { scenario in
            let stops = try await scenario.tour()
            let owner = Scenario.Persona.owner
            let encoded = TestClient.basic(owner.rawValue, owner.password).1.dropFirst("Basic ".count)
            let secrets = [owner.password, String(encoded)]
            for stop in stops {
                if let location = stop.response.header("Location") {
                    #expect(location.hasPrefix("/v2/") && !location.contains("//"), "\(stop)")
                    #expect(!location.contains("?"), "\(stop)")
                    for secret in secrets { #expect(!location.contains(secret), "\(stop)") }
                }
                for link in stop.response.headers(named: "Link") {
                    #expect(link.hasPrefix("</v2/") && !link.contains("//"), "\(stop)")
                    for secret in secrets { #expect(!link.contains(secret), "\(stop)") }
                }
                #expect(stop.response.header("Content-Location") == nil && stop.response.header("Refresh") == nil)
            }
            #expect(stops.filter { $0.response.header("Link") != nil }.count >= 3)
        }
    }

    @Test("S-79 the id of an upload is good for nobody but the one who began it")
    func sessionOfAnother() async throws {
        try await withScenario { scenario in
            let session = try await scenario.startUpload(in: "acme/app")
            #expect(try await scenario.client.send("GET", session).status == 401)
            #expect(try await scenario.send("GET", session, as: .writer).status == 404)
            #expect(try await scenario.send("PATCH", session, as: .manager, body: .bytes([1])).status == 404)
            #expect(try await scenario.send("GET", session).status == 204)
        }
    }
}
