import AsyncHTTPClient
import NIOConcurrencyHelpers
import NIOCore

/// The clients that hold connections: one for each host at the address that was checked for it, so that connections are
/// used again and never lead anywhere else.
///
/// Clients without a request are closed when there are more than ``capacity``.
final class ClientPool: Sendable {
    struct Pin: Hashable, Sendable {
        let host: String
        let address: InternetAddress
    }

    private struct Entry {
        let client: HTTPClient
        var users = 0
        var lastUse: UInt64 = 0
    }

    private struct State {
        var entries: [Pin: Entry] = [:]
        var uses: UInt64 = 0
        var isClosed = false
    }

    private let state = NIOLockedValueBox(State())
    private let capacity: Int
    private let makeClient: @Sendable (Pin) -> HTTPClient

    init(capacity: Int, makeClient: @escaping @Sendable (Pin) -> HTTPClient) {
        self.capacity = capacity
        self.makeClient = makeClient
    }

    deinit { close() }

    /// The client for a pin, which stays open while the lease is held.
    ///
    /// - Throws: `CancellationError` after ``close()``.
    func lease(_ pin: Pin) throws -> ClientLease {
        let (client, idle) = try state.withLockedValue { state in
            guard !state.isClosed else { throw CancellationError() }
            var entry = state.entries[pin] ?? Entry(client: makeClient(pin))
            state.uses += 1
            entry.users += 1
            entry.lastUse = state.uses
            state.entries[pin] = entry
            return (entry.client, removeIdle(from: &state))
        }
        shutDown(idle)
        return ClientLease(client: client, pool: self, pin: pin)
    }

    fileprivate func release(_ pin: Pin) {
        let idle = state.withLockedValue { state in
            state.entries[pin]?.users -= 1
            return removeIdle(from: &state)
        }
        shutDown(idle)
    }

    /// Ends every client; requests that are under way fail.
    func close() {
        let clients = state.withLockedValue { state in
            state.isClosed = true
            defer { state.entries = [:] }
            return state.entries.values.map(\.client)
        }
        shutDown(clients)
    }

    private func removeIdle(from state: inout State) -> [HTTPClient] {
        guard state.entries.count > capacity else { return [] }
        let idle = state.entries.filter { $0.value.users == 0 }.sorted { $0.value.lastUse < $1.value.lastUse }
        return idle.prefix(state.entries.count - capacity).compactMap {
            state.entries.removeValue(forKey: $0.key)?.client
        }
    }

    private func shutDown(_ clients: [HTTPClient]) {
        for client in clients { client.shutdown { _ in } }
    }
}

/// Keeps a client open for as long as an exchange lasts.
final class ClientLease: Sendable {
    let client: HTTPClient
    private let pool: ClientPool
    private let pin: ClientPool.Pin

    fileprivate init(client: HTTPClient, pool: ClientPool, pin: ClientPool.Pin) {
        self.client = client
        self.pool = pool
        self.pin = pin
    }

    deinit { pool.release(pin) }
}
