import BerthAccess
import BerthCatalog
import BerthOCI
import BerthRegistry
import BerthTestSupport
import Foundation
import Testing

/// What somebody may not see and what is not there are answered alike: status, headers and body, whatever is asked.
///
/// How long it takes is alike because it is the same work: one statement reads all that the decision rests on, and
/// without a right nothing further is looked at.
@Suite struct IndistinguishableTests {
    /// A private repository, one that its organization has not, and one of an organization that nobody has: names of
    /// one length.
    private static let names = ["acme/app", "acme/nop", "nope/app"]
    private static let methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]

    /// Who may see nothing of `acme/app`; `nil` is nobody, with a token for that.
    private static let outsiders: [Scenario.Persona?] = [.stranger, .receiver, .receiverUser, .colleague, nil]

    /// The image in `acme/app` and an upload there, which whoever guesses might know.
    private struct Content: Sendable {
        let image: SampleManifest
        let upload: String
        let referrer: SampleManifest

        init(_ scenario: Scenario) async throws {
            image = try SampleManifest.image()
            referrer = try SampleManifest.image("a signature", subject: image.descriptor)
            try await scenario.push(image, to: "acme/app", tag: "v1").requiring(201)
            try await scenario.push(referrer, to: "acme/app").requiring(201)
            let session = try await scenario.startUpload(in: "acme/app")
            upload = String(session.split(separator: "/").last ?? "")
            try await scenario.patch(session, Array("abc".utf8), 0..<3).requiring(202)
        }

        /// Every path of `/v2/` about a repository, what is there and what is not.
        func paths(of name: String) -> [String] {
            let (blob, unknown) = (image.blobs[1].digest, SampleBlob("never pushed").digest)
            return [
                "manifests/v1", "manifests/none", "manifests/\(image.digest)", "manifests/\(unknown)",
                "manifests/\(referrer.digest)?tag=v1&tag=v2", "blobs/\(blob)", "blobs/\(unknown)", "tags/list",
                "tags/list?n=1&last=a", "tags/list?n=0", "tags/list?n=-1", "referrers/\(image.digest)",
                "referrers/\(image.digest)?artifactType=a%2Fb&n=1", "referrers/\(unknown)", "blobs/uploads/",
                "blobs/uploads/?digest=\(blob)", "blobs/uploads/?mount=\(blob)&from=\(name)",
                "blobs/uploads/?mount=\(blob)", "blobs/uploads/?digest-algorithm=sha512", "blobs/uploads/\(upload)",
                "blobs/uploads/\(upload)?digest=\(SampleBlob("abc").digest)", "blobs/uploads/none",
                "manifests/-", "blobs/sha256:x", "none/such",
            ].map { "/v2/\(name)/\($0)" }
        }
    }

    /// The stranger comes with a token and with a password, each other one with what it has.
    private static func credentials(
        of persona: Scenario.Persona?, _ scenario: Scenario
    ) async throws -> [(String, String)] {
        let token = try await scenario.token(
            for: persona, scope: names.map { "repository:\($0):pull,push,delete" }.joined(separator: "%20"))
        guard let persona else { return [TestClient.bearer(token)] }
        let basic = TestClient.basic(persona.rawValue, persona.password)
        return persona == .stranger ? [TestClient.bearer(token), basic] : [basic]
    }

    @Test(
        "S-17 private and missing are indistinguishable on every route and method of /v2/, and nothing is left of asking",
        arguments: outsiders)
    func distribution(persona: Scenario.Persona?) async throws {
        try await withScenario { scenario in
            let content = try await Content(scenario)
            let paths = Self.names.map { content.paths(of: $0) }
            let body = TestBody.bytes(content.referrer.bytes)
            let before = try await scenario.registry.catalog.read { try $0.counts() }
            for credentials in try await Self.credentials(of: persona, scenario) {
                let headers = [credentials, ("Content-Type", content.referrer.mediaType.rawValue)]
                for (number, method) in paths[0].indices.flatMap({ row in Self.methods.map { (row, $0) } }) {
                    var answers: [VisibleAnswer] = []
                    for names in paths {
                        let answer = try await scenario.client.send(
                            method, names[number], headers: headers,
                            body: ["PUT", "PATCH", "POST"].contains(method) ? body : .none)
                        answers.append(VisibleAnswer(answer, hiding: Self.names))
                    }
                    #expect([400, 401, 403, 404, 405].contains(answers[0].status), "\(method) \(paths[0][number])")
                    #expect(answers[1] == answers[0], "\(method) \(paths[1][number])")
                    #expect(answers[2] == answers[0], "\(method) \(paths[2][number])")
                }
            }
            let after = try await scenario.registry.catalog.read { try $0.counts() }
            #expect(after == before)
            let uploads = try FileManager.default.contentsOfDirectory(atPath: scenario.server.storage + "/uploads")
            #expect(uploads == [content.upload])
            let session = "/v2/acme/app/blobs/uploads/\(content.upload)"
            #expect(try await scenario.send("GET", session).header("Range") == "0-2")
            #expect(try await scenario.tags(of: "acme/app") == ["v1"])
        }
    }

    @Test("S-17 a token for a private repository is as empty as one for a repository that is not there")
    func tokens() async throws {
        try await withScenario { scenario in
            _ = try await Content(scenario)
            for persona in Self.outsiders {
                var claims: [TokenClaimsSeen] = []
                for name in Self.names {
                    let token = try await scenario.token(for: persona, scope: "repository:\(name):pull,push,delete,*")
                    claims.append(try TokenClaimsSeen(token))
                }
                #expect(claims[0].access.isEmpty)
                #expect(claims[1] == claims[0] && claims[2] == claims[0])
            }
        }
    }
}

/// What the holder of a token can read in it, without its times and its id.
private struct TokenClaimsSeen: Decodable, Equatable {
    struct Access: Decodable, Equatable {
        let type: String
        let name: String
        let actions: [String]
    }

    let access: [Access]
    let sub: String?
    let exp: Int

    init(_ token: String) throws {
        let part = token.split(separator: ".", omittingEmptySubsequences: false)[1]
        var text = part.replacing("-", with: "+").replacing("_", with: "/")
        while text.utf8.count % 4 != 0 { text += "=" }
        self = try JSONDecoder().decode(Self.self, from: try #require(Data(base64Encoded: String(text))))
    }
}
