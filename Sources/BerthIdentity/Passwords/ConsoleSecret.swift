import Crypto
import Foundation

/// What a browser holds while somebody is signed in to the console: 256 random bits.
package struct ConsoleSecret: Sendable, Equatable {
    /// As the browser holds it: 43 characters of base64url.
    package let text: String

    /// Makes a new one.
    package init() { text = Array(SymmetricKey(size: .bits256).withUnsafeBytes { Array($0) }).base64URL }

    /// Takes what a browser has sent; `nil` for what no secret can be.
    package init?(_ text: String) {
        guard text.utf8.count == 43 else { return nil }
        self.text = text
    }

    /// What is kept of it.
    package var hash: [UInt8] { PasswordDigest.of(text) }

    /// What the forms of its session carry: nobody who does not know the secret can know it, and it tells nothing of
    /// the secret.
    package var formToken: String {
        let code = HMAC<SHA256>.authenticationCode(
            for: Data("berth console form".utf8), using: SymmetricKey(data: Data(text.utf8)))
        return Array(code).base64URL
    }

    /// What shows that the session itself has made an address: nobody who does not know the secret can know it.
    package func proof(of address: String) -> String {
        let key = HMAC<SHA256>.authenticationCode(
            for: Data("berth console address".utf8), using: SymmetricKey(data: Data(text.utf8)))
        let code = HMAC<SHA256>.authenticationCode(for: Data(address.utf8), using: SymmetricKey(data: Data(key)))
        return Array(code).base64URL
    }
}
