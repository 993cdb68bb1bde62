import BerthHTTP
import BerthOutbound
import BerthRegistry
import Foundation
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle
import UnixSignals

/// Why a server cannot take connections, in one sentence.
package struct ListenError: Error, CustomStringConvertible {
    package let description: String
}

/// A registry behind a listening socket.
package struct Server: Sendable {
    /// What a server needs to know besides its registry.
    package struct Configuration: Sendable {
        package var host = "127.0.0.1"
        /// 0 takes a free one.
        package var port = 5000
        /// What clients use; `nil` takes the address that is listened on.
        package var publicURL: String?
        /// The certificate and key files; `nil` serves plain HTTP.
        package var tls: (certificate: String, key: String)?
        /// The service that tokens are for.
        package var tokenService = "berth"
        package var isReadOnly = false
        /// What connections may take.
        package var connections = ConnectionLimits()
        /// Whose word is taken for where a request comes from.
        package var trustedProxies: [AddressBlock] = []
        /// What is done for the data without being asked; nothing unless said otherwise.
        var care = CarePlan()
        /// What Berth may call, and how.
        package var outbound = OutboundHTTP.Configuration()
        /// Who is told of pushes that triggers wait for; `nil` for nobody.
        package var triggerReceiver: TriggerReceiver?
        /// The other regions that images are copied to.
        package var regions: [RemoteRegion] = []
        /// How long transfers that are under way may take to end after the server is told to stop.
        package var shutdownGrace: Duration = .seconds(30)

        /// The signals that stop the server.
        package var stopSignals: [UnixSignal] = [.sigterm, .sigint]

        package init() {}

        /// Host and port as they stand in a URL.
        fileprivate func authority(port: Int) -> String {
            host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]:\(port)" : "\(host):\(port)"
        }
    }

    /// Where a server takes connections.
    package struct Listening: Sendable {
        /// The address that clients use.
        package let publicAddress: PublicAddress
        /// The port of the socket.
        package let port: Int
    }

    private let registry: Registry
    private let configuration: Configuration
    private let logger: Logger

    package init(registry: Registry, configuration: Configuration, logger: Logger) {
        self.registry = registry
        self.configuration = configuration
        self.logger = logger
    }

    /// Serves until it is told to stop by SIGTERM or SIGINT, or by cancellation of the task.
    ///
    /// When told to stop it takes no more connections, lets what is under way end for as long as the configuration
    /// allows, and returns.
    ///
    /// - Parameter onReady: Called once, when connections are taken.
    /// - Throws: When the address cannot be listened on or the certificate cannot be read.
    package func run(onReady: @escaping @Sendable (Listening) async -> Void) async throws {
        let scheme = configuration.tls == nil ? "http" : "https"
        let publicAddress = PublicAddress(
            configuration.publicURL ?? "\(scheme)://\(configuration.authority(port: configuration.port))")
        let readiness = Readiness()
        let listener = HTTPListener(
            tls: try configuration.tls.map {
                try TLSSource(certificateFile: $0.certificate, keyFile: $0.key, logger: logger)
            },
            limits: configuration.connections,
            expressLane: ExpressPulls(registry: registry, origins: origins))
        let application = Application(
            responder: frontDoor(publicAddress: publicAddress, readiness: readiness),
            server: try listener.serverBuilder(),
            configuration: listener.configuration(
                host: configuration.host, port: configuration.port),
            onServerRunning: { [configuration] channel in
                let port = channel.localAddress?.port ?? configuration.port
                if configuration.publicURL == nil {
                    publicAddress.url = "\(scheme)://\(configuration.authority(port: port))"
                }
                await onReady(Listening(publicAddress: publicAddress, port: port))
            },
            logger: logger)
        let outbound = try OutboundHTTP(configuration.outbound)
        defer { outbound.close() }
        let background = BackgroundWork.services(for: registry, configuration: configuration, outbound: outbound)
        var group = ServiceGroupConfiguration(
            services: [readiness] + background + [application],
            gracefulShutdownSignals: configuration.stopSignals, logger: quiet(logger))
        group.maximumGracefulShutdownDuration = configuration.shutdownGrace
        // Ending a connection under TLS takes up to five seconds.
        group.maximumCancellationDuration = .seconds(15)
        do {
            try await ServiceGroup(configuration: group).run()
        } catch is CancellationError {
            logger.info("stopped; what was still under way has been broken off")
        } catch let error as IOError {
            throw ListenError(
                description: "cannot listen on \(configuration.authority(port: configuration.port)): "
                    + String(cString: strerror(error.errnoCode)))
        }
    }

    private func frontDoor(publicAddress: PublicAddress, readiness: Readiness) -> FrontDoor {
        let authentication = ManagementAuthentication(registry: registry)
        return FrontDoor(
            distribution: DistributionDoor(
                registry: registry,
                challenge: Challenge(publicAddress: publicAddress, service: configuration.tokenService),
                isReadOnly: configuration.isReadOnly),
            tokens: TokenDoor(registry: registry, service: configuration.tokenService),
            management: ManagementDoor(
                registry: registry, publicAddress: publicAddress, authentication: authentication,
                isReadOnly: configuration.isReadOnly),
            iam: IAMDoor(registry: registry, publicAddress: publicAddress, authentication: authentication),
            health: HealthDoor(registry: registry, readiness: readiness),
            console: ConsoleDoor(
                registry: registry, publicAddress: publicAddress, isReadOnly: configuration.isReadOnly),
            origins: origins)
    }

    private var origins: RequestOrigins { RequestOrigins(trustedProxies: configuration.trustedProxies) }

    /// The same log without what the libraries say of their own affairs.
    private func quiet(_ logger: Logger) -> Logger {
        var logger = logger
        logger.logLevel = max(logger.logLevel, .warning)
        return logger
    }
}
