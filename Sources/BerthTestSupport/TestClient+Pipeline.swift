import NIOCore
import NIOHTTP1
import Synchronization

/// A request that is sent before the ones before it are answered.
package struct PipelinedRequest: Sendable {
    package let method: String
    package let path: String
    package let headers: [(String, String)]
    package let body: [UInt8]

    package init(_ method: String, _ path: String, headers: [(String, String)] = [], body: [UInt8] = []) {
        self.method = method
        self.path = path
        self.headers = headers
        self.body = body
    }
}

extension TestClient {
    /// Sends requests on one connection without waiting for answers, and gives the answers in the order they come.
    ///
    /// There are fewer answers than requests when the server closes the connection before.
    ///
    /// - Parameter isReady: Waited for, when there is one, before anything is read of what the server sends.
    /// - Throws: ``TestClientError/timeout``, or why there is no connection.
    package func pipeline(
        _ requests: [PipelinedRequest], readingAfter isReady: (@Sendable () async throws -> Void)? = nil
    ) async throws -> [TestResponse] {
        let collector = PipelineCollector(count: requests.count)
        let channel = try await connect { handlers in
            var framing = HTTPRequestEncoder.Configuration()
            framing.automaticallySetFramingHeaders = false
            try handlers.addHandler(HTTPRequestEncoder(configuration: framing))
            try handlers.addHandler(ByteToMessageHandler(HTTPResponseDecoder(leftOverBytesStrategy: .dropBytes)))
            try handlers.addHandler(collector)
        }
        defer { channel.close(promise: nil) }
        let answers = channel.eventLoop.makePromise(of: [TestResponse].self)
        let timeout = channel.eventLoop.scheduleTask(in: Self.timeout) { answers.fail(TestClientError.timeout) }
        defer { timeout.cancel() }
        collector.expect(answers)
        if isReady != nil { try await channel.setOption(ChannelOptions.autoRead, value: false).get() }
        for request in requests {
            var headers = HTTPHeaders([("Host", "\(host):\(port)")] + request.headers)
            if !request.body.isEmpty { headers.add(name: "Content-Length", value: "\(request.body.count)") }
            let head = HTTPRequestHead(
                version: .http1_1, method: HTTPMethod(rawValue: request.method), uri: request.path, headers: headers)
            channel.write(HTTPClientRequestPart.head(head), promise: nil)
            if !request.body.isEmpty {
                channel.write(HTTPClientRequestPart.body(.byteBuffer(ByteBuffer(bytes: request.body))), promise: nil)
            }
            channel.write(HTTPClientRequestPart.end(nil), promise: nil)
        }
        channel.flush()
        if let isReady {
            do { try await isReady() } catch {
                answers.fail(error)
                throw error
            }
            try await channel.setOption(ChannelOptions.autoRead, value: true).get()
        }
        return try await answers.futureResult.get()
    }
}

/// Collects the answers of one connection until there are so many, or the connection ends.
private final class PipelineCollector: ChannelInboundHandler, Sendable {
    typealias InboundIn = HTTPClientResponsePart

    private struct State {
        var promise: EventLoopPromise<[TestResponse]>?
        var answers: [TestResponse] = []
        var head: HTTPResponseHead?
        var body: [UInt8] = []
        var isFinished = false
    }

    private let count: Int
    private let state = Mutex(State())

    init(count: Int) { self.count = count }

    /// Completes `promise` with the answers, also with those that have come already.
    func expect(_ promise: EventLoopPromise<[TestResponse]>) {
        state.withLock { $0.promise = promise }
        finish(if: false)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        let isDone = state.withLock { state in
            switch part {
            case .head(let head): state.head = head.status.code >= 200 ? head : nil
            case .body(let bytes): state.body.append(contentsOf: bytes.readableBytesView)
            case .end:
                if let head = state.head {
                    state.answers.append(
                        TestResponse(status: Int(head.status.code), headers: head.headers, body: state.body))
                }
                (state.head, state.body) = (nil, [])
            }
            return state.answers.count >= count
        }
        finish(if: isDone)
    }

    func channelInactive(context: ChannelHandlerContext) {
        finish(if: true)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        finish(if: true)
        context.close(promise: nil)
    }

    private func finish(if isDone: Bool) {
        let (promise, answers) = state.withLock { state -> (EventLoopPromise<[TestResponse]>?, [TestResponse]) in
            state.isFinished = state.isFinished || isDone
            guard state.isFinished, let promise = state.promise else { return (nil, []) }
            state.promise = nil
            return (promise, state.answers)
        }
        promise?.succeed(answers)
    }
}
