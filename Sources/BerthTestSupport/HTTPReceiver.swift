import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization

/// A real HTTP server for what Berth calls: it keeps every request and answers as the test says.
package final class HTTPReceiver: Sendable {
    package struct Request: Sendable {
        package let method: String
        package let path: String
        package let headers: [(name: String, value: String)]
        package let body: [UInt8]

        /// The first header of that name, in any case.
        package subscript(header: String) -> String? {
            headers.first { $0.name.lowercased() == header.lowercased() }?.value
        }
    }

    package struct Answer: Sendable {
        package var status: Int
        package var headers: [(String, String)]
        package var body: [UInt8]
        /// Whether the connection is kept open without any answer.
        package var isSilent: Bool

        package init(_ status: Int, headers: [(String, String)] = [], body: [UInt8] = [], isSilent: Bool = false) {
            self.status = status
            self.headers = headers
            self.body = body
            self.isSilent = isSilent
        }

        package static let silence = Answer(0, isSilent: true)
    }

    package typealias Responder = @Sendable (Request) -> Answer

    private let channel: any Channel
    private let journal: Journal

    package let port: Int
    package var url: String { "http://127.0.0.1:\(port)" }
    /// All requests so far.
    package var requests: [Request] { journal.requests }

    /// - Parameter tls: The files of a certificate and its key; `nil` for plain HTTP.
    fileprivate init(tls: (certificate: String, key: String)?, respond: @escaping Responder) async throws {
        let journal = Journal()
        let context = try tls.map { files in
            try NIOSSLContext(
                configuration: .makeServerConfiguration(
                    certificateChain: try NIOSSLCertificate.fromPEMFile(files.certificate).map { .certificate($0) },
                    privateKey: .privateKey(try NIOSSLPrivateKey(file: files.key, format: .pem))))
        }
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let context {
                        try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
                    }
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(ReceiverHandler(journal: journal, respond: respond))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        port = channel.localAddress?.port ?? 0
        self.journal = journal
    }

    /// Waits until `count` requests are there, and gives the first `count`. For one waiter.
    package func requests(count: Int) async -> [Request] {
        for await _ in journal.changes where requests.count >= count { break }
        return Array(requests.prefix(count))
    }

    fileprivate func close() async { try? await channel.close().get() }
}

/// What a receiver got.
private final class Journal: Sendable {
    private let kept = Mutex<[HTTPReceiver.Request]>([])
    private let continuation: AsyncStream<Void>.Continuation
    /// One at first, and one for each request.
    let changes: AsyncStream<Void>

    init() {
        (changes, continuation) = AsyncStream.makeStream()
        continuation.yield()
    }

    var requests: [HTTPReceiver.Request] { kept.withLock(\.self) }

    func add(_ request: HTTPReceiver.Request) {
        kept.withLock { $0.append(request) }
        continuation.yield()
    }
}

/// Reads one request after the other and answers each.
private final class ReceiverHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let journal: Journal
    private let respond: HTTPReceiver.Responder
    private var head: HTTPRequestHead?
    private var body = ByteBuffer()

    init(journal: Journal, respond: @escaping HTTPReceiver.Responder) {
        self.journal = journal
        self.respond = respond
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body.clear()
        case .body(let part): body.writeImmutableBuffer(part)
        case .end:
            guard let head else { return }
            let request = HTTPReceiver.Request(
                method: head.method.rawValue, path: head.uri, headers: head.headers.map { ($0.name, $0.value) },
                body: Array(body.readableBytesView))
            let answer = respond(request)
            journal.add(request)
            if !answer.isSilent { write(answer, isHead: head.method == .HEAD, in: context) }
        }
    }

    private func write(_ answer: HTTPReceiver.Answer, isHead: Bool, in context: ChannelHandlerContext) {
        var headers = HTTPHeaders(answer.headers)
        if answer.status != 204, !headers.contains(name: "Transfer-Encoding") {
            headers.add(name: "Content-Length", value: "\(answer.body.count)")
        }
        let status = HTTPResponseStatus(statusCode: answer.status)
        context.write(
            wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: status, headers: headers))), promise: nil)
        if !isHead { context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: answer.body)))), promise: nil) }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}

/// Runs a receiver while `body` runs.
@discardableResult
package func withReceiver<Result>(
    tls: (certificate: String, key: String)? = nil, respond: @escaping HTTPReceiver.Responder = { _ in .init(204) },
    _ body: (HTTPReceiver) async throws -> Result
) async throws -> Result {
    let receiver = try await HTTPReceiver(tls: tls, respond: respond)
    do {
        let result = try await body(receiver)
        await receiver.close()
        return result
    } catch {
        await receiver.close()
        throw error
    }
}
