import BerthAccess
import Foundation
import Testing

@testable import BerthIdentity

@Suite struct TokenServiceTests {
    @Test("a token says what it was signed for, the region included")
    func roundTrip() async throws {
        let bench = try TokenBench()
        let claims = try bench.claims()
        #expect(try await bench.service.verify(bench.service.sign(claims)) == claims)
        let anonymous = TokenClaims(
            subject: .anonymous, region: nil, issuedAt: bench.clock.now,
            expiresAt: bench.clock.now.addingTimeInterval(60))
        #expect(try await bench.service.verify(bench.service.sign(anonymous)) == anonymous)
    }

    @Test("claims and header are those of the Docker token specification, with whole seconds as integers")
    func wireForm() async throws {
        let bench = try TokenBench()
        let token = try await bench.service.sign(try bench.claims())
        let parts = token.split(separator: ".")
        let head = Data(try #require([UInt8](base64URL: parts[0])))
        let header = try JSONSerialization.jsonObject(with: head) as? [String: String]
        #expect(header == ["alg": "ES256", "typ": "JWT", "kid": bench.keys.activeKeyID])
        let text = String(decoding: try #require([UInt8](base64URL: parts[1])), as: UTF8.self)
        #expect(text.contains("\"exp\":1750000300,\"iat\":1750000000,"))
        #expect(text.contains("\"nbf\":1750000000,") && text.contains("\"acme/app\""))
        let payload = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        #expect(payload["iss"] as? String == "berth" && payload["aud"] as? String == "registry")
        #expect(payload["sub"] as? String == "acme/ci" && payload["uid"] as? String == "u1")
        #expect(payload["cv"] as? Int == 3 && payload["region"] as? String == "region-1")
        #expect(payload["use"] as? String == "access" && (payload["jti"] as? String)?.count == 22)
        let access = try #require(payload["access"] as? [[String: Any]])
        #expect(access.count == 1 && access[0].keys.sorted() == ["actions", "name", "type"])
    }

    @Test("a hand-made token of the right form is taken, so that the refusals of forged ones mean something")
    func control() async throws {
        let bench = try TokenBench()
        let claims = try await bench.service.verify(try bench.forge())
        #expect(claims.subject == (try bench.user) && claims.access.count == 1)
    }

    @Test("a token ends at its exp exactly, remembered or not")
    func expiry() async throws {
        let bench = try TokenBench()
        let remembered = try await bench.service.sign(try bench.claims(lifetime: 60))
        let fresh = try await bench.service.sign(try bench.claims(lifetime: 60))
        _ = try await bench.service.verify(remembered)
        bench.clock.advance(by: 59.25)
        _ = try await bench.service.verify(remembered)
        bench.clock.advance(by: 0.25)
        await bench.expectRefusal(of: remembered, as: .expired)
        await bench.expectRefusal(of: fresh, as: .expired)
        #expect(bench.service.rememberedTokens == 0)
    }

    @Test("memory of good tokens is bounded, and bad ones are not remembered")
    func boundedMemory() async throws {
        let bench = try TokenBench()
        let service = TokenService(keys: bench.keys, issuer: "berth", service: "registry", cacheCapacity: 8) {
            bench.clock.now
        }
        for _ in 0..<20 { _ = try await service.verify(try await service.sign(try bench.claims())) }
        #expect((1...8).contains(service.rememberedTokens))
        let before = service.rememberedTokens
        for index in 0..<20 { _ = try? await service.verify(try bench.forge(payload: ["iss": "\(index)"])) }
        #expect(service.rememberedTokens == before)
    }

    @Test("what verify would refuse is not signed: too long a life, too many names")
    func signRefusals() async throws {
        let bench = try TokenBench()
        await #expect(throws: TokenError.wrongLifetime) {
            try await bench.service.sign(try bench.claims(lifetime: 3601))
        }
        await #expect(throws: TokenError.wrongLifetime) { try await bench.service.sign(try bench.claims(lifetime: -1)) }
        let access = (0..<100).map {
            TokenAccess(type: "repository", name: String(repeating: "a", count: 250) + "\($0)", actions: ["pull"])
        }
        let claims = TokenClaims(
            subject: .anonymous, access: access, region: nil, issuedAt: bench.clock.now,
            expiresAt: bench.clock.now.addingTimeInterval(60))
        await #expect(throws: TokenError.tooLarge) { try await bench.service.sign(claims) }
    }

    @Test("as many scopes of the longest names as one request may name fit into a token")
    func largestToken() async throws {
        let bench = try TokenBench()
        let access = (0..<TokenScope.maximumCount).map { _ in
            TokenAccess(
                type: "repository", name: String(repeating: "a", count: 255), actions: ["delete", "pull", "push"])
        }
        let claims = TokenClaims(
            subject: try bench.user, access: access, region: nil, issuedAt: bench.clock.now,
            expiresAt: bench.clock.now.addingTimeInterval(60))
        #expect(try await bench.service.verify(try await bench.service.sign(claims)).access.count == 32)
    }
}
