import Crypto
import Foundation
import Synchronization

/// The keys that sign tokens (ES256): one active, and the ones before it for as long as their tokens live.
///
/// They lie in `token-key.pem` (private, 0600) and `token-key-previous.pem` (public keys only). Every use looks at
/// both files' stamps, two system calls, so that a rotation by any process is seen by the next request of all.
/// A file that turns bad while a server runs is reported once, and the keys read before stay in use.
package final class TokenKeys: Sendable {
    private struct State {
        var keys: TokenKeySet
        var seen: TokenKeyFiles.Stamps
    }

    private let files: TokenKeyFiles
    private let state: Mutex<State>
    private let reloadFailed: @Sendable (IdentityError) -> Void

    /// Reads the keys, or makes the first one, and the directory, when there is none. Safe when several processes do
    /// so at once: all end up with the same key.
    ///
    /// - Parameters:
    ///   - directory: The directory of certificates and keys.
    ///   - now: The wall clock.
    ///   - reloadFailed: Told, once for each change, of changed files that cannot be used.
    /// - Throws: ``IdentityError`` `keyFile` when a file is damaged or not accessible.
    package init(
        directory: String, now: Date, reloadFailed: @escaping @Sendable (IdentityError) -> Void = { _ in }
    ) throws {
        files = TokenKeyFiles(directory: directory)
        self.reloadFailed = reloadFailed
        try SecretFile.makeDirectory(directory)
        try files.createIfAbsent()
        let (keys, stamps) = try files.load()
        state = Mutex(State(keys: keys, seen: stamps))
    }

    /// Makes a new key that signs from now on.
    ///
    /// The key before verifies until `now + keepingOldFor`, which should be as long as the tokens that it signed may
    /// live: ``TokenService/maximumAccessLifetime``, or ``TokenService/maximumRefreshLifetime`` if refresh tokens are
    /// to outlive the rotation. With zero every token issued so far ends at once. A crash leaves either the old
    /// state or the new one.
    ///
    /// - Throws: ``IdentityError`` `keyFile`; then nothing has changed.
    package func rotate(now: Date, keepingOldFor duration: Duration) throws {
        try SecretFile.withLock(on: files.directory) {
            let before = try files.load().keys
            let second = Int64(now.timeIntervalSince1970.rounded(.up))
            var retired = before.retired.filter { $0.end > second }
            if duration > .zero {
                retired.append(TokenKeySet.Retired(key: before.active, end: second + duration.wholeSeconds))
            }
            try files.store(active: P256.Signing.PrivateKey(), retired: retired)
            let (keys, stamps) = try files.load()
            state.withLock { $0 = State(keys: keys, seen: stamps) }
        }
    }

    /// The name of the key that signs, as tokens carry it in `kid`.
    package var activeKeyID: String { current.active.id }

    /// The keys that verify now as a JSON web key set (RFC 7517), the active one first.
    package func jwks(now: Date) throws -> [UInt8] {
        struct Key: Encodable {
            let kty = "EC"
            let crv = "P-256"
            let alg = "ES256"
            let use = "sig"
            let kid: String
            let x: String
            let y: String
        }
        struct KeySet: Encodable {
            let keys: [Key]
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let keys = current.verifying(now: now).map { Key(kid: $0.id, x: $0.x, y: $0.y) }
        return Array(try encoder.encode(KeySet(keys: keys)))
    }

    /// The keys as the files have them now.
    var current: TokenKeySet {
        let stamps = files.stamps
        let (keys, failure) = state.withLock { state -> (TokenKeySet, IdentityError?) in
            guard stamps != state.seen else { return (state.keys, nil) }
            do {
                let loaded = try files.load()
                state = State(keys: loaded.keys, seen: loaded.stamps)
                return (state.keys, nil)
            } catch {
                state.seen = stamps
                return (state.keys, error as? IdentityError ?? IdentityError(.keyFile, "\(error)"))
            }
        }
        if let failure { reloadFailed(failure) }
        return keys
    }
}

extension Duration {
    /// Seconds, cut down to a whole number.
    var wholeSeconds: Int64 { components.seconds }
}
