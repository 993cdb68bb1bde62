import Glibc
import NIOCore
import NIOPosix

/// Finds the addresses of a host.
package protocol HostResolving: Sendable {
    /// - Returns: Every address, the preferred one first.
    /// - Throws: ``OutboundError/unreachable(_:)`` for a host without one, ``OutboundError/timeout(_:)``.
    func addresses(of host: String) async throws -> [InternetAddress]
}

/// Asks the system, as every program on the machine does; so every spelling that it takes for an address is checked as
/// the address that it means.
package struct SystemResolver: HostResolving {
    /// Not those that files are read on: a name server may take long.
    private static let ownThreads: NIOThreadPool = {
        let threads = NIOThreadPool(numberOfThreads: 4)
        threads.start()
        return threads
    }()

    private let timeout: TimeAmount

    package init(timeout: Duration = .seconds(10)) { self.timeout = TimeAmount(timeout) }

    package func addresses(of host: String) async throws -> [InternetAddress] {
        let loop = MultiThreadedEventLoopGroup.singleton.any()
        let promise = loop.makePromise(of: [InternetAddress].self)
        // The system cannot be told to stop asking: a late answer finds the promise fulfilled and is dropped.
        let timer = loop.scheduleTask(in: timeout) {
            promise.fail(OutboundError.timeout("the name \(host) was not resolved in time"))
        }
        Self.ownThreads.submit { state in
            guard case .active = state else { return promise.fail(CancellationError()) }
            promise.completeWith(Result { try Self.lookUp(host) })
        }
        defer { timer.cancel() }
        return try await promise.futureResult.get()
    }

    private static func lookUp(_ host: String) throws -> [InternetAddress] {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(host, nil, &hints, &list)
        guard status == 0, let first = list else {
            throw OutboundError.unreachable("the name \(host) has no address: \(String(cString: gai_strerror(status)))")
        }
        defer { freeaddrinfo(first) }
        var found: [InternetAddress] = []
        for entry in sequence(first: first, next: \.pointee.ai_next) {
            if let address = address(of: entry.pointee), !found.contains(address) { found.append(address) }
        }
        guard !found.isEmpty else { throw OutboundError.unreachable("the name \(host) has no address") }
        return found
    }

    private static func address(of entry: addrinfo) -> InternetAddress? {
        guard let socket = UnsafeRawPointer(entry.ai_addr) else { return nil }
        switch entry.ai_family {
        case AF_INET:
            return withUnsafeBytes(of: socket.loadUnaligned(as: sockaddr_in.self).sin_addr) {
                InternetAddress(bytes: $0)
            }
        case AF_INET6:
            return withUnsafeBytes(of: socket.loadUnaligned(as: sockaddr_in6.self).sin6_addr) {
                InternetAddress(bytes: $0)
            }
        default: return nil
        }
    }
}
