import BerthAccess
import BerthIdentity
import BerthOCI
import BerthRegistry
import BerthServer
import BerthTestBasics
import Foundation
import Logging
import NIOCore
import Synchronization

/// A real server in this process: its own directory, database, port and clock, so that tests run beside one another.
package struct TestServer: Sendable {
    package let registry: Registry
    package let clock: ManualClock
    package let port: Int
    /// The directory of its data, which another process may use at the same time.
    package let directory: TemporaryDirectory
    package let log: LogCapture

    package var storage: String { directory.path + "/storage" }
    package var certificates: String { directory.path + "/certs" }
    package var client: TestClient { TestClient(host: "127.0.0.1", port: port) }
}

/// What a test's server wrote to its log.
package final class LogCapture: Sendable {
    private let captured = Mutex<[String]>([])

    package init() {}

    package var lines: [String] { captured.withLock(\.self) }

    /// A logger that writes here.
    package func logger() -> Logger {
        Logger(label: "berth") { _ in
            LineLog(level: .info) { line in self.captured.withLock { $0.append(line) } }
        }
    }
}

/// Runs a server while `body` runs, then cancels it.
///
/// - Parameters:
///   - region: The region of new data; `nil` for the default.
///   - settings: What changes the answers of use cases.
///   - configuration: What changes the server; the port is always a free one.
///   - directory: Data of an earlier server to go on with.
@discardableResult
package func withServer<Result: Sendable>(
    region: Region? = nil, settings: RegistrySettings = RegistrySettings(),
    configuration: Server.Configuration = Server.Configuration(),
    clock: ManualClock = ManualClock(), directory: TemporaryDirectory? = nil,
    _ body: @escaping @Sendable (TestServer) async throws -> Result
) async throws -> Result {
    let directory = try directory ?? TemporaryDirectory()
    let log = LogCapture()
    let registry = try await openTestRegistry(
        in: directory, region: region, settings: settings, clock: clock, logger: log.logger())
    var configuration = configuration
    configuration.host = "127.0.0.1"
    configuration.port = 0
    configuration.stopSignals = []
    let server = Server(registry: registry, configuration: configuration, logger: log.logger())
    let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
    return try await withThrowingTaskGroup(of: Result?.self) { group in
        group.addTask {
            try await server.run { listening in
                continuation.yield(listening.port)
                continuation.finish()
            }
            return nil
        }
        group.addTask {
            guard let port = await ports.first(where: { _ in true }) else { throw CancellationError() }
            return try await body(
                TestServer(registry: registry, clock: clock, port: port, directory: directory, log: log))
        }
        defer { group.cancelAll() }
        while let finished = try await group.next() {
            if let finished { return finished }
        }
        throw CancellationError()
    }
}

/// Opens a registry on a test's directory with a clock that the test moves.
///
/// Passwords are hashed with the least work that the format allows, since tests make many.
package func openTestRegistry(
    in directory: TemporaryDirectory, region: Region? = nil, settings: RegistrySettings = RegistrySettings(),
    clock: ManualClock,
    logger: Logger = Logger(label: "berth", factory: { _ in SwiftLogNoOpLogHandler() })
) async throws -> Registry {
    try await Registry.open(
        storage: directory.path + "/storage", certificates: directory.path + "/certs", region: region,
        settings: settings,
        passwords: PasswordHasher(
            parameters: .init(log2Rounds: 1, blockSize: 8, parallelism: 1)),
        now: { clock.now }, logger: logger)
}
