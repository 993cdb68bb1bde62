import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Gives the bare 400, with which requests are answered that are no HTTP, the body that every error has; a head that is
/// too large makes it a 431.
///
/// Hummingbird writes that answer itself, below the responder that renders all others; those carry a request id.
///
/// RFC 6585, section 5.
final class ParseErrorHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private static let unreadable = "this is no HTTP/1.1 request that can be understood"
    private static let tooLarge = "the request head is too large: at most 64 KiB and 200 fields"

    private var isTooLarge = false
    private var isBare = false

    private var body: String {
        #"{"errors":[{"code":"UNSUPPORTED","message":"\#(isTooLarge ? Self.tooLarge : Self.unreadable)"}]}"# + "\n"
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if case HTTPParserError.headerOverflow = error { isTooLarge = true }
        context.fireErrorCaught(error)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(var head) where head.status == .badRequest && head.headerFields[.xRequestID] == nil:
            isBare = true
            if isTooLarge { head.status = .requestHeaderFieldsTooLarge }
            head.headerFields[.contentType] = "application/json"
            head.headerFields[.contentLength] = "\(body.utf8.count)"
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .end where isBare:
            isBare = false
            context.write(wrapOutboundOut(.body(ByteBuffer(string: body))), promise: nil)
            context.write(data, promise: promise)
        default: context.write(data, promise: promise)
        }
    }
}

@available(*, unavailable)
extension ParseErrorHandler: Sendable {}
