import BerthAccess
import BerthOCI
import BerthRegistry
import BerthTestSupport
import Foundation
import Testing

/// Deleting is a right of its own: to be allowed to push is not enough, at no door.
@Suite struct DeletionRightsTests {
    /// Every request of `/v2/` that takes something away from `acme/app`.
    private static func deletions(_ image: SampleManifest, _ spare: SampleBlob) -> [String] {
        ["manifests/v1", "manifests/\(image.digest)", "blobs/\(spare.digest)"]
    }

    private static func prepare(_ scenario: Scenario) async throws -> (image: SampleManifest, spare: SampleBlob) {
        let (image, spare) = (try SampleManifest.image(), SampleBlob("a blob of no image"))
        try await scenario.push(image, to: "acme/app", tag: "v1").requiring(201)
        try await scenario.push(spare, to: "acme/app").requiring(201)
        return (image, spare)
    }

    private static func expectAll(_ image: SampleManifest, _ spare: SampleBlob, in scenario: Scenario) async throws {
        for path in deletions(image, spare) {
            #expect(try await scenario.send("HEAD", "/v2/acme/app/\(path)").status == 200, "\(path)")
        }
    }

    @Test("S-08 a token for pushing deletes neither tag nor manifest nor blob, whoever holds it")
    func tokenForPushing() async throws {
        try await withScenario { scenario in
            let (image, spare) = try await Self.prepare(scenario)
            for (persona, scope, status) in [
                (Scenario.Persona.owner, "pull,push", 401), (.manager, "pull,push", 401),
                (.writer, "pull,push", 403), (.writer, "pull,push,delete", 403), (.writer, "*", 403),
                (.reader, "pull,delete", 403), (.stranger, "pull,push,delete", 403),
            ] {
                let token = try await scenario.token(for: persona, scope: "repository:acme/app:\(scope)")
                for path in Self.deletions(image, spare) {
                    let answer = try await scenario.client.send(
                        "DELETE", "/v2/acme/app/\(path)", headers: [TestClient.bearer(token)])
                    #expect(answer.status == status, "\(persona) \(scope) \(path)")
                    guard status == 401 else {
                        #expect(answer.errorCodes == ["DENIED"], "\(persona) \(scope) \(path)")
                        continue
                    }
                    let challenge = try answer.requiredHeader("WWW-Authenticate")
                    #expect(challenge.contains("scope=\"repository:acme/app:delete\""), "\(challenge)")
                    #expect(challenge.contains("error=\"insufficient_scope\""), "\(challenge)")
                }
            }
            try await Self.expectAll(image, spare, in: scenario)
            let token = try await scenario.token(for: .owner, scope: "repository:acme/app:delete")
            for path in Self.deletions(image, spare) {
                let answer = try await scenario.client.send(
                    "DELETE", "/v2/acme/app/\(path)", headers: [TestClient.bearer(token)])
                #expect(answer.status == 202, "\(path)")
            }
        }
    }

    @Test("S-08 S-12 who may only push removes nothing through the management API either")
    func managementAPI() async throws {
        try await withScenario { scenario in
            let (image, spare) = try await Self.prepare(scenario)
            let path = "/v2/manage/namespaces/acme/repos/app"
            let rules = #"{"algorithm":"or","rules":[{"template":"date_rule","params":{"days":1},"tag_selectors":[]}]}"#
            for (method, target, json) in [
                ("DELETE", "\(path)/tags/v1", nil), ("DELETE", path, nil), ("POST", "\(path)/retentions", rules),
                ("DELETE", "/v2/manage/namespaces/acme", nil),
            ] as [(String, String, String?)] {
                for persona in [Scenario.Persona.writer, .reader] {
                    let answer = try await scenario.manage(method, target, as: persona, json: json)
                    #expect(answer.status == 403, "\(persona) \(method) \(target)")
                }
            }
            try await Self.expectAll(image, spare, in: scenario)
        }
    }

    @Test("S-12 who may not delete a tag does not delete its manifest, and the children of an index stay")
    func tagsByDigest() async throws {
        try await withScenario { scenario in
            let image = try SampleManifest.image()
            try await scenario.push(image, to: "acme/app").requiring(201)
            let index = try SampleManifest.index(of: [image.descriptor])
            try await scenario.push(index, to: "acme/app", tag: "v1").requiring(201)
            for digest in [index.digest, image.digest] {
                for persona in [Scenario.Persona.writer, .reader, .colleague, .receiver, .stranger] {
                    let answer = try await scenario.send("DELETE", "/v2/acme/app/manifests/\(digest)", as: persona)
                    #expect(answer.status == 403, "\(persona)")
                }
            }
            #expect(try await scenario.send("DELETE", "/v2/acme/app/manifests/\(image.digest)").status == 405)
            #expect(try await scenario.send("GET", "/v2/acme/app/manifests/v1").body == index.bytes)
            #expect(try await scenario.send("GET", "/v2/acme/app/manifests/\(image.digest)").body == image.bytes)
        }
    }
}
