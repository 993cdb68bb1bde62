import NIOCore
import Synchronization

extension TestClient {
    /// Writes bytes as they are to a connection of their own and gives back what comes in until the server closes it,
    /// `isComplete` says so of all that has come in, or `limit` is reached.
    ///
    /// A connection that the server resets counts as closed.
    ///
    /// - Parameters:
    ///   - thenEnds: Whether to say that no more bytes will come.
    ///   - limit: The most bytes to take.
    /// - Throws: ``TestClientError/timeout``, or why there is no connection.
    package func sendRaw(
        _ bytes: [UInt8], thenEnds: Bool = false, limit: Int = 2 * 1024 * 1024,
        until isComplete: @escaping @Sendable ([UInt8]) -> Bool = { _ in false }
    ) async throws -> [UInt8] {
        let collector = ByteCollector(limit: limit, isComplete: isComplete)
        let channel = try await connect { try $0.addHandler(collector) }
        let received = channel.eventLoop.makePromise(of: [UInt8].self)
        let timeout = channel.eventLoop.scheduleTask(in: Self.timeout) {
            received.fail(TestClientError.timeout)
        }
        defer {
            timeout.cancel()
            channel.close(promise: nil)
        }
        collector.expect(received)
        channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil)
        if thenEnds { channel.close(mode: .output, promise: nil) }
        return try await received.futureResult.get()
    }
}

/// Collects the bytes of one connection.
private final class ByteCollector: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer

    private struct State {
        var received: EventLoopPromise<[UInt8]>?
        var bytes: [UInt8] = []
        var isFinished = false
    }

    private let limit: Int
    private let isComplete: @Sendable ([UInt8]) -> Bool
    private let state = Mutex(State())

    init(limit: Int, isComplete: @escaping @Sendable ([UInt8]) -> Bool) {
        self.limit = limit
        self.isComplete = isComplete
    }

    /// Completes `promise` with all that comes in, also what has come in already.
    func expect(_ promise: EventLoopPromise<[UInt8]>) {
        state.withLock { $0.received = promise }
        finish(if: false)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        let bytes = state.withLock { state in
            state.bytes.append(contentsOf: part.readableBytesView.prefix(limit - state.bytes.count))
            return state.bytes
        }
        finish(if: bytes.count >= limit || isComplete(bytes))
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
        let (promise, bytes) = state.withLock { state -> (EventLoopPromise<[UInt8]>?, [UInt8]) in
            state.isFinished = state.isFinished || isDone
            return (state.isFinished ? state.received : nil, state.bytes)
        }
        promise?.succeed(bytes)
    }
}
