import Crypto

/// Proves to a receiver who shares a secret with us that a message is ours and whole.
package enum MessageSignature {
    /// The HMAC-SHA256 of a message in lower-case hexadecimal.
    package static func hex(of message: [UInt8], secret: String) -> String {
        let code = HMAC<SHA256>.authenticationCode(
            for: message, using: SymmetricKey(data: Array(secret.utf8)))
        return code.map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }
}
