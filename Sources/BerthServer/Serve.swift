import BerthBlobs
import BerthHTTP
import BerthRegistry
import Foundation
import Logging

/// Opens the registry that the settings describe and serves it until the process is told to stop.
///
/// Prints to standard output what a person needs to begin: the address, the first account with its password when the
/// database is new, and the sign-in command. Everything else is the log, on standard error.
///
/// - Throws: Errors that are one sentence each, when the settings cannot be followed.
package func serve(settings: Settings) async throws {
    var configuration = try settings.server()
    let lines = LineWriter(descriptor: STDERR_FILENO)
    defer { lines.flush() }
    let logger = Logger(label: "berth") { _ in LineLog(level: settings.logLevel, writer: lines) }
    let room = DescriptorLimit.raise().connections
    if room < configuration.connections.maximum {
        logger.warning(
            "fewer connections than connections.maximum: raise the limit of open files (ulimit -n)",
            metadata: ["connections": "\(room)"])
        configuration.connections.maximum = room
    }
    let registry = try await Registry.open(
        storage: settings.storage, certificates: settings.certificates, region: settings.region,
        settings: settings.registry, issuer: settings.tokenIssuer, service: settings.tokenService, logger: logger)
    let lock = try await registry.lockForServing()
    defer { lock.release() }
    let first = try await registry.createFirstAccountIfEmpty(
        password: ProcessInfo.processInfo.environment["BERTH_ADMIN_PASSWORD"])
    let server = Server(registry: registry, configuration: configuration, logger: logger)
    try await server.run { listening in
        let address = listening.publicAddress
        var lines = ["Berth serves \(registry.region) at \(address.url)"]
        if let first {
            lines.append("First account: \(first.name)")
            if let password = first.generatedPassword {
                lines.append("Password:      \(password)   (shown this once)")
            }
            lines.append("Sign in with:  docker login -u \(first.name) \(address.host)")
        }
        if settings.publicURL == nil, ["0.0.0.0", "::"].contains(settings.listen.host) {
            lines.append("Other machines cannot get tokens there: name the address that they use with --public-url")
        }
        try? FileHandle.standardOutput.write(contentsOf: Data((lines.joined(separator: "\n") + "\n").utf8))
    }
}
