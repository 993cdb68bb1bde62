import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Gives the bare 400, with which requests are answered that are no HTTP, the body that every error has.
///
/// Hummingbird writes that answer itself, below the responder that renders all others; those carry a request id.
final class ParseErrorHandler: ChannelOutboundHandler, RemovableChannelHandler {
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private static let body =
        #"{"errors":[{"code":"UNSUPPORTED","message":"this is no HTTP/1.1 request that can be understood"}]}"# + "\n"

    private var isBare = false

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(var head) where head.status == .badRequest && head.headerFields[.xRequestID] == nil:
            isBare = true
            head.headerFields[.contentType] = "application/json"
            head.headerFields[.contentLength] = "\(Self.body.utf8.count)"
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .end where isBare:
            isBare = false
            context.write(wrapOutboundOut(.body(ByteBuffer(string: Self.body))), promise: nil)
            context.write(data, promise: promise)
        default: context.write(data, promise: promise)
        }
    }
}

@available(*, unavailable)
extension ParseErrorHandler: Sendable {}
