import BerthTestBasics
import Foundation
import Testing

@testable import BerthIdentity

@Suite struct SecretBoxTests {
    @Test("what is sealed opens again, also after a restart, and does not show")
    func roundTrip() throws {
        let directory = try TemporaryDirectory()
        let sealed = try SecretBox(certificatesDirectory: directory.path).seal("the secret", for: "AK")
        let box = try SecretBox(certificatesDirectory: directory.path)
        #expect(try box.open(sealed, for: "AK") == "the secret")
        #expect(!String(decoding: sealed, as: UTF8.self).contains("secret"))
        #expect(try box.seal("the secret", for: "AK") != sealed)
        #expect(try box.open(box.seal("")) == "")
        #expect(try directory.mode(of: SecretBox.fileName) == 0o600)
        #expect(try directory.bytes(of: SecretBox.fileName).count == 32)
    }

    @Test("a changed, cut or exchanged secret and another key do not open")
    func refusals() throws {
        let directory = try TemporaryDirectory()
        let box = try SecretBox(certificatesDirectory: directory.path)
        let sealed = try box.seal("the secret", for: "AK")
        let other = try SecretBox(certificatesDirectory: TemporaryDirectory().path)
        #expect(throws: IdentityError(.sealed, "")) { try box.open(sealed, for: "AL") }
        #expect(throws: IdentityError(.sealed, "")) { try other.open(sealed, for: "AK") }
        for index in sealed.indices {
            var changed = sealed
            changed[index] ^= 1
            #expect(throws: IdentityError(.sealed, "")) { try box.open(changed, for: "AK") }
            #expect(throws: IdentityError(.sealed, "")) { try box.open(Array(sealed[..<index]), for: "AK") }
        }
    }

    @Test("a truncated, empty or longer key file is refused in one sentence, and not overwritten")
    func damagedKey() throws {
        for count in [0, 16, 31, 33] {
            let directory = try TemporaryDirectory()
            try directory.write([UInt8](repeating: 1, count: count), to: SecretBox.fileName)
            let error = #expect(throws: IdentityError(.keyFile, "")) {
                try SecretBox(certificatesDirectory: directory.path)
            }
            #expect(error?.message.contains("\(SecretBox.fileName) is damaged") == true)
            #expect(error?.message.contains("\n") == false)
            #expect(try directory.bytes(of: SecretBox.fileName).count == count)
        }
        let directory = try TemporaryDirectory()
        try FileManager.default.createDirectory(
            atPath: directory.path + "/" + SecretBox.fileName, withIntermediateDirectories: false)
        #expect(throws: IdentityError(.keyFile, "")) { try SecretBox(certificatesDirectory: directory.path) }
    }

    @Test("processes that start at once use one key")
    func race() async throws {
        let directory = try TemporaryDirectory()
        let boxes = try await withThrowingTaskGroup(of: SecretBox.self) { group in
            for _ in 0..<16 { group.addTask { try SecretBox(certificatesDirectory: directory.path) } }
            return try await group.reduce(into: [SecretBox]()) { $0.append($1) }
        }
        let sealed = try boxes[0].seal("the secret")
        for box in boxes { #expect(try box.open(sealed) == "the secret") }
        #expect(try directory.names == [SecretBox.fileName])
    }
}
