import BerthTestBasics
import Crypto
import Foundation
import Synchronization
import Testing

@testable import BerthIdentity

@Suite struct TokenKeysTests {
    @Test("the first start makes a key that only its owner can read, and the next start finds it")
    func creation() throws {
        let directory = try TemporaryDirectory()
        let nested = directory.path + "/new/certs"
        let keys = try TokenKeys(directory: nested, now: ManualClock.start)
        #expect(try directory.mode(of: "new/certs/token-key.pem") == 0o600)
        #expect(try directory.mode(of: "new/certs") == 0o700)
        #expect(try TokenKeys(directory: nested, now: ManualClock.start).activeKeyID == keys.activeKeyID)
        #expect(try FileManager.default.contentsOfDirectory(atPath: nested) == ["token-key.pem"])
    }

    @Test("the key's name is its RFC 7638 thumbprint")
    func thumbprint() throws {
        let bench = try TokenBench()
        let point = try bench.signingKey.publicKey.rawRepresentation
        let (x, y) = (point.prefix(32).base64URL, point.suffix(32).base64URL)
        let json = "{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"\(x)\",\"y\":\"\(y)\"}"
        #expect(bench.keys.activeKeyID == SHA256.hash(data: Data(json.utf8)).base64URL)
    }

    @Test("processes that start at once agree on one key")
    func race() async throws {
        let directory = try TemporaryDirectory()
        let names = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<16 {
                group.addTask { try TokenKeys(directory: directory.path, now: ManualClock.start).activeKeyID }
            }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(names.count == 1)
        #expect(try directory.names == ["token-key.pem"])
    }

    @Test("after a rotation the new key signs, and the old one verifies until its tokens have expired")
    func rotation() async throws {
        let bench = try TokenBench()
        let old = try await bench.service.sign(try bench.claims(lifetime: 3600))
        let unseen = try await bench.service.sign(try bench.claims(lifetime: 3600))
        _ = try await bench.service.verify(old)
        let oldID = bench.keys.activeKeyID
        try bench.keys.rotate(now: bench.clock.now, keepingOldFor: .seconds(300))
        #expect(bench.keys.activeKeyID != oldID)
        let new = try await bench.service.sign(try bench.claims(lifetime: 3600))
        for token in [old, new] { _ = try await bench.service.verify(token) }
        #expect(try ids(bench) == [bench.keys.activeKeyID, oldID])
        bench.clock.advance(by: 300)
        _ = try await bench.service.verify(old)
        bench.clock.advance(by: 1)
        await bench.expectRefusal(of: old, as: .unknownKey, "remembered, but its key has ended")
        await bench.expectRefusal(of: unseen, as: .unknownKey)
        _ = try await bench.service.verify(new)
        #expect(try ids(bench) == [bench.keys.activeKeyID])
    }

    @Test("a rotation that keeps nothing ends every token at once")
    func rotationKeepingNothing() async throws {
        let bench = try TokenBench()
        let old = try await bench.service.sign(try bench.claims())
        _ = try await bench.service.verify(old)
        try bench.keys.rotate(now: bench.clock.now, keepingOldFor: .zero)
        await bench.expectRefusal(of: old, as: .unknownKey)
    }

    @Test("several rotations keep every key that still has tokens, and drop the ended ones from the file")
    func severalRotations() async throws {
        let bench = try TokenBench()
        var tokens: [String] = []
        for _ in 0..<3 {
            tokens.append(try await bench.service.sign(try bench.claims(lifetime: 3000)))
            try bench.keys.rotate(now: bench.clock.now, keepingOldFor: .seconds(1000))
        }
        for token in tokens { _ = try await bench.service.verify(token) }
        #expect(try ids(bench).count == 4)
        bench.clock.advance(by: 2000)
        try bench.keys.rotate(now: bench.clock.now, keepingOldFor: .seconds(1000))
        #expect(try ids(bench).count == 2)
        #expect(try bench.directory.text(of: "token-key-previous.pem").contains("Retired-Keys: 1\n"))
        #expect(try !bench.directory.text(of: "token-key-previous.pem").contains("PRIVATE"))
        #expect(try bench.directory.mode(of: "token-key.pem") == 0o600)
        #expect(try bench.directory.names == ["token-key-previous.pem", "token-key.pem"])
    }

