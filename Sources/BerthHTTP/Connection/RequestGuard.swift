import NIOCore
import NIOHTTP1

/// Refuses requests that two parsers could understand differently, and notes on those that end a connection that
/// they do.
///
/// NIO's parser refuses most of what smuggles requests; this is the rest, and a second line. A refused request is
/// reported as a parse error, which the server answers with 400 in the order of the requests before it closes the
/// connection; nothing after it is looked at.
///
/// RFC 9112, sections 3.2, 6.1 and 6.3; RFC 9110, section 7.8.
final class RequestGuard: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    private let pace: ConnectionPace
    private var hasRefused = false

    init(pace: ConnectionPace) { self.pace = pace }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !hasRefused else { return }
        guard case .head(var head) = unwrapInboundIn(data) else {
            if case .end = unwrapInboundIn(data) { pace.requestEnded(at: .now()) }
            context.fireChannelRead(data)
            return
        }
        pace.headReceived()
        if let fault = Self.fault(in: head) {
            hasRefused = true
            context.fireErrorCaught(fault)
            return
        }
        if Self.endsConnection(head) { head.headers.replaceOrAdd(name: "Connection", value: "close") }
        context.fireChannelRead(wrapInboundOut(.head(head)))
    }

    private static func fault(in head: HTTPRequestHead) -> HTTPParserError? {
        let lengths = head.headers["Content-Length"]
        let encodings = head.headers["Transfer-Encoding"]
        guard head.version.major == 1 else { return .invalidVersion }
        guard lengths.count + encodings.count <= 1 else { return .unexpectedContentLength }
        guard lengths.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }) else {
            return .invalidContentLength
        }
        guard encodings.allSatisfy({ $0.lowercased() == "chunked" }) else { return .invalidHeaderToken }
        guard encodings.isEmpty || head.version.minor > 0 else { return .invalidHeaderToken }
        let hosts = head.headers["Host"].count
        guard hosts == 1 || (hosts == 0 && head.version.minor == 0) else { return .invalidHeaderToken }
        return nil
    }

    /// HTTP/1.0 without keep-alive, and everything after which the parser reads no further request: an offer to
    /// upgrade, which is declined by an ordinary response, and CONNECT.
    private static func endsConnection(_ head: HTTPRequestHead) -> Bool {
        if head.method == .CONNECT || head.headers.contains(name: "Upgrade") { return true }
        let options = head.headers[canonicalForm: "Connection"].map { $0.lowercased() }
        return options.contains("close") || (head.version.minor == 0 && !options.contains("keep-alive"))
    }
}

@available(*, unavailable)
extension RequestGuard: Sendable {}
