import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Asks the connection to send `100 Continue`, if the client of the current request waits for it.
struct SendContinue: Sendable {}

/// Answers `Expect: 100-continue` when the door that handles the request asks for it, and only then, so that a
/// client learns of a refusal before it sends a large body.
///
/// RFC 9110, section 10.1.1.
final class ContinueHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// For each request that has no complete response yet, whether its client still waits to be told.
    private var isWaiting: [Bool] = []
    private var hasFinalHead = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            isWaiting.append(head.headerFields[.expect]?.lowercased() == "100-continue")
        case .body, .end:
            if !isWaiting.isEmpty { isWaiting[isWaiting.count - 1] = false }
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(let head) where head.status.kind != .informational: hasFinalHead = true
        case .end:
            hasFinalHead = false
            if !isWaiting.isEmpty { isWaiting.removeFirst() }
        case .head, .body: break
        }
        context.write(data, promise: promise)
    }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        guard event is SendContinue else {
            context.triggerUserOutboundEvent(event, promise: promise)
            return
        }
        guard isWaiting.first == true, !hasFinalHead else {
            promise?.succeed(())
            return
        }
        isWaiting[0] = false
        context.writeAndFlush(wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: promise)
    }
}

@available(*, unavailable)
extension ContinueHandler: Sendable {}
