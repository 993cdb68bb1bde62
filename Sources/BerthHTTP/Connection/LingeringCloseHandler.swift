import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// How much of a request the connection still takes after its response has been written.
package struct LingeringLimits: Sendable, Equatable {
    /// An unread body of at most this many bytes is read to its end and the connection kept; manifests are.
    package var keptBytes: Int
    /// The most bytes of any other body that are read before the connection is closed.
    package var drainedBytes: Int
    /// The longest time that they are read for.
    package var time: Duration

    package init(
        keptBytes: Int = 4 * 1024 * 1024, drainedBytes: Int = 8 * 1024 * 1024, time: Duration = .seconds(5)
    ) {
        self.keptBytes = keptBytes
        self.drainedBytes = drainedBytes
        self.time = time
    }
}

/// Ends a connection in such a way that the client sees its response.
///
/// When a response begins before the request has been read, this decides what becomes of the rest. A short body is
/// left to be read to its end. For a long one, one of unknown length, and one that the client holds back until it is
/// told to go on, the response says `Connection: close`. After such a response, and after any other that closes the
/// connection, the sending side is shut and what still arrives is thrown away, until the client closes too or a limit
/// of ``LingeringLimits`` is reached: closing at once would make the kernel reset the connection, and clients that are
/// still sending (docker, ctr, curl) would lose the response.
final class LingeringCloseHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private struct PendingRequest {
        /// Bytes of the body that have not arrived; `nil` when the client did not say how many there are.
        var remaining: Int?
        var isComplete = false
        /// Whether the client holds the body back until it gets a 100.
        var awaitsContinue: Bool
        var closesConnection: Bool
    }

    private enum State {
        case open
        /// The response that is being written is the last one.
        case closing
        /// The last response has been written.
        case lingering(bytesLeft: Int)
    }

    private let limits: LingeringLimits
    private let pace: ConnectionPace
    private var state = State.open
    /// Requests without a complete response, oldest first; only the last one may be incomplete.
    private var requests: [PendingRequest] = []
    private var timeout: Scheduled<Void>?

    init(limits: LingeringLimits, pace: ConnectionPace) {
        self.limits = limits
        self.pace = pace
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        if case .lingering(let bytesLeft) = state {
            discard(part, bytesLeft: bytesLeft, context: context)
            return
        }
        switch part {
        case .head(let head):
            requests.append(
                PendingRequest(
                    remaining: Self.bodyLength(head), awaitsContinue: head.headerFields[.expect] != nil,
                    closesConnection: head.headerFields[.connection]?.lowercased() == "close"))
        case .body(let bytes):
            updateIncomplete {
                $0.awaitsContinue = false
                $0.remaining? -= bytes.readableBytes
            }
        case .end:
            updateIncomplete {
                $0.awaitsContinue = false
                $0.isComplete = true
            }
        }
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        context.fireChannelReadComplete()
        // The handlers behind have stopped asking for more.
        if case .lingering = state { context.read() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .lingering = state, case ChannelEvent.inputClosed = event {
            context.close(promise: nil)
            return
        }
        context.fireUserInboundEventTriggered(event)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(var head) where head.status.kind != .informational:
            if shouldClose(after: head) {
                state = .closing
                head.headerFields[.connection] = "close"
            }
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .head:
            // A 100: the client sends its body now.
            if !requests.isEmpty { requests[0].awaitsContinue = false }
            context.write(data, promise: promise)
        case .body: context.write(data, promise: promise)
        case .end:
            pace.responseEnded(at: .now())
            if !requests.isEmpty { requests.removeFirst() }
            if case .closing = state {
                linger(context: context, lastPart: data, promise: promise)
            } else {
                context.write(data, promise: promise)
            }
        }
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        if mode == .output, case .lingering = state {
            // Already done, or about to be.
            promise?.succeed(())
            return
        }
        context.close(mode: mode, promise: promise)
    }

    func channelInactive(context: ChannelHandlerContext) {
        timeout?.cancel()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { timeout?.cancel() }

    private func updateIncomplete(_ change: (inout PendingRequest) -> Void) {
        guard let last = requests.indices.last, !requests[last].isComplete else { return }
        change(&requests[last])
    }

    private func shouldClose(after head: HTTPResponse) -> Bool {
        if head.headerFields[.connection]?.lowercased() == "close" { return true }
        guard let request = requests.first else { return false }
        if request.closesConnection { return true }
        if request.isComplete { return false }
        guard !request.awaitsContinue, let remaining = request.remaining else { return true }
        return remaining > limits.keptBytes
    }

    private func linger(context: ChannelHandlerContext, lastPart: NIOAny, promise: EventLoopPromise<Void>?) {
        state = .lingering(bytesLeft: limits.drainedBytes)
        let written = promise ?? context.eventLoop.makePromise()
        written.futureResult.assumeIsolated().whenComplete { [limits] result in
            guard case .success = result, context.channel.isActive else {
                context.close(promise: nil)
                return
            }
            self.timeout = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(limits.time)) {
                context.close(promise: nil)
            }
            context.close(mode: .output, promise: nil)
        }
        context.writeAndFlush(lastPart, promise: written)
        context.read()
    }

    private func discard(_ part: HTTPRequestPart, bytesLeft: Int, context: ChannelHandlerContext) {
        guard case .body(let bytes) = part else { return }
        let bytesLeft = bytesLeft - bytes.readableBytes
        state = .lingering(bytesLeft: bytesLeft)
        if bytesLeft < 0 { context.close(promise: nil) }
    }

    /// The length of a request body; 0 when the request has none, `nil` when it is not known beforehand.
    private static func bodyLength(_ head: HTTPRequest) -> Int? {
        if let length = head.headerFields[.contentLength] { return Int(length) }
        return head.headerFields[.transferEncoding] == nil ? 0 : nil
    }
}

@available(*, unavailable)
extension LingeringCloseHandler: Sendable {}
