import NIOCore
import NIOHTTP1
import Synchronization

/// One connection of a ``TestClient``, for one request after the other.
package struct TestConnection: Sendable {
    let channel: any Channel
    let collector: ResponseCollector
    /// What goes into `Host`.
    let authority: String

    /// Sends a request and waits for the whole answer.
    ///
    /// - Parameter path: Sent as it is.
    /// - Throws: ``TestClientError``, or what went wrong on the connection.
    package func send(
        _ method: String, _ path: String, headers: [(String, String)] = [], body: TestBody = .none
    ) async throws -> TestResponse {
        let answer = channel.eventLoop.makePromise(of: TestResponse.self)
        let timeout = channel.eventLoop.scheduleTask(in: TestClient.timeout) { [channel] in
            answer.fail(TestClientError.timeout)
            channel.close(promise: nil)
        }
        defer { timeout.cancel() }
        collector.expect(answer)

        let framed = framedHeaders(of: method, headers, body)
        let head = HTTPRequestHead(version: .http1_1, method: HTTPMethod(rawValue: method), uri: path, headers: framed)
        channel.write(HTTPClientRequestPart.head(head), promise: nil)
        let chunks: [[UInt8]] =
            switch body {
            case .none: []
            case .bytes(let bytes): [bytes]
            case .chunked(let chunks): chunks
            }
        for chunk in chunks {
            channel.write(HTTPClientRequestPart.body(.byteBuffer(ByteBuffer(bytes: chunk))), promise: nil)
        }
        channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
        return try await answer.futureResult.get()
    }

    /// The headers with `Host` and the one that frames the body, unless they are among them.
    func framedHeaders(of method: String, _ headers: [(String, String)], _ body: TestBody) -> HTTPHeaders {
        var framed = HTTPHeaders(headers)
        if !framed.contains(name: "Host") { framed.add(name: "Host", value: authority) }
        guard !framed.contains(name: "Content-Length"), !framed.contains(name: "Transfer-Encoding") else {
            return framed
        }
        switch body {
        case .none where ["POST", "PUT", "PATCH"].contains(method): framed.add(name: "Content-Length", value: "0")
        case .none: break
        case .bytes(let bytes): framed.add(name: "Content-Length", value: "\(bytes.count)")
        case .chunked: framed.add(name: "Transfer-Encoding", value: "chunked")
        }
        return framed
    }
}

/// Collects the responses of one connection; the one that is waited for fails when the connection ends before it.
final class ResponseCollector: ChannelInboundHandler, Sendable {
    typealias InboundIn = HTTPClientResponsePart

    private struct State {
        var answer: EventLoopPromise<TestResponse>?
        var head: HTTPResponseHead?
        var body = ByteBuffer()
        /// Why no further response will come.
        var end: (any Error)?
    }

    private let state = Mutex(State())

    /// Completes `answer` with the next response.
    func expect(_ answer: EventLoopPromise<TestResponse>) {
        let end = state.withLock { state in
            state.answer = answer
            return state.end
        }
        if let end { answer.fail(end) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): state.withLock { $0.head = head.status.code >= 200 ? head : nil }
        case .body(let part): state.withLock { _ = $0.body.writeImmutableBuffer(part) }
        case .end: finish()
        }
    }

    private func finish() {
        let (answer, response) = state.withLock { state -> (EventLoopPromise<TestResponse>?, TestResponse?) in
            guard let head = state.head else { return (nil, nil) }
            let response = TestResponse(
                status: Int(head.status.code), headers: head.headers, body: Array(state.body.readableBytesView))
            let answer = state.answer
            state = State(end: state.end)
            return (answer, response)
        }
        if let response { answer?.succeed(response) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        end(with: TestClientError.closedEarly)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        end(with: error)
        context.close(promise: nil)
    }

    private func end(with error: any Error) {
        let (answer, first) = state.withLock { state in
            let first = state.end ?? error
            state.end = first
            defer { state.answer = nil }
            return (state.answer, first)
        }
        answer?.fail(first)
    }
}
