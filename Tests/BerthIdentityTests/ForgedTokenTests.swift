import BerthAccess
import BerthTestBasics
import BerthTestSupport
import Crypto
import Foundation
import Testing

@testable import BerthIdentity

@Suite struct ForgedTokenTests {
    @Test("S-29 the algorithm is ES256, whatever the header says")
    func algorithmConfusion() async throws {
        let bench = try TokenBench()
        for alg in ["none", "None", "NONE", "nOnE"] {
            let input = try bench.forger.signingInput(header: ["alg": alg])
            await bench.expectRefusal(of: input + ".")
            await bench.expectRefusal(of: input)
            await bench.expectRefusal(of: input + ".AAAA", as: .wrongAlgorithm)
        }
        let pem = try bench.signingKey.publicKey.pemRepresentation
        for secret in [pem, pem + "\n", bench.keys.activeKeyID] {
            await bench.expectRefusal(of: try bench.forger.token(secret: secret), as: .wrongAlgorithm)
        }
        for alg in ["es256", "ES384", "ES512", "RS256", "PS256", "EdDSA", ""] {
            await bench.expectRefusal(of: try bench.forge(header: ["alg": alg]), as: .wrongAlgorithm)
        }
        await bench.expectRefusal(of: try bench.forge(header: ["alg": nil]), as: .wrongAlgorithm)
        await bench.expectRefusal(of: try bench.forge(header: ["alg": ["ES256"]]), as: .malformed)
    }

    @Test("S-30 keys and addresses of keys in the token are refused, whoever signed it")
    func keyInToken() async throws {
        let bench = try TokenBench()
        let attacker = P256.Signing.PrivateKey()
        let point = attacker.publicKey.rawRepresentation
        let jwk: [String: Any] = [
            "kty": "EC", "crv": "P-256", "x": point.prefix(32).base64URL, "y": point.suffix(32).base64URL,
            "kid": bench.keys.activeKeyID,
        ]
        let headers: [[String: Any?]] = [
            ["jwk": jwk], ["jku": "https://evil.example/jwks"], ["x5c": ["MIIB"]], ["x5u": "https://evil.example/c"],
            ["x5t": "AAAA"], ["crit": ["exp"]],
        ]
        for header in headers {
            await bench.expectRefusal(of: try bench.forge(header: header, key: attacker), as: .malformed)
            await bench.expectRefusal(of: try bench.forge(header: header), as: .malformed)
        }
        await bench.expectRefusal(of: try bench.forge(key: attacker), as: .wrongSignature)
    }

    @Test("S-31 a hostile kid names no key")
    func hostileKeyID() async throws {
        let bench = try TokenBench()
        for kid in ["../../../../etc/passwd", "token-key.pem", "' OR 1=1 --", "", "unknown", "\u{0}", "null"] {
            await bench.expectRefusal(of: try bench.forge(header: ["kid": kid]), as: .unknownKey)
        }
        await bench.expectRefusal(of: try bench.forge(header: ["kid": nil]), as: .unknownKey)
        await bench.expectRefusal(of: try bench.forge(header: ["kid": [bench.keys.activeKeyID]]), as: .malformed)
        await bench.expectRefusal(of: try bench.forge(header: ["kid": 1]), as: .malformed)
        await bench.expectRefusal(
            of: try bench.forge(header: ["kid": String(repeating: "k", count: 2000)]), as: .malformed)
        await bench.expectRefusal(
            of: try bench.forge(header: ["kid": String(repeating: "k", count: 1_000_000)]), as: .tooLarge)
    }

    @Test("S-32 audience, issuer and service match exactly; an audience may be a list")
    func audience() async throws {
        let bench = try TokenBench()
        for audience in ["other", "Registry", "registry ", "regis", ""] {
            await bench.expectRefusal(of: try bench.forge(payload: ["aud": audience]), as: .wrongAudience)
        }
        await bench.expectRefusal(of: try bench.forge(payload: ["aud": ["a", "b"]]), as: .wrongAudience)
        await bench.expectRefusal(of: try bench.forge(payload: ["aud": [String]()]), as: .wrongAudience)
        await bench.expectRefusal(of: try bench.forge(payload: ["aud": nil]), as: .malformed)
        await bench.expectRefusal(of: try bench.forge(payload: ["aud": ["registry": true]]), as: .malformed)
        for issuer in ["other", "Berth", ""] {
            await bench.expectRefusal(of: try bench.forge(payload: ["iss": issuer]), as: .wrongIssuer)
        }
        await bench.expectRefusal(of: try bench.forge(payload: ["iss": nil]), as: .malformed)
        _ = try await bench.service.verify(try bench.forge(payload: ["aud": ["other", "registry"]]))
    }

    @Test("S-33 of several faults none hides another")
    func severalFaults() async throws {
        let bench = try TokenBench()
        let attacker = P256.Signing.PrivateKey()
        let past = bench.second - 1000
        await bench.expectRefusal(
            of: try bench.forge(payload: ["exp": past, "iat": past - 300], key: attacker), as: .wrongSignature)
        await bench.expectRefusal(of: try bench.forge(payload: ["nbf": bench.second + 1000], key: attacker))
        await bench.expectRefusal(of: try bench.forge(header: ["kid": "other"], payload: ["exp": past], key: attacker))
        let good = try bench.forge()
        let body = good.prefix { $0 != "." }
        await bench.expectRefusal(of: good.replacing(body, with: body.dropLast(1), maxReplacements: 1))
        await bench.expectRefusal(of: String(good.dropLast(4)))
        await bench.expectRefusal(of: good + "AAAA")
        await bench.expectRefusal(of: good + ".AAAA")
        await bench.expectRefusal(of: good + "=")
        await bench.expectRefusal(of: " " + good)
    }

