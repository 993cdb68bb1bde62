import BerthOCI
import BerthTestBasics
import Foundation
import Testing

private let hex64 = String(repeating: "0123456789abcdef", count: 4)
private let hex128 = String(repeating: "0123456789abcdef", count: 8)

@Suite struct DigestTests {
    @Test(
        "a sha256 and a sha512 digest parse and print as they were written",
        arguments: ["sha256:\(hex64)", "sha512:\(hex128)"])
    func roundTrip(text: String) throws {
        let digest = try Digest(parsing: text)
        #expect(digest.description == text)
        #expect(try Digest(parsing: Substring(text)) == digest)
        #expect(try JSONDecoder().decode(Digest.self, from: JSONEncoder().encode(digest)) == digest)
    }

    @Test(
        "S-70 a digest of another algorithm, length or spelling is refused",
        arguments: [
            "", ":", "sha256", "sha256:", hex64, ":\(hex64)",
            "SHA256:\(hex64)", "Sha256:\(hex64)", "sha256:\(hex64.uppercased())",
            "sha256:\(hex64.dropLast())", "sha256:\(hex64)0", "sha256:\(hex128)", "sha512:\(hex64)",
            "sha512:\(hex128)0",
            "md5:d41d8cd98f00b204e9800998ecf8427e", "sha1:da39a3ee5e6b4b0d3255bfef95601890afd80709",
            "sha384:\(String(repeating: "a", count: 96))", "sha256+b64u:LCa0a2j_xo_5m0U8HTBBNBNCLXBkg7-g-YpeiGJm564",
            "sha256:\(hex64)\n", " sha256:\(hex64)", "sha256 :\(hex64)", "sha256::\(hex64.dropLast())",
            "sha256:../../\(hex64.dropLast(6))", "sha256:\(hex64.dropLast())g", "sha256:\(hex64.dropLast())\u{0}",
            "sha256:\(hex64.dropLast())é", "sha256:\(hex64.dropLast(3))０", "sha256:\(hex64.dropLast())%61",
        ])
    func refuses(text: String) {
        #expect(throws: ParseFailure.self) { try Digest(parsing: text) }
    }

    @Test("S-70 digests of the same hex under different algorithms are different keys")
    func algorithmsAreKeys() {
        let short = Digest(algorithm: .sha256, hash: [UInt8](repeating: 0, count: 32))
        let long = Digest(algorithm: .sha512, hash: [UInt8](repeating: 0, count: 64))
        #expect(short != long)
        #expect(Set([short, long]).count == 2)
    }

    @Test("the digest of a finished hash is the one that its text parses to")
    func ofHash() throws {
        let hash = (0..<32).map { UInt8($0 * 8 + 1) }
        let digest = Digest(algorithm: .sha256, hash: hash)
        #expect(digest.hex.hasPrefix("0109111921"))
        #expect(try Digest(parsing: digest.description) == digest)
    }

    @Test("digests are ordered by their text")
    func order() throws {
        let low = try Digest(parsing: "sha256:\(String(repeating: "0", count: 64))")
        let high = try Digest(parsing: "sha256:\(String(repeating: "f", count: 64))")
        let long = try Digest(parsing: "sha512:\(String(repeating: "0", count: 128))")
        #expect([long, high, low].sorted() == [low, high, long])
    }

    @Test("any text parses if and only if the grammar of registered digests matches it")
    func agreesWithGrammar() throws {
        let grammar = try Grammar("sha256:[a-f0-9]{64}|sha512:[a-f0-9]{128}")
        var random = SeededGenerator(seed: 1)
        var accepted = 0
        for _ in 0..<20_000 {
            let seed = random.pick(["sha256:\(hex64)", "sha512:\(hex128)", "sha256:", hex64])
            let text = random.mutated(seed, with: hostileAlphabet)
            let parsed = try? Digest(parsing: text)
            #expect((parsed != nil) == grammar.matches(text), "\(text.debugDescription)")
            #expect(parsed.map { $0.description.utf8.elementsEqual(text.utf8) } ?? true)
            accepted += parsed == nil ? 0 : 1
        }
        #expect(accepted > 1_000)
    }
}
