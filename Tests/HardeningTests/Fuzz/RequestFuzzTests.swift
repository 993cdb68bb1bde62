import BerthTestSupport
import Foundation
import Testing

extension FuzzTests {
    /// What a query or the rest of a path is put behind, with the credentials that are taken there.
    private struct Place: Sendable {
        let prefix: String
        let isManagement: Bool

        static let all: [Place] =
            [
                "/v2/manage/repos?", "/v3/manage/repos?", "/v2/manage/namespaces?", "/v2/manage/shared-repositories?",
                "/v3/manage/shared-repositories?", "/v2/manage/namespaces/acme/repos/app/tags?",
                "/v3/manage/namespaces/acme/repos/app/tags?", "/v2/manage/namespaces/acme/repos/app/sync_job?",
                "/v2/manage/namespaces/acme/repos/app/access-domains?", "/v3/projects?",
                "/v2/manage/namespaces/acme/repos/app/v1/accessories?", "/v2/manage/namespaces/", "/v2/manage/",
            ].map { Place(prefix: $0, isManagement: true) }
            + [
                "/v2/_catalog?", "/v2/acme/app/tags/list?", "/v2/acme/app/manifests/", "/v2/acme/app/blobs/", "/v2/",
                "/token?service=berth&", "/",
            ].map { Place(prefix: $0, isManagement: false) }
    }

    @Test("no query and no path makes the server fail, and the connection answers the next request")
    func requests() async throws {
        try await withScenario { scenario in
            try await scenario.push(try SampleManifest.image(), to: "acme/app", tag: "v1")
            let credentials = [
                true: ("X-Auth-Token", try await scenario.managementToken(for: .owner)),
                false: TestClient.basic("acme", Scenario.Persona.owner.password),
            ]
            let paths = ["acme/repos/app/tags", "acme%2frepos", "..%2f..", "v1", "sha256:00", "blobs/uploads"]
            let corpus = Self.queries + paths
            try await scenario.client.withConnection { connection in
                var turn = 0
                await FuzzTarget.requests.fuzz(
                    corpus.map { Array($0.utf8) }, tokens: Self.queryTokens + ["/", "manage", "blobs/uploads/"],
                    maximumLength: 1500
                ) { input in
                    turn += 1
                    let place = Place.all[turn % Place.all.count]
                    let target = place.prefix + Self.printable(input)
                    let answer = try await connection.send(
                        "GET", target, headers: [credentials[place.isManagement]].compactMap(\.self))
                    try hold(answer.status < 500, "\(target) is answered \(answer.status)")
                    if answer.status >= 400 {
                        let isError = (try? answer.json(ErrorBody.self)) != nil
                        try hold(isError, "\(target) is refused with \(answer.text)")
                    }
                    return answer.status == 200
                }
            }
            #expect(scenario.server.faults.isEmpty)
        }
    }

    /// Bytes as they may stand in the target of a request: those that may not are escaped.
    private static func printable(_ input: [UInt8]) -> String {
        input.map { byte in
            (0x21..<0x7F).contains(byte) ? String(UnicodeScalar(byte)) : String(format: "%%%02X", Int(byte))
        }.joined()
    }
}

/// Every API's refusal has one of these.
private struct ErrorBody: Decodable {
    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        guard container.contains(.errors) || container.contains(.error) else {
            throw DecodingError.dataCorrupted(.init(codingPath: [], debugDescription: "no error"))
        }
    }

    private enum CodingKeys: String, CodingKey { case errors, error }
}
