import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// The body of a test's request.
package enum TestBody: Sendable {
    case none
    /// Sent with its length.
    case bytes([UInt8])
    /// Sent with `Transfer-Encoding: chunked`, one chunk an element.
    case chunked([[UInt8]])
}

/// An answer, whole.
package struct TestResponse: Sendable {
    package let status: Int
    package let headers: HTTPHeaders
    package let body: [UInt8]

    /// The first value of a header.
    package func header(_ name: String) -> String? { headers.first(name: name) }

    /// Every value of a header, in order.
    package func headers(named name: String) -> [String] { headers[name] }

    /// The names of all headers, in lower case and sorted.
    package var headerNames: [String] { headers.map { $0.name.lowercased() }.sorted() }

    package var text: String { String(decoding: body, as: UTF8.self) }

    /// - Throws: What the decoder throws if the body is not JSON of that shape.
    package func json<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
        try JSONDecoder().decode(type, from: Data(body))
    }
}

/// Why a test's request has no answer.
package enum TestClientError: Error {
    case closedEarly
    case timeout
}

/// A client that sends exactly what a test says and follows no redirect.
///
/// Every wait ends after 30 seconds with ``TestClientError/timeout``, so that a test fails and does not hang.
package struct TestClient: Sendable {
    /// The longest that any wait takes.
    static let timeout = TimeAmount.seconds(30)

    package let host: String
    package let port: Int
    /// Whether to speak TLS. The server's certificate is not checked.
    package let tls: Bool

    package init(host: String, port: Int, tls: Bool = false) {
        self.host = host
        self.port = port
        self.tls = tls
    }

    package static func basic(_ username: String, _ password: String) -> (String, String) {
        ("Authorization", "Basic " + Data("\(username):\(password)".utf8).base64EncodedString())
    }

    package static func bearer(_ token: String) -> (String, String) { ("Authorization", "Bearer \(token)") }

    /// Sends a request on a connection of its own and waits for the whole answer.
    ///
    /// `Host` and the header that frames the body are added unless `headers` has them.
    ///
    /// - Parameter path: Sent as it is.
    package func send(
        _ method: String, _ path: String, headers: [(String, String)] = [], body: TestBody = .none
    ) async throws -> TestResponse {
        try await withConnection { connection in
            try await connection.send(method, path, headers: headers, body: body)
        }
    }

    /// Opens a connection for several requests and closes it when `body` is done.
    package func withConnection<Result: Sendable>(
        _ body: (TestConnection) async throws -> Result
    ) async throws -> Result {
        let collector = ResponseCollector()
        let channel = try await connect { handlers in
            var framing = HTTPRequestEncoder.Configuration()
            framing.automaticallySetFramingHeaders = false
            try handlers.addHandler(HTTPRequestEncoder(configuration: framing))
            try handlers.addHandler(ByteToMessageHandler(HTTPResponseDecoder(leftOverBytesStrategy: .dropBytes)))
            try handlers.addHandler(collector)
        }
        defer { channel.close(promise: nil) }
        return try await body(TestConnection(channel: channel, collector: collector, authority: "\(host):\(port)"))
    }

    /// Connects, with TLS below the handlers that `addHandlers` adds if the client speaks it.
    func connect(
        _ addHandlers: @escaping @Sendable (ChannelPipeline.SynchronousOperations) throws -> Void
    ) async throws -> any Channel {
        let tls = self.tls
        return try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(Self.timeout)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let handlers = channel.pipeline.syncOperations
                    if tls {
                        var configuration = TLSConfiguration.makeClientConfiguration()
                        configuration.certificateVerification = .none
                        let context = try NIOSSLContext(configuration: configuration)
                        try handlers.addHandler(NIOSSLClientHandler(context: context, serverHostname: nil))
                    }
                    try addHandlers(handlers)
                }
            }
            .connect(host: host, port: port).get()
    }
}
