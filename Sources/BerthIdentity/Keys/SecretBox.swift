import Crypto
import Foundation

/// Encrypts the secrets that the catalog keeps, with AES-256-GCM under the key in `secrets.key`.
///
/// The key lies beside the certificates, not beside the data, so that a copy of the database alone gives no secret
/// away. It is made on first use, by one process of several, and never changed: without it, what was sealed is lost.
package struct SecretBox: Sendable {
    /// The name of the key file.
    package static let fileName = "secrets.key"

    private static let keyLength = 32
    /// The first byte of everything sealed, so that another form can follow.
    private static let version: UInt8 = 1

    private let key: SymmetricKey
    private let path: String

    /// Reads the key, or makes it, and the directory, when there is none.
    ///
    /// - Throws: ``IdentityError`` `keyFile` when the file cannot be read or has not exactly 32 bytes.
    package init(certificatesDirectory: String) throws {
        path = certificatesDirectory + "/" + Self.fileName
        try SecretFile.makeDirectory(certificatesDirectory)
        var found = try SecretFile.read(path)?.bytes
        if found == nil {
            _ = try SecretFile.create(path, randomBytes(Self.keyLength))
            found = try SecretFile.read(path)?.bytes
        }
        guard let bytes = found, bytes.count == Self.keyLength else {
            throw IdentityError(
                .keyFile,
                "\(path) is damaged: expected \(Self.keyLength) bytes, found \(found?.count ?? 0); "
                    + "restore it from a backup")
        }
        key = SymmetricKey(data: bytes)
    }

    /// Encrypts a secret.
    ///
    /// - Parameter context: What the secret belongs to, such as its access key. It is not kept, and only the same
    ///   context opens the secret again, so that sealed secrets cannot be exchanged.
    package func seal(_ secret: String, for context: String = "") throws -> [UInt8] {
        let box = try AES.GCM.seal(Data(secret.utf8), using: key, authenticating: Data(context.utf8))
        guard let combined = box.combined else {
            throw IdentityError(.sealed, "the secret cannot be sealed")
        }
        return [Self.version] + combined
    }

    /// Decrypts what ``seal(_:for:)`` returned.
    ///
    /// - Throws: ``IdentityError`` `sealed` when it was sealed with another key or for another context, or changed.
    package func open(_ sealed: [UInt8], for context: String = "") throws -> String {
        do {
            guard sealed.first == Self.version else { throw CryptoKitError.authenticationFailure }
            let box = try AES.GCM.SealedBox(combined: sealed.dropFirst())
            let secret = try AES.GCM.open(box, using: key, authenticating: Data(context.utf8))
            return String(decoding: secret, as: UTF8.self)
        } catch {
            throw IdentityError(
                .sealed, "a stored secret does not open with \(path): restore the key that it was sealed with")
        }
    }
}