    @Test("S-34 an oversized token is refused unread, and nothing of it is kept")
    func oversized() async throws {
        let bench = try TokenBench()
        let dots = String(repeating: ".", count: 1_000_000)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<100 { group.addTask { await bench.expectRefusal(of: dots, as: .tooLarge) } }
        }
        let limit = TokenService.maximumTokenSize
        await bench.expectRefusal(of: String(repeating: ".", count: limit), as: .malformed)
        await bench.expectRefusal(of: String(repeating: "a", count: limit + 1), as: .tooLarge)
        await bench.expectRefusal(of: "", as: .malformed)
        await bench.expectRefusal(of: "..", as: .malformed)
        #expect(bench.service.rememberedTokens == 0)
    }

    @Test("S-35 a missing or silly exp, nbf or iat is refused; the clocks may differ by 60 seconds")
    func times() async throws {
        let bench = try TokenBench()
        let now = bench.second
        for name in ["exp", "nbf", "iat"] {
            await bench.expectRefusal(of: try bench.forge(payload: [name: nil]), as: .malformed)
            await bench.expectRefusal(of: try bench.forge(payload: [name: "\(now + 30)"]), as: .malformed)
            await bench.expectRefusal(of: try bench.forge(payload: [name: Double(now) + 30.25]), as: .malformed)
            await bench.expectRefusal(of: try bench.forge(payload: [name: -1]), as: .malformed)
            await bench.expectRefusal(of: try bench.forge(payload: [name: Int64.max]), as: .malformed)
            await bench.expectRefusal(of: try bench.forge(payload: [name: NSNull()]), as: .malformed)
        }
        await bench.expectRefusal(of: try bench.forge(payload: ["exp": 253_402_300_799]), as: .wrongLifetime)
        await bench.expectRefusal(of: try bench.forge(payload: ["exp": now + 3601]), as: .wrongLifetime)
        _ = try await bench.service.verify(try bench.forge(payload: ["exp": now + 3600]))
        await bench.expectRefusal(of: try bench.forge(payload: ["exp": now]), as: .expired)
        await bench.expectRefusal(of: try bench.forge(payload: ["iat": now + 50, "exp": now + 40]), as: .wrongLifetime)
        for name in ["nbf", "iat"] {
            _ = try await bench.service.verify(try bench.forge(payload: [name: now + 60]))
            await bench.expectRefusal(of: try bench.forge(payload: [name: now + 61]), as: .notYetValid)
        }
    }

    @Test("S-39 refresh tokens are no access tokens, nor the other way round, nor those of another service")
    func replayBetweenUses() async throws {
        let bench = try TokenBench()
        let access = try await bench.service.sign(try bench.claims())
        let refresh = try await bench.service.sign(try bench.claims(lifetime: 30 * 86400, use: .refresh))
        _ = try await bench.service.verify(access, use: .access)
        _ = try await bench.service.verify(refresh, use: .refresh)
        await bench.expectRefusal(of: refresh, as: .wrongUse, use: .access)
        await bench.expectRefusal(of: access, as: .wrongUse, use: .refresh)
        await bench.expectRefusal(of: try bench.forge(payload: ["use": "refresh"]), as: .wrongAudience, use: .refresh)
        await bench.expectRefusal(of: try bench.forge(payload: ["use": nil]), as: .malformed)
        await bench.expectRefusal(of: try bench.forge(payload: ["use": "session"]), as: .malformed)
        let payload = try #require([UInt8](base64URL: refresh.split(separator: ".")[1]))
        #expect(!String(decoding: payload, as: UTF8.self).contains("\"aud\":\"registry\""))
        let other = TokenService(keys: bench.keys, issuer: "berth", service: "other") { bench.clock.now }
        let foreign = try await other.sign(try bench.claims(lifetime: 86400, use: .refresh))
        await bench.expectRefusal(of: foreign, as: .wrongAudience, use: .refresh)
    }

    @Test("subjects that do not add up are refused")
    func oddSubjects() async throws {
        let bench = try TokenBench()
        for change: [String: Any?] in [
            ["sub": ""], ["uid": nil], ["cv": nil], ["uid": ""], ["sub": "a b"], ["region": "a@b"], ["cv": "3"],
            ["access": "pull"], ["access": nil],
        ] {
            await bench.expectRefusal(of: try bench.forge(payload: change), as: .malformed, "\(change)")
        }
    }

    @Test("no byte of a token can be changed")
    func everyByteCounts() async throws {
        let bench = try TokenBench()
        let good = Array(try bench.forge().utf8)
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<300 {
            var bytes = good
            // The last character of each part has bits that decode to nothing; those are another test's concern.
            let index = Int.random(in: 0..<bytes.count - 1, using: &generator)
            bytes[index] ^= UInt8(1 << Int.random(in: 0..<7, using: &generator))
            let token = String(decoding: bytes, as: UTF8.self)
            guard (try? await bench.service.verify(token)) != nil else { continue }
            let same = zip(token.split(separator: "."), String(decoding: good, as: UTF8.self).split(separator: "."))
                .allSatisfy { [UInt8](base64URL: $0) == [UInt8](base64URL: $1) }
            #expect(same, "a changed token was taken: \(token)")
        }
    }
}
