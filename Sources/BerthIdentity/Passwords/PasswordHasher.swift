import Crypto
import CryptoExtras
import Foundation

/// Hashes and checks passwords with scrypt (RFC 7914).
///
/// Work runs on threads of its own behind a bounded queue, never on an event loop. A check costs the same whether
/// the user exists or not. Copies share threads and queue.
package struct PasswordHasher: Sendable {
    /// What scrypt costs: `128 · blockSize · 2^log2Rounds` bytes of memory, and time in proportion to that and to
    /// `parallelism`.
    package struct Parameters: Hashable, Sendable {
        package let log2Rounds: Int
        package let blockSize: Int
        package let parallelism: Int

        package init(log2Rounds: Int, blockSize: Int, parallelism: Int) {
            self.log2Rounds = log2Rounds
            self.blockSize = blockSize
            self.parallelism = parallelism
        }

        /// 32 MiB and three passes, one of the equivalents that OWASP's password storage guide lists.
        package static let standard = Parameters(log2Rounds: 15, blockSize: 8, parallelism: 3)
    }

    /// The longest password, in bytes of UTF-8.
    package static let maximumLength = 1024

    /// The length of a hash, in bytes.
    static let hashLength = 32

    /// Derives a hash of ``hashLength`` bytes from a password that is not empty.
    typealias Derivation =
        @Sendable (_ password: [UInt8], _ salt: [UInt8], _ parameters: Parameters) throws -> [UInt8]

    private let parameters: Parameters
    private let threads: HashingThreads
    private let derive: Derivation
    /// Stands in for the stored text of a user that does not exist or has no password.
    private let decoy: StoredPassword

    /// - Parameters:
    ///   - parameters: What new hashes cost; older texts are checked with their own.
    ///   - threads: How many checks run at once.
    ///   - maximumWaiting: How many more may wait; the next one is refused as busy.
    package init(parameters: Parameters = .standard, threads: Int = 2, maximumWaiting: Int = 32) {
        self.init(parameters: parameters, threads: threads, maximumWaiting: maximumWaiting, derive: Self.scrypt)
    }

    init(parameters: Parameters, threads: Int, maximumWaiting: Int, derive: @escaping Derivation) {
        self.parameters = parameters
        self.threads = HashingThreads(threads: threads, maximumWaiting: maximumWaiting)
        self.derive = derive
        decoy = StoredPassword(
            parameters: parameters, salt: randomBytes(16), hash: randomBytes(Self.hashLength))
    }

    /// Hashes a password with a salt of its own into the text to store.
    ///
    /// - Throws: ``IdentityError``: `password` when it is empty or longer than ``maximumLength``; `busy`.
    package func hash(_ password: String) async throws -> String {
        let bytes = Array(password.utf8)
        guard Self.isAcceptable(bytes) else {
            throw IdentityError(
                .password, "a password has 1 to \(Self.maximumLength) bytes; this one has \(bytes.count)")
        }
        let salt = randomBytes(16)
        let hash = try await threads.run { [derive, parameters] in try derive(bytes, salt, parameters) }
        return StoredPassword(parameters: parameters, salt: salt, hash: hash).description
    }

    /// Whether a password is the one that `stored` was made of; always `false`, after the same work, when `stored` is
    /// `nil` or unreadable.
    ///
    /// - Throws: ``IdentityError`` `busy`.
    package func verify(_ password: String, against stored: String?) async throws -> Bool {
        let known = stored.flatMap(StoredPassword.init(parsing:))
        let bytes = Array(password.utf8)
        let isAcceptable = Self.isAcceptable(bytes)
        let target = known ?? decoy
        let derived = try await threads.run { [derive] in
            try derive(isAcceptable ? bytes : [0], target.salt, target.parameters)
        }
        return ConstantTime.equal(derived, target.hash) && isAcceptable && known != nil
    }

    private static func isAcceptable(_ password: [UInt8]) -> Bool {
        (1...maximumLength).contains(password.count)
    }

    static let scrypt: Derivation = { password, salt, parameters in
        let key = try KDF.Scrypt.deriveKey(
            from: password, salt: salt, outputByteCount: hashLength, rounds: 1 << parameters.log2Rounds,
            blockSize: parameters.blockSize, parallelism: parameters.parallelism)
        return key.withUnsafeBytes { Array($0) }
    }
}

/// Bytes from the system's generator, fit for keys.
func randomBytes(_ count: Int) -> [UInt8] {
    var generator = SystemRandomNumberGenerator()
    return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
}
