import AsyncHTTPClient
import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOSSL

/// The one way in which Berth calls out: to webhooks and to the registries of other regions.
///
/// A host is resolved once for a request, all its addresses are checked by an ``AddressGuard``, and the connection goes to
/// an address that was checked, whatever the name says a moment later. TLS still asks for, and verifies, the name.
/// Redirects are not followed: a caller that follows one sends another request, which is checked as this one was. Proxies
/// of the environment are not used, bodies are not decompressed.
package final class OutboundHTTP: Sendable {
    /// What may be called, and how long that may take.
    package struct Configuration: Sendable {
        /// Blocks that may be called although they are not public.
        package var allowed: [AddressBlock] = []
        package var connectTimeout: Duration = .seconds(10)
        /// How long a peer may take no bytes of a request, or send none of an answer.
        package var stallTimeout: Duration = .seconds(60)
        /// A PEM file with authorities that are trusted besides those of the system.
        package var authorities: String?

        package init() {}
    }

    private let addressGuard: AddressGuard
    private let resolver: any HostResolving
    private let pool: ClientPool

    /// How many addresses of a host are tried.
    private static let attempts = 3
    /// How many hosts' connections are kept for their next request.
    private static let keptClients = 16

    /// - Throws: When the file of authorities cannot be read.
    package init(_ configuration: Configuration = .init(), resolver: any HostResolving = SystemResolver()) throws {
        addressGuard = AddressGuard(allowed: configuration.allowed)
        self.resolver = resolver
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        if let file = configuration.authorities {
            tls.additionalTrustRoots = [.certificates(try NIOSSLCertificate.fromPEMFile(file))]
        }
        var client = HTTPClient.Configuration(
            tlsConfiguration: tls, redirectConfiguration: .disallow,
            timeout: .init(
                connect: TimeAmount(configuration.connectTimeout), read: TimeAmount(configuration.stallTimeout),
                write: TimeAmount(configuration.stallTimeout)),
            connectionPool: .init(idleTimeout: .seconds(30)), proxy: nil, decompression: .disabled)
        client.httpVersion = .http1Only
        client.connectionPool.retryConnectionEstablishment = false
        pool = ClientPool(capacity: Self.keptClients) { [client] pin, loop in
            HTTPClient(eventLoopGroupProvider: .shared(loop), configuration: client.pinned(to: pin))
        }
    }

    /// Closes all connections; what is under way fails.
    package func close() { pool.close() }

    /// Sends a request and waits for the head of its answer; the body comes as it is read.
    ///
    /// - Throws: ``OutboundError``; `CancellationError`; what the parts of a streamed body throw.
    package func send(_ request: OutboundRequest) async throws -> OutboundResponse {
        let deadline = NIODeadline.now() + TimeAmount(request.timeout)
        let url = request.url
        let addresses = try await addresses(of: url.host)
        try addressGuard.check(addresses, of: url.host)
        var failure: any Error = OutboundError.unreachable("the name \(url.host) has no address")
        for address in addresses.prefix(Self.attempts) {
            let lease = try pool.lease(ClientPool.Pin(host: url.host, address: address))
            do {
                let response = try await lease.client.execute(
                    HTTPClientRequest(request, on: lease.loop), deadline: deadline)
                return OutboundResponse(response, to: request, lease: lease, deadline: deadline)
            } catch {
                failure = OutboundError.meaning(of: error, from: url.origin)
                guard OutboundError.isFailureToConnect(error) else { throw failure }
            }
        }
        throw failure
    }

    private func addresses(of host: String) async throws -> [InternetAddress] {
        if let address = InternetAddress(host) { return [address] }
        return try await resolver.addresses(of: host)
    }
}

extension HTTPClient.Configuration {
    /// The same configuration for connections to one host at one address, and nowhere else.
    fileprivate func pinned(to pin: ClientPool.Pin) -> HTTPClient.Configuration {
        var configuration = self
        configuration.dnsOverride = [pin.host: pin.address.description]
        configuration.http1_1ConnectionDebugInitializer = { channel in
            let connected = channel.remoteAddress?.ipAddress.flatMap { InternetAddress($0) }
            guard connected == pin.address else {
                return channel.eventLoop.makeFailedFuture(
                    OutboundError.refusedAddress("\(pin.host) was reached at an address that was not checked"))
            }
            return channel.eventLoop.makeSucceededVoidFuture()
        }
        return configuration
    }
}

extension HTTPClientRequest {
    fileprivate init(_ request: OutboundRequest, on loop: any EventLoop) {
        self.init(url: request.url.text)
        method = HTTPMethod(rawValue: request.method.rawValue)
        for field in request.headers { headers.add(name: field.name.canonicalName, value: field.value) }
        body = request.body.content(loop)
    }
}

extension OutboundResponse {
    fileprivate init(
        _ response: HTTPClientResponse, to request: OutboundRequest, lease: ClientLease, deadline: NIODeadline
    ) {
        status = HTTPResponse.Status(code: Int(response.status.code), reasonPhrase: response.status.reasonPhrase)
        var fields = HTTPFields()
        for (name, value) in response.headers {
            guard let name = HTTPField.Name(name) else { continue }
            fields.append(HTTPField(name: name, value: value))
        }
        headers = fields
        body = Body(
            parts: response.body, lease: lease, limit: request.maximumResponseSize, deadline: deadline,
            origin: request.url.origin)
    }
}
