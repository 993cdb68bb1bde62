import BerthAccess
import Dispatch
import Foundation
import Synchronization
import Testing

@testable import BerthIdentity

@Suite struct PasswordHasherTests {
    private static let cheap = PasswordHasher.Parameters(log2Rounds: 4, blockSize: 8, parallelism: 1)
    private let hasher = PasswordHasher(parameters: Self.cheap)

    @Test("a password verifies against its own hash, and against no other")
    func verification() async throws {
        let stored = try await hasher.hash("pa$$wörd")
        #expect(stored.hasPrefix("$scrypt$ln=4,r=8,p=1$"))
        #expect(try await hasher.verify("pa$$wörd", against: stored))
        for wrong in ["pa$$word", "pa$$wörd ", "PA$$WÖRD", "", String(repeating: "x", count: 5000)] {
            #expect(try await !hasher.verify(wrong, against: stored))
        }
        #expect(try await hasher.hash("pa$$wörd") != stored)
    }

    @Test("the hash is scrypt's: RFC 7914, section 12, second vector")
    func vector() throws {
        let expected: [UInt8] = [
            0xFD, 0xBA, 0xBE, 0x1C, 0x9D, 0x34, 0x72, 0x00, 0x78, 0x56, 0xE7, 0x19, 0x0D, 0x01, 0xE9, 0xFE,
            0x7C, 0x6A, 0xD7, 0xCB, 0xC8, 0x23, 0x78, 0x30, 0xE7, 0x73, 0x76, 0x63, 0x4B, 0x37, 0x31, 0x62,
        ]
        let parameters = PasswordHasher.Parameters(log2Rounds: 10, blockSize: 8, parallelism: 16)
        #expect(try PasswordHasher.scrypt(Array("password".utf8), Array("NaCl".utf8), parameters) == expected)
    }

    @Test("texts of other parameters verify with theirs")
    func raisedParameters() async throws {
        let stored = try await hasher.hash("secret")
        let raised = PasswordHasher(parameters: .init(log2Rounds: 5, blockSize: 8, parallelism: 1))
        #expect(try await raised.verify("secret", against: stored))
    }

    @Test("S-42 an unknown user costs one derivation with the same parameters, as a known one does")
    func equalWork() async throws {
        let recorder = DerivationRecorder()
        let hasher = PasswordHasher(
            parameters: Self.cheap, threads: 1, maximumWaiting: 8,
            derive: recorder.derivation(result: [UInt8](repeating: 9, count: 32)))
        let known = Self.text(hash: [UInt8](repeating: 7, count: 32))
        for stored in [known, nil, "nonsense", ""] {
            for password in ["wrong", "", String(repeating: "x", count: 5000)] {
                #expect(try await !hasher.verify(password, against: stored))
                #expect(recorder.take() == [Self.cheap])
            }
        }
    }

    @Test("stored texts out of bounds are not computed, but cost the same as an unknown user")
    func hostileTexts() async throws {
        let salt = [UInt8](repeating: 1, count: 16).unpaddedBase64
        let hash = [UInt8](repeating: 2, count: 32).unpaddedBase64
        for text in [
            "$scrypt$ln=40,r=8,p=1$\(salt)$\(hash)", "$scrypt$ln=20,r=32,p=1$\(salt)$\(hash)",
            "$scrypt$ln=0,r=8,p=1$\(salt)$\(hash)", "$scrypt$ln=4,r=8,p=-1$\(salt)$\(hash)",
            "$scrypt$ln=4,r=8$\(salt)$\(hash)", "$scrypt$ln=4,r=8,p=1$$\(hash)", "$scrypt$ln=4,r=8,p=1$\(salt)$",
            "$scrypt$ln=4,r=8,p=1$\(salt)$\(hash)$", "$bcrypt$ln=4,r=8,p=1$\(salt)$\(hash)",
            "$scrypt$ln=4,r=8,p=1$\(salt)=$\(hash)", "$scrypt$ln=4,r=8,p=1$\(salt)$\(salt)",
        ] {
            #expect(StoredPassword(parsing: text) == nil, "\(text)")
            #expect(try await !hasher.verify("secret", against: text))
        }
        #expect(StoredPassword(parsing: "$scrypt$ln=4,r=8,p=1$\(salt)$\(hash)") != nil)
    }

    @Test("an empty password and one of more than 1,024 bytes cannot be set")
    func unacceptable() async throws {
        for password in ["", String(repeating: "x", count: 1025)] {
            await #expect(throws: IdentityError(.password, "")) { try await hasher.hash(password) }
        }
        _ = try await hasher.hash(String(repeating: "x", count: 1024))
    }

    @Test("S-41: when as many wait as may wait, the next one is refused as busy, and later ones are served again")
    func busy() async throws {
        let gate = DispatchSemaphore(value: 0)
        let hash = [UInt8](repeating: 5, count: 32)
        let hasher = PasswordHasher(parameters: Self.cheap, threads: 1, maximumWaiting: 1) { _, _, _ in
            gate.wait()
            return hash
        }
        let outcomes = await withTaskGroup(of: Result<Bool, any Error>.self) { group in
            for _ in 0..<5 {
                group.addTask {
                    do {
                        return .success(try await hasher.verify("secret", against: Self.text(hash: hash)))
                    } catch {
                        return .failure(error)
                    }
                }
            }
            var outcomes: [Result<Bool, any Error>] = []
            while outcomes.count < 3, let outcome = await group.next() { outcomes.append(outcome) }
            #expect(outcomes.allSatisfy { (try? $0.get()) == nil })
            gate.signal()
            gate.signal()
            for await outcome in group { outcomes.append(outcome) }
            return outcomes
        }
        #expect(outcomes.count { (try? $0.get()) == true } == 2)
        for case .failure(let error) in outcomes { #expect((error as? IdentityError)?.code == .busy) }
        gate.signal()
        #expect(try await hasher.verify("secret", against: Self.text(hash: hash)))
    }

    @Test("the cache knows a right password for its user and stored text only, and is bounded")
    func cache() throws {
        let cache = PasswordCache(capacity: 10)
        let user = UserID(rawValue: "u1")
        cache.insert("secret", user: user, stored: "a")
        #expect(cache.contains("secret", user: user, stored: "a"))
        #expect(!cache.contains("secret", user: user, stored: "b"))
        #expect(!cache.contains("Secret", user: user, stored: "a"))
        #expect(!cache.contains("secret", user: UserID(rawValue: "u2"), stored: "a"))
        #expect(!cache.contains("asecret", user: user, stored: ""), "the parts are told apart")
        #expect(!PasswordCache().contains("secret", user: user, stored: "a"))
        for index in 0..<100 { cache.insert("secret\(index)", user: user, stored: "a") }
        #expect(cache.count <= 10 && cache.contains("secret99", user: user, stored: "a"))
    }

    private static func text(hash: [UInt8]) -> String {
        StoredPassword(parameters: cheap, salt: Array("0123456789abcdef".utf8), hash: hash).description
    }
}

/// Counts derivations and what they would have cost.
private final class DerivationRecorder: Sendable {
    private let parameters = Mutex<[PasswordHasher.Parameters]>([])

    func derivation(result: [UInt8]) -> PasswordHasher.Derivation {
        { [self] _, _, parameters in
            self.parameters.withLock { $0.append(parameters) }
            return result
        }
    }

    func take() -> [PasswordHasher.Parameters] {
        parameters.withLock { parameters in
            defer { parameters = [] }
            return parameters
        }
    }
}
