import Crypto
import Foundation

/// Where the token keys lie: the active private key in one file, the public keys that still verify in another.
///
/// The second begins with `Retired-Keys: N` and has, for each, `Verifies-Until: SECONDS` and a PEM public key. It is
/// written before the first when keys change and read after it, so that whoever reads at any moment, also after a
/// crash between the two, knows the key before.
struct TokenKeyFiles: Sendable {
    /// What the two files looked like.
    struct Stamps: Equatable, Sendable {
        let active: FileStamp?
        let retired: FileStamp?
    }

    let directory: String
    let activePath: String
    let retiredPath: String

    init(directory: String) {
        self.directory = directory
        activePath = directory + "/token-key.pem"
        retiredPath = directory + "/token-key-previous.pem"
    }

    var stamps: Stamps {
        Stamps(active: FileStamp(ofFileAt: activePath), retired: FileStamp(ofFileAt: retiredPath))
    }

    /// Reads both files.
    ///
    /// - Throws: ``IdentityError`` `keyFile` when the active key is not there, or either is damaged.
    func load() throws -> (keys: TokenKeySet, stamps: Stamps) {
        guard let active = try SecretFile.read(activePath) else {
            throw IdentityError(.keyFile, "\(activePath) is not there: restore it, or start again to make a new one")
        }
        guard let key = try? P256.Signing.PrivateKey(pemRepresentation: String(decoding: active.bytes, as: UTF8.self))
        else {
            throw IdentityError(.keyFile, "\(activePath) is damaged: expected a PEM private key on the curve P-256")
        }
        let retired = try SecretFile.read(retiredPath)
        let keys = try TokenKeySet(
            active: key, retired: retired.map { try parse(String(decoding: $0.bytes, as: UTF8.self)) } ?? [])
        return (keys, Stamps(active: active.stamp, retired: retired?.stamp))
    }

    /// Makes the first active key, if there is none; of several processes that do so at once, one makes it.
    func createIfAbsent() throws {
        guard FileStamp(ofFileAt: activePath) == nil else { return }
        let key = P256.Signing.PrivateKey()
        _ = try SecretFile.create(activePath, Array((key.pemRepresentation + "\n").utf8))
    }

    /// Makes `active` the key that signs.
    func store(active: P256.Signing.PrivateKey, retired: [TokenKeySet.Retired]) throws {
        var text = "Retired-Keys: \(retired.count)\n"
        for entry in retired { text += "Verifies-Until: \(entry.end)\n\(entry.key.pem)\n" }
        try SecretFile.replace(retiredPath, Array(text.utf8))
        try SecretFile.replace(activePath, Array((active.pemRepresentation + "\n").utf8))
    }

    private func parse(_ text: String) throws -> [TokenKeySet.Retired] {
        let damage = IdentityError(
            .keyFile, "\(retiredPath) is damaged: restore it, or remove it, which ends the tokens of earlier keys")
        var lines = text.split(separator: "\n")[...]
        guard let count = lines.popFirst().flatMap({ Self.number($0, after: "Retired-Keys: ") }) else { throw damage }
        var retired: [TokenKeySet.Retired] = []
        while let line = lines.popFirst() {
            guard let end = Self.number(line, after: "Verifies-Until: "),
                let last = lines.firstIndex(of: "-----END PUBLIC KEY-----"),
                let key = try? P256.Signing.PublicKey(
                    pemRepresentation: lines[...last].joined(separator: "\n"))
            else { throw damage }
            lines = lines[(last + 1)...]
            retired.append(TokenKeySet.Retired(key: try TokenKeySet.PublicKey(key), end: end))
        }
        guard retired.count == count else { throw damage }
        return retired
    }

    private static func number(_ line: Substring, after prefix: String) -> Int64? {
        line.hasPrefix(prefix) ? Int64(line.dropFirst(prefix.count)) : nil
    }
}
