import BerthAccess
import Crypto
import Foundation

/// Remembers passwords that were right, so that the repeated sign-ins of container tools cost microseconds.
///
/// It keeps no password: its entries are HMACs, under a key that lives in this process alone, of the user, the
/// stored text and the password. A changed password changes the stored text, so what was remembered is never
/// consulted again. Whether the user is still enabled is for the caller to ask.
package final class PasswordCache: Sendable {
    private let key = SymmetricKey(size: .bits256)
    private let entries: BoundedCache<HMAC<SHA256>.MAC, Bool>

    /// - Parameter capacity: How many passwords are remembered at most.
    package init(capacity: Int = 4096) {
        entries = BoundedCache(capacity: capacity)
    }

    /// Whether this password was right for this user and stored text before.
    package func contains(_ password: String, user: UserID, stored: String) -> Bool {
        entries.value(for: entry(password, user, stored)) != nil
    }

    /// Remembers that this password is right for this user and stored text.
    package func insert(_ password: String, user: UserID, stored: String) {
        entries.insert(true, for: entry(password, user, stored))
    }

    var count: Int { entries.count }

    private func entry(_ password: String, _ user: UserID, _ stored: String) -> HMAC<SHA256>.MAC {
        var hmac = HMAC<SHA256>(key: key)
        for text in [user.rawValue, stored, password] {
            let bytes = Array(text.utf8)
            hmac.update(data: withUnsafeBytes(of: UInt64(bytes.count).bigEndian) { Array($0) })
            hmac.update(data: bytes)
        }
        return hmac.finalize()
    }
}
