import Crypto
import Foundation

/// An access key (AK) and its secret (SK).
///
/// The secret shows in no description, so that a pair that reaches a log by mistake gives nothing away.
package struct AccessKeyPair: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// 20 upper-case letters and digits.
    package let accessKey: String
    /// 40 letters and digits.
    package let secret: String

    package init(accessKey: String, secret: String) {
        self.accessKey = accessKey
        self.secret = secret
    }

    /// Makes a new pair from the system's generator.
    package static func generate() -> AccessKeyPair {
        var generator = SystemRandomNumberGenerator()
        return generate(using: &generator)
    }

    static func generate(using generator: inout some RandomNumberGenerator) -> AccessKeyPair {
        AccessKeyPair(
            accessKey: text(of: 20, from: "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", using: &generator),
            secret: text(
                of: 40, from: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", using: &generator))
    }

    /// The password of the long-term login: hex HMAC-SHA256 of the access key under the secret.
    package static func loginPassword(accessKey: String, secret: String) -> String {
        let code = HMAC<SHA256>.authenticationCode(
            for: Data(accessKey.utf8), using: SymmetricKey(data: Data(secret.utf8)))
        return hexadecimal(code)
    }

    /// Whether `password` is the long-term login of the pair, compared in constant time.
    package static func isLoginPassword(_ password: String, accessKey: String, secret: String) -> Bool {
        ConstantTime.equal(password, loginPassword(accessKey: accessKey, secret: secret))
    }

    package var description: String { "access key \(accessKey)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: ["accessKey": accessKey]) }

    private static func text(
        of length: Int, from alphabet: String, using generator: inout some RandomNumberGenerator
    ) -> String {
        let bytes = Array(alphabet.utf8)
        let chosen = (0..<length).map { _ in bytes[Int.random(in: 0..<bytes.count, using: &generator)] }
        return String(decoding: chosen, as: UTF8.self)
    }
}
