import Logging
import NIOCore
import NIOTLS

/// Ends connections whose clients are too slow, looking at each once in a while.
///
/// It stands where bytes of HTTP pass, above TLS. The handlers that understand them tell the shared
/// ``ConnectionPace`` of heads and ends. Nothing is scheduled or counted for a single request.
final class PaceHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = IOData
    typealias OutboundOut = IOData

    private let pace: ConnectionPace
    private let interval: TimeAmount
    private let logger: Logger
    private var check: RepeatedTask?

    init(pace: ConnectionPace, limits: ConnectionLimits, logger: Logger) {
        self.pace = pace
        self.interval = TimeAmount(limits.interval)
        self.logger = logger
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        check = context.eventLoop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { _ in
            let (handler, context) = bound.value
            handler.look(context: context)
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) { check?.cancel() }

    func channelInactive(context: ChannelHandlerContext) {
        check?.cancel()
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case TLSUserEvent.handshakeCompleted = event { pace.handshakeEnded(at: .now()) }
        context.fireUserInboundEventTriggered(event)
    }

    func read(context: ChannelHandlerContext) {
        pace.readRequested(at: .now())
        context.read()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if let fault = pace.bytesArrived(unwrapInboundIn(data).readableBytes, at: .now()) {
            end(fault, context: context)
            return
        }
        context.fireChannelRead(data)
    }

    private func look(context: ChannelHandlerContext) {
        let waiting = try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)
        let acknowledged = (waiting ?? 0) > 0 ? SocketProgress.acknowledgedBytes(of: context.channel) : nil
        if let fault = pace.check(at: .now(), acknowledged: acknowledged) { end(fault, context: context) }
    }

    private func end(_ fault: ConnectionPace.Fault, context: ChannelHandlerContext) {
        check?.cancel()
        if fault != .idle {
            logger.debug(
                "connection ended",
                metadata: ["reason": "\(fault.rawValue)", "client": "\(context.remoteAddress?.ipAddress ?? "")"])
        }
        context.close(promise: nil)
    }
}

@available(*, unavailable)
extension PaceHandler: Sendable {}