    @Test("a rotation by one process is seen by the next request of another")
    func otherProcess() async throws {
        let bench = try TokenBench()
        let other = try TokenKeys(directory: bench.directory.path, now: bench.clock.now)
        let elsewhere = TokenService(keys: other, issuer: "berth", service: "registry") { bench.clock.now }
        let before = try await bench.service.sign(try bench.claims())
        _ = try await elsewhere.verify(before)
        try other.rotate(now: bench.clock.now, keepingOldFor: .seconds(300))
        let there = try await elsewhere.sign(try bench.claims())
        _ = try await bench.service.verify(there)
        _ = try await bench.service.verify(before)
        #expect(bench.keys.activeKeyID == other.activeKeyID)
        try bench.keys.rotate(now: bench.clock.now, keepingOldFor: .zero)
        let here = try await bench.service.sign(try bench.claims())
        _ = try await elsewhere.verify(here)
        await #expect(throws: TokenError.unknownKey) { try await elsewhere.verify(there) }
        _ = try await elsewhere.verify(before)
    }

    @Test("rotations at once in several processes lose no key")
    func concurrentRotations() async throws {
        let bench = try TokenBench()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    try TokenKeys(directory: bench.directory.path, now: bench.clock.now)
                        .rotate(now: bench.clock.now, keepingOldFor: .seconds(300))
                }
            }
            try await group.waitForAll()
        }
        #expect(try ids(bench).count == 9)
    }

    @Test("damaged files stop the start with one sentence that names the file")
    func damage() throws {
        let bench = try TokenBench()
        try bench.keys.rotate(now: bench.clock.now, keepingOldFor: .seconds(300))
        for name in ["token-key.pem", "token-key-previous.pem"] {
            let whole = try bench.directory.bytes(of: name)
            let half = Array(whole.prefix(whole.count / 2))
            for broken in [[], half, Array("nonsense\n".utf8), whole.map { $0 ^ 0x80 }] {
                try bench.directory.write(broken, to: name)
                let error = #expect(throws: IdentityError(.keyFile, "")) {
                    try TokenKeys(directory: bench.directory.path, now: bench.clock.now)
                }
                #expect(error?.message.hasPrefix("\(bench.directory.path)/\(name) is damaged: ") == true)
                #expect(error?.message.contains("\n") == false)
            }
            try bench.directory.write(whole, to: name)
        }
        let rsa = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"
        try bench.directory.write(rsa.utf8, to: "token-key.pem")
        #expect(throws: IdentityError(.keyFile, "")) {
            try TokenKeys(directory: bench.directory.path, now: bench.clock.now)
        }
    }

    @Test("a file that turns bad while serving is reported once, and the keys before stay in use until it is whole")
    func damageWhileServing() async throws {
        let directory = try TemporaryDirectory()
        let reports = Mutex<[String]>([])
        let keys = try TokenKeys(directory: directory.path, now: ManualClock.start) { error in
            reports.withLock { $0.append(error.message) }
        }
        let id = keys.activeKeyID
        let whole = try directory.bytes(of: "token-key.pem")
        try directory.write(whole.prefix(20), to: "token-key.pem")
        for _ in 0..<3 { #expect(keys.activeKeyID == id) }
        #expect(reports.withLock { $0.count } == 1)
        try FileManager.default.removeItem(atPath: directory.path + "/token-key.pem")
        for _ in 0..<3 { #expect(keys.activeKeyID == id) }
        #expect(reports.withLock { $0.count } == 2)
        let next = P256.Signing.PrivateKey()
        try directory.write(Array(next.pemRepresentation.utf8), to: "token-key.pem")
        #expect(keys.activeKeyID != id)
        #expect(reports.withLock { $0.count } == 2)
    }

    @Test("the JSON web key set has kid, alg and use, and its keys verify the tokens")
    func keySet() async throws {
        let bench = try TokenBench()
        let token = try await bench.service.sign(try bench.claims())
        let object = try JSONSerialization.jsonObject(with: Data(bench.keys.jwks(now: bench.clock.now)))
        let keys = try #require((object as? [String: [[String: String]]])?["keys"])
        let key = try #require(keys.first)
        #expect(key.keys.sorted() == ["alg", "crv", "kid", "kty", "use", "x", "y"])
        #expect(key["kid"] == bench.keys.activeKeyID && key["alg"] == "ES256" && key["use"] == "sig")
        let x = try #require([UInt8](base64URL: key["x"] ?? ""))
        let y = try #require([UInt8](base64URL: key["y"] ?? ""))
        let publicKey = try P256.Signing.PublicKey(rawRepresentation: x + y)
        let parts = token.split(separator: ".")
        let signature = try P256.Signing.ECDSASignature(
            rawRepresentation: try #require([UInt8](base64URL: parts[2])))
        #expect(publicKey.isValidSignature(signature, for: Data((parts[0] + "." + parts[1]).utf8)))
    }

    private func ids(_ bench: TokenBench) throws -> [String] {
        let object = try JSONSerialization.jsonObject(with: Data(bench.keys.jwks(now: bench.clock.now)))
        return (object as? [String: [[String: String]]])?["keys"]?.compactMap { $0["kid"] } ?? []
    }
}
