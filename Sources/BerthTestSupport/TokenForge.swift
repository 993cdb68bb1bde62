import BerthIdentity
import Crypto
import Foundation

/// Makes tokens by hand out of a good one: what a forger can make, and what a thief of the key could.
package struct TokenForge {
    /// The good token's header and payload.
    package let header: [String: Any]
    package let payload: [String: Any]
    /// The key that the registry signs with.
    package let key: P256.Signing.PrivateKey

    package init(header: [String: Any], payload: [String: Any], key: P256.Signing.PrivateKey) {
        self.header = header
        self.payload = payload
        self.key = key
    }

    /// Takes a token of a server apart, whose directory of certificates has the key.
    package init(_ token: String, certificates: String) throws {
        func object(_ part: Substring?) throws -> [String: Any] {
            guard let part, let json = [UInt8](base64URL: part),
                let object = try JSONSerialization.jsonObject(with: Data(json)) as? [String: Any]
            else { throw ToolFailure("not a token: \(token)") }
            return object
        }
        let parts = token.split(separator: ".")
        let pem = try String(contentsOfFile: certificates + "/token-key.pem", encoding: .utf8)
        self.init(
            header: try object(parts.first), payload: try object(parts.dropFirst().first),
            key: try P256.Signing.PrivateKey(pemRepresentation: pem))
    }

    /// A token with these changes, signed with ES256; a value of `nil` takes an entry away.
    ///
    /// - Parameter key: `nil` for the registry's own.
    package func token(
        header: [String: Any?] = [:], payload: [String: Any?] = [:], key: P256.Signing.PrivateKey? = nil
    ) throws -> String {
        let input = try signingInput(header: header, payload: payload)
        return input + "." + (try (key ?? self.key).signature(for: Data(input.utf8))).rawRepresentation.base64URL
    }

    /// A token with these changes that says HS256 and is signed so.
    package func token(secret: String, header: [String: Any?] = ["alg": "HS256"]) throws -> String {
        let input = try signingInput(header: header)
        let code = HMAC<SHA256>.authenticationCode(
            for: Data(input.utf8), using: SymmetricKey(data: Data(secret.utf8)))
        return input + "." + code.base64URL
    }

    /// Header and payload as they are signed.
    package func signingInput(header: [String: Any?] = [:], payload: [String: Any?] = [:]) throws -> String {
        try Self.encode(self.header, changed: header) + "." + Self.encode(self.payload, changed: payload)
    }

    private static func encode(_ object: [String: Any], changed: [String: Any?]) throws -> String {
        var object = object
        for (name, value) in changed { object[name] = value }
        return try JSONSerialization.data(withJSONObject: object).base64URL
    }
}
