import Hummingbird
import HummingbirdCore
import NIOCore
import NIOSSL

/// One listening socket: how its connections are made and what they are allowed.
package struct HTTPListener: Sendable {
    /// The certificate to serve TLS with; `nil` for plain HTTP.
    package var tls: TLSSource?
    package var limits: ConnectionLimits
    package var lingering: LingeringLimits
    /// What may answer before the responder is asked.
    package var expressLane: (any ExpressLane)?

    package init(
        tls: TLSSource? = nil, limits: ConnectionLimits = ConnectionLimits(),
        lingering: LingeringLimits = LingeringLimits(), expressLane: (any ExpressLane)? = nil
    ) {
        self.tls = tls
        self.limits = limits
        self.lingering = lingering
        self.expressLane = expressLane
    }

    /// The `server` of a Hummingbird application.
    ///
    /// - Throws: `NIOSSLError` when the TLS library does not take the certificate.
    package func serverBuilder() throws -> HTTPServerBuilder {
        let tls = try tls.map { try NIOSSLContext(configuration: $0.configuration()) }
        return HTTPServerBuilder { [limits, lingering, expressLane] responder in
            RegistryChannel(
                responder: responder, tls: tls, limits: limits, lingering: lingering,
                gate: ConnectionGate(maximum: limits.maximum), expressLane: expressLane)
        }
    }

    /// The `configuration` of a Hummingbird application.
    ///
    /// - Parameters:
    ///   - host: An address or a name to listen on.
    ///   - port: 0 takes a free one, which `onServerRunning` learns from its channel.
    package func configuration(host: String, port: Int) -> ApplicationConfiguration {
        ApplicationConfiguration(
            address: .hostname(host, port: port), backlog: 1024)
    }
}
