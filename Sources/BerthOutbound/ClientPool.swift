import AsyncHTTPClient
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix

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
        let loop: any EventLoop
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
    private let makeClient: @Sendable (Pin, any EventLoop) -> HTTPClient

    /// - Parameter makeClient: Makes a client all of whose connections are on the loop.
    init(capacity: Int, makeClient: @escaping @Sendable (Pin, any EventLoop) -> HTTPClient) {
        self.capacity = capacity
        self.makeClient = makeClient
    }

    deinit { close() }

    /// The client for a pin, which stays open while the lease is held.
    ///
    /// - Throws: `CancellationError` after ``close()``.
    func lease(_ pin: Pin) throws -> ClientLease {
        let (entry, idle) = try state.withLockedValue { state in
            guard !state.isClosed else { throw CancellationError() }
            var entry = state.entries[pin] ?? makeEntry(pin)
            state.uses += 1
            entry.users += 1
            entry.lastUse = state.uses
            state.entries[pin] = entry
            return (entry, removeIdle(from: &state))
        }
        shutDown(idle)
        return ClientLease(client: entry.client, loop: entry.loop, pool: self, pin: pin)
    }

    private func makeEntry(_ pin: Pin) -> Entry {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        return Entry(client: makeClient(pin, loop), loop: loop)
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
    /// Where all its connections are.
    let loop: any EventLoop
    private let pool: ClientPool
    private let pin: ClientPool.Pin

    fileprivate init(client: HTTPClient, loop: any EventLoop, pool: ClientPool, pin: ClientPool.Pin) {
        self.client = client
        self.loop = loop
        self.pool = pool
        self.pin = pin
    }

    deinit { pool.release(pin) }
}
