internal import GRDB
internal import NIOPosix
import Synchronization

/// Puts the writes of many callers that come at the same time into one transaction, so that one wait for the disk makes
/// all of them durable.
///
/// Each write is all or nothing by itself and sees those before it. None returns before the commit: when that fails,
/// all of them fail and nothing of them is there. While one transaction is committed the next ones gather.
final class GroupCommit: Sendable {
    /// The most writes in one transaction, so that nobody waits long for others.
    private static let maximumWrites = 64

    private struct State {
        var waiting: [any PendingWrite] = []
        var isRunning = false
    }

    private let pool: DatabasePool
    private let thread = NIOThreadPool(numberOfThreads: 1)
    private let state = Mutex(State())

    init(_ pool: DatabasePool) {
        self.pool = pool
        thread.start()
    }

    deinit { thread.shutdownGracefully { _ in } }

    /// - Throws: What `body` throws; `CancellationError` when the task is cancelled before the end of `body`.
    func write<Value: Sendable>(
        _ body: @escaping @Sendable (GRDB.Database) throws -> Value
    ) async throws -> Value {
        let isCancelled = CancellationFlag()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                submit(Write(body: body, isCancelled: isCancelled, continuation: continuation))
            }
        } onCancel: {
            isCancelled.set()
        }
    }

    private func submit(_ write: any PendingWrite) {
        let mustStart = state.withLock { state in
            state.waiting.append(write)
            defer { state.isRunning = true }
            return !state.isRunning
        }
        if mustStart { thread.submit { _ in self.runAll() } }
    }

    /// Commits until nobody waits.
    private func runAll() {
        while true {
            let writes = state.withLock { state in
                let taken = Self.take(from: &state)
                state.isRunning = !taken.isEmpty
                return taken
            }
            guard !writes.isEmpty else { return }
            pool.writeWithoutTransaction { self.commit(writes, in: $0) }
        }
    }

    private static func take(from state: inout State) -> [any PendingWrite] {
        let taken = Array(state.waiting.prefix(maximumWrites))
        state.waiting.removeFirst(taken.count)
        return taken
    }

    private func commit(_ writes: [any PendingWrite], in database: GRDB.Database) {
        do {
            try database.inTransaction(.immediate) {
                for write in writes {
                    write.run(in: database)
                    // Some failures, of the disk above all, end the whole transaction.
                    guard database.isInsideTransaction else { throw TransactionEnded() }
                }
                return .commit
            }
            for write in writes { write.finish() }
        } catch {
            for write in writes { write.fail(error) }
        }
    }
}

/// One write that waits for others.
private protocol PendingWrite: Sendable {
    /// Runs the write or undoes what it did; its result is kept for later.
    func run(in database: GRDB.Database)
    /// Gives the result: what was run is durable.
    func finish()
    /// Gives the error of the write itself if it had one, else `error`: nothing of it is there.
    func fail(_ error: any Error)
}

private final class Write<Value: Sendable>: PendingWrite {
    private let body: @Sendable (GRDB.Database) throws -> Value
    private let isCancelled: CancellationFlag
    private let continuation: CheckedContinuation<Value, any Error>
    private let result = Mutex<Result<Value, any Error>?>(nil)

    init(
        body: @escaping @Sendable (GRDB.Database) throws -> Value, isCancelled: CancellationFlag,
        continuation: CheckedContinuation<Value, any Error>
    ) {
        self.body = body
        self.isCancelled = isCancelled
        self.continuation = continuation
    }

    func run(in database: GRDB.Database) {
        let found = Result {
            try isCancelled.check()
            var value: Value?
            try database.inSavepoint {
                value = try body(database)
                try isCancelled.check()
                return .commit
            }
            guard let value else { preconditionFailure("a savepoint runs its body") }
            return value
        }
        result.withLock { $0 = found }
    }

    func finish() {
        guard let found = result.withLock(\.self) else { preconditionFailure("a write is finished after it has run") }
        continuation.resume(with: found)
    }

    func fail(_ error: any Error) {
        if case .failure(let own) = result.withLock(\.self) {
            continuation.resume(throwing: own)
        } else {
            continuation.resume(throwing: error is TransactionEnded ? DatabaseError(.ioFailure, "\(error)") : error)
        }
    }
}

private final class CancellationFlag: Sendable {
    private let isSet = Atomic<Bool>(false)

    func set() { isSet.store(true, ordering: .releasing) }

    func check() throws {
        if isSet.load(ordering: .acquiring) { throw CancellationError() }
    }
}

/// Another write in the same transaction met a failure that undid all of them.
private struct TransactionEnded: Error, CustomStringConvertible {
    let description = "the database undid the transaction, since another write in it could not be written"
}
