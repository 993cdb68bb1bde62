import Crypto
import Foundation

/// What is kept of a password that Berth made, which is too random to be guessed from its hash.
package enum PasswordDigest {
    /// SHA-256, 32 bytes.
    package static func of(_ password: String) -> [UInt8] { Array(SHA256.hash(data: Data(password.utf8))) }
}
