import BerthTestBasics
import BerthTestSupport
import Foundation

/// What another program than the server's own library says of keys and signatures.
enum OpenSSL {
    /// Hex HMAC-SHA256.
    static func hmac(_ message: String, key: String) async throws -> String {
        let result = try await Tool.run(["openssl", "dgst", "-sha256", "-hmac", key], input: message).orThrow()
        return String(result.value.split(separator: " ").last ?? "")
    }

    /// Whether an ES256 token (RFC 7515) is signed with the key that a JSON Web Key tells of.
    static func isSigned(_ token: String, with key: JSONValue) async throws -> Bool {
        let directory = try TemporaryDirectory()
        let parts = token.split(separator: ".")
        guard parts.count == 3, let signature = base64URL(parts[2]), signature.count == 64,
            let x = key["x"].text.flatMap({ base64URL($0[...]) }), let y = key["y"].text.flatMap({ base64URL($0[...]) })
        else { return false }
        // SubjectPublicKeyInfo of an uncompressed point of P-256 (RFC 5480).
        let prefix: [UInt8] = [
            0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x08, 0x2A, 0x86, 0x48,
            0xCE, 0x3D, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04,
        ]
        let pem = """
            -----BEGIN PUBLIC KEY-----
            \((Data(prefix) + x + y).base64EncodedString(options: .lineLength64Characters))
            -----END PUBLIC KEY-----

            """
        let (keyFile, signatureFile) = (directory.path + "/key.pem", directory.path + "/signature")
        try Data(pem.utf8).write(to: URL(fileURLWithPath: keyFile))
        let numbers = integer(signature.prefix(32)) + integer(signature.suffix(32))
        try (Data([0x30, UInt8(numbers.count)]) + numbers).write(to: URL(fileURLWithPath: signatureFile))
        let result = try await Tool.run(
            ["openssl", "dgst", "-sha256", "-verify", keyFile, "-signature", signatureFile],
            input: "\(parts[0]).\(parts[1])")
        return result.succeeded && result.value == "Verified OK"
    }

    /// The fingerprint of the certificate that a TLS server shows.
    static func fingerprint(of authority: String) async throws -> String {
        let shown = try await Tool.run(["openssl", "s_client", "-connect", authority])
        return try await Tool.run(["openssl", "x509", "-noout", "-fingerprint", "-sha256"], input: shown.output)
            .orThrow().value
    }

    /// The header and the claims of a token.
    static func parts(of token: String) throws -> (header: JSONValue, claims: JSONValue) {
        let parts = try token.split(separator: ".").prefix(2).map {
            try JSONValue(parsing: String(decoding: base64URL($0) ?? Data(), as: UTF8.self))
        }
        guard parts.count == 2 else { throw ToolFailure("no token: \(token)") }
        return (parts[0], parts[1])
    }

    private static func base64URL(_ text: Substring) -> Data? {
        let padding = String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        return Data(base64Encoded: text.replacing("-", with: "+").replacing("_", with: "/") + padding)
    }

    /// An unsigned number as DER writes it.
    private static func integer(_ bytes: Data) -> Data {
        var digits = bytes.drop { $0 == 0 }
        if (digits.first ?? 0x80) >= 0x80 { digits = Data([0]) + digits }
        return Data([0x02, UInt8(digits.count)]) + digits
    }
}
