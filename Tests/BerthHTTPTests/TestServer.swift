import BerthHTTP
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import Testing

typealias RequestContext = BerthHTTP.RequestContext

/// Runs a listener on a free port of the loopback interface with one handler for all requests, for as long as `body`
/// takes.
func withServer(
    _ listener: HTTPListener = HTTPListener(), logger: Logger = Logger(label: "test", factory: SilentLog.init),
    handler: @escaping @Sendable (Request, RequestContext) async throws -> Response,
    _ body: @escaping @Sendable (Int) async throws -> Void
) async throws {
    let (ports, continuation) = AsyncStream<Int>.makeStream()
    let application = Application(
        responder: CallbackResponder { (request: Request, context: RequestContext) in
            try await AccessLogMiddleware().handle(request, context: context) { try await handler($0, $1) }
        },
        server: try listener.serverBuilder(),
        configuration: listener.configuration(host: "127.0.0.1", port: 0),
        onServerRunning: { channel in
            continuation.yield(channel.localAddress?.port ?? 0)
            continuation.finish()
        },
        logger: logger)
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
            defer { continuation.finish() }
            try await application.run()
        }
        var iterator = ports.makeAsyncIterator()
        guard let port = await iterator.next() else {
            try await group.waitForAll()
            return
        }
        do {
            try await body(port)
        } catch {
            group.cancelAll()
            throw error
        }
        group.cancelAll()
        do { try await group.waitForAll() } catch is CancellationError {}
    }
}

struct SilentLog: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.critical

    init(label: String) {}

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {}
}
