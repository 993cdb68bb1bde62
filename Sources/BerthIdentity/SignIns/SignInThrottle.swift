import Foundation
import Synchronization

/// Counts wrong credentials by account and by network, so that guessing is slow and nobody is locked out by others.
///
/// Right credentials are never refused for what others did: a limit only changes what a wrong attempt is answered, and
/// how many attempts of those who are over it are checked at once, since checking a password is costly. An attempt
/// from a network that has signed in to the account before is not held up by what is tried elsewhere.
///
/// Names are counted whether there is such an account or not. What is kept is bounded: counters of the least recently
/// used accounts and networks are forgotten first. Counters are of this process and begin anew with it.
package final class SignInThrottle: Sendable {
    /// When attempts are too many.
    package struct Limits: Sendable, Equatable {
        /// Wrong attempts within the window after which further wrong ones are refused as too many; 0 is no limit.
        package var attempts: Int
        package var window: Duration

        package init(attempts: Int = 10, window: Duration = .seconds(60)) {
            self.attempts = attempts
            self.window = window
        }
    }

    /// Who tries to sign in: as whom, and from where.
    package struct Source: Sendable, Hashable {
        /// The account or access key that is named. Of any length; only its hash is kept.
        package let account: String
        /// The address, or the part of it that one customer is given.
        package let network: String

        package init(account: String, network: String) {
            self.account = account
            self.network = network
        }
    }

    /// Attempts of those over a limit that are checked at once.
    private static let maximumChecks = 4
    private static let capacity = 16_384

    private let limits: Limits
    private let byAccount = BoundedCache<Int, WrongAttempts>(capacity: capacity)
    private let byNetwork = BoundedCache<Int, WrongAttempts>(capacity: capacity)
    /// Where somebody has signed in to an account before.
    private let known = BoundedCache<Int, Bool>(capacity: capacity)
    /// Accounts and networks over a limit that have an attempt being checked.
    private let beingChecked = Mutex<Set<Int>>([])

    package init(limits: Limits = Limits()) { self.limits = limits }

    /// Makes one attempt and counts it if it fails.
    ///
    /// - Parameters:
    ///   - isCostly: Whether the check takes so much work that those over a limit make one at a time.
    ///   - check: Gives what the credentials open, or `nil` when they are wrong.
    /// - Returns: What `check` gives.
    /// - Throws: ``TooManySignIns`` for wrong credentials of those over a limit, and before the check while another
    ///   costly one of theirs is being made; what `check` throws, which counts for nothing.
    package func attempt<Result>(
        by source: Source, at now: Date, isCostly: Bool, isolation: isolated (any Actor)? = #isolation,
        _ check: () async throws -> Result?
    ) async throws -> Result? {
        guard limits.attempts > 0 else { return try await check() }
        let account = Self.key("account", source.account)
        let network = Self.key("network", source.network)
        let pair = Self.key(source.account, source.network)
        let isNetworkOver = byNetwork.value(for: network)?.isOver(limits, at: now) == true
        let isAccountOver = byAccount.value(for: account)?.isOver(limits, at: now) == true

        var held: [Int] = []
        if isNetworkOver { held.append(network) }
        if isAccountOver, known.value(for: pair) == nil { held.append(account) }
        if isCostly, !held.isEmpty {
            guard begin(held) else { throw TooManySignIns(retryAfter: 1) }
        } else {
            held = []
        }
        defer { end(held) }

        if let result = try await check() {
            known.insert(true, for: pair)
            return result
        }
        let wait = max(count(network, in: byNetwork, at: now), count(account, in: byAccount, at: now))
        if isNetworkOver || isAccountOver { throw TooManySignIns(retryAfter: wait) }
        return nil
    }

    private func begin(_ keys: [Int]) -> Bool {
        beingChecked.withLock { checks in
            guard checks.isDisjoint(with: keys), checks.count < Self.maximumChecks else { return false }
            checks.formUnion(keys)
            return true
        }
    }

    private func end(_ keys: [Int]) {
        guard !keys.isEmpty else { return }
        beingChecked.withLock { $0.subtract(keys) }
    }

    /// - Returns: Whole seconds until this one is no longer over its limit; at least 1.
    private func count(_ key: Int, in counters: BoundedCache<Int, WrongAttempts>, at now: Date) -> Int {
        counters.update(key, default: WrongAttempts()) { attempts in
            attempts.add(now, limits)
            return attempts.secondsUntilUnder(limits, at: now)
        }
    }

    private static func key(_ parts: String...) -> Int {
        var hasher = Hasher()
        for part in parts { hasher.combine(part) }
        return hasher.finalize()
    }
}

/// An attempt to sign in that is one too many.
package struct TooManySignIns: Error, Sendable, Equatable {
    /// Seconds after which it may be tried again.
    package let retryAfter: Int

    package init(retryAfter: Int) { self.retryAfter = retryAfter }
}

/// The last wrong attempts of one account or network, oldest first, as many as the limit allows.
private struct WrongAttempts: Sendable {
    private var times: [Date] = []

    mutating func add(_ time: Date, _ limits: SignInThrottle.Limits) {
        times.append(time)
        if times.count > limits.attempts { times.removeFirst() }
    }

    /// Times that lie ahead, after the clock was stepped back, count for nothing.
    func isOver(_ limits: SignInThrottle.Limits, at now: Date) -> Bool {
        guard times.count >= limits.attempts, let oldest = times.first else { return false }
        return (0..<limits.window.inSeconds).contains(now.timeIntervalSince(oldest))
    }

    func secondsUntilUnder(_ limits: SignInThrottle.Limits, at now: Date) -> Int {
        guard isOver(limits, at: now), let oldest = times.first else { return 1 }
        return max(Int((limits.window.inSeconds - now.timeIntervalSince(oldest)).rounded(.up)), 1)
    }
}

extension Duration {
    fileprivate var inSeconds: TimeInterval {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
