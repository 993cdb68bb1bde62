import NIOCore

/// Answers a TLS client that came to the plain port with an HTTP 400 in plain text.
///
/// Container clients try TLS first; from the bytes `HTTP/` in place of a handshake they learn that the registry
/// speaks plain HTTP, and fall back to it where they are allowed to.
///
/// Looks at the first two bytes of a connection and then steps out of the way.
final class PlainPortTLSHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// How long the client may take to close the connection after it has been told.
    private static let patience = TimeAmount.seconds(2)

    private var held: ByteBuffer?
    private var isRefusing = false
    private var timeout: Scheduled<Void>?

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isRefusing else { return }
        var received = unwrapInboundIn(data)
        if var held {
            held.writeBuffer(&received)
            received = held
        }
        let start = received.readableBytesView.prefix(2)
        if start.elementsEqual([0x16]) {
            held = received
        } else if start.elementsEqual([0x16, 0x03]) {
            refuse(context: context)
        } else {
            held = nil
            context.fireChannelRead(wrapInboundOut(received))
            context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        // The handlers behind see no request and would ask for nothing more.
        if held != nil || isRefusing { context.read() }
        context.fireChannelReadComplete()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if isRefusing, case ChannelEvent.inputClosed = event {
            context.close(promise: nil)
            return
        }
        context.fireUserInboundEventTriggered(event)
    }

    func handlerRemoved(context: ChannelHandlerContext) { timeout?.cancel() }

    private func refuse(context: ChannelHandlerContext) {
        isRefusing = true
        held = nil
        let text = "this port speaks plain HTTP, not TLS: use http:// or the TLS port of this registry\n"
        let head =
            "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\n"
            + "Content-Length: \(text.utf8.count)\r\nConnection: close\r\n\r\n"
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenComplete { _ in context.close(mode: .output, promise: nil) }
        timeout = context.eventLoop.assumeIsolated().scheduleTask(in: Self.patience) { context.close(promise: nil) }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: head + text)), promise: written)
    }
}

@available(*, unavailable)
extension PlainPortTLSHandler: Sendable {}
