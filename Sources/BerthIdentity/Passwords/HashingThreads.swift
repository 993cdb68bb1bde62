import NIOPosix
import Synchronization

/// A few threads for password hashing, away from the event loops, with a bounded queue.
///
/// Hashing is slow on purpose. Its threads are few, so that a storm of sign-ins cannot take the processors from
/// pulls, and its queue is short, so that those who wait are told to come back rather than time out.
final class HashingThreads: Sendable {
    private let pool: NIOThreadPool
    private let limit: Int
    private let admitted = Mutex(0)

    init(threads: Int, maximumWaiting: Int) {
        pool = NIOThreadPool(numberOfThreads: max(threads, 1))
        limit = max(threads, 1) + max(maximumWaiting, 0)
        pool.start()
    }

    deinit {
        pool.shutdownGracefully { _ in }
    }

    /// Runs `work` on one of the threads.
    ///
    /// - Throws: ``IdentityError`` `busy` when as many wait as may wait; `CancellationError`; what `work` throws.
    func run<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
        let isAdmitted = admitted.withLock { count in
            guard count < limit else { return false }
            count += 1
            return true
        }
        guard isAdmitted else {
            throw IdentityError(.busy, "too many passwords are being checked at once: try again in a moment")
        }
        defer { admitted.withLock { $0 -= 1 } }
        return try await pool.runIfActive(work)
    }
}
