import BerthAccess
import BerthBlobs
import BerthOCI
import BerthRegistry
import BerthTestBasics
import BerthTestSupport
import Foundation
import Testing

/// What is there before anybody has set anything.
@Suite struct DefaultCredentialTests {
    @Test("S-44 two new registries have neither password nor key in common")
    func nothingBuiltIn() async throws {
        try await withServer { first in
            try await withServer { second in
                let passwords = try await [first, second].asyncMap {
                    try await $0.registry.createFirstAccountIfEmpty(password: nil)?.generatedPassword
                }
                #expect(passwords[0] != nil && passwords[1] != nil && passwords[0] != passwords[1])
                #expect(try await first.registry.createFirstAccountIfEmpty(password: nil) == nil)

                let keySets = try await [first, second].asyncMap {
                    try await $0.client.send("GET", "/.well-known/jwks.json").text
                }
                #expect(keySets[0] != keySets[1])
                for file in ["token-key.pem", "secrets.key"] {
                    let contents = [first, second].map {
                        FileManager.default.contents(atPath: "\($0.certificates)/\(file)")
                    }
                    #expect(contents[0] != nil && contents[0] != contents[1], "\(file)")
                }
                struct Body: Decodable {
                    let token: String
                }
                let token = try await first.client.send("GET", "/token?service=berth").json(Body.self).token
                let header = [TestClient.bearer(token)]
                #expect(try await first.client.send("GET", "/v2/", headers: header).status == 200)
                #expect(try await second.client.send("GET", "/v2/", headers: header).status == 401)
            }
        }
    }

    @Test("S-44 no password that others ship with signs in, nor does an account that was given none")
    func noDefaults() async throws {
        try await withServer { server in
            _ = try await server.registry.createFirstAccountIfEmpty(password: nil)
            _ = try await server.registry.addAccount(AccountName(parsing: "acme"), by: .dataOperator)
            for (name, password) in [
                ("admin", "admin"), ("admin", "password"), ("admin", "Harbor12345"), ("admin", "admin123"),
                ("admin", "changeme"), ("admin", ""), ("root", "root"), ("acme", ""), ("acme", "acme"), ("", ""),
                ("operator", "operator"), ("anonymous", "anonymous"),
            ] {
                server.clock.advance(by: 61)
                let answer = try await server.client.send("GET", "/v2/", headers: [TestClient.basic(name, password)])
                #expect(answer.status == 401, "\(name):\(password)")
            }
        }
    }
}

extension Array {
    /// What `transform` makes of each element, one after the other.
    fileprivate func asyncMap<Result>(_ transform: (Element) async throws -> Result) async rethrows -> [Result] {
        var results: [Result] = []
        for element in self { results.append(try await transform(element)) }
        return results
    }
}
