import Crypto
import Foundation
import JWTKit

/// The keys of one moment: the one that signs, and those before it that still verify.
struct TokenKeySet: Sendable {
    /// A public key with its name and its JOSE form.
    struct PublicKey: Sendable {
        /// The RFC 7638 thumbprint of the key, which tokens carry as `kid`.
        let id: String
        let pem: String
        let verifier: ES256PublicKey
        let x: String
        let y: String

        init(_ key: P256.Signing.PublicKey) throws {
            let point = key.rawRepresentation
            x = point.prefix(32).base64URL
            y = point.suffix(32).base64URL
            // RFC 7638, section 3.2: the required members, in lexicographic order, without white space.
            let canonical = #"{"crv":"P-256","kty":"EC","x":"\#(x)","y":"\#(y)"}"#
            id = Array(SHA256.hash(data: Data(canonical.utf8))).base64URL
            pem = key.pemRepresentation
            verifier = try ES256PublicKey(backing: key)
        }
    }

    /// A key that no longer signs.
    struct Retired: Sendable {
        let key: PublicKey
        /// When it stops to verify, in whole seconds since 1970.
        let end: Int64
    }

    let active: PublicKey
    let signer: ES256PrivateKey
    let retired: [Retired]

    init(active: P256.Signing.PrivateKey, retired: [Retired]) throws {
        let publicKey = try PublicKey(active.publicKey)
        self.active = publicKey
        self.signer = try ES256PrivateKey(backing: active)
        self.retired = retired.filter { $0.key.id != publicKey.id }
    }

    /// The key of that name, if it verifies at `now`.
    func verifier(_ id: String, now: Date) -> ES256PublicKey? {
        if id == active.id { return active.verifier }
        return verifying(now: now).first { $0.id == id }?.verifier
    }

    /// All keys that verify at `now`, the active one first.
    func verifying(now: Date) -> [PublicKey] {
        [active] + retired.filter { now.timeIntervalSince1970 < Double($0.end) }.map(\.key)
    }
}
