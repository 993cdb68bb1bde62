import HTTPTypes
import Logging
import NIOCore
import NIOHTTP1

/// Gives simple reads to the ``ExpressLane`` and lets everything else pass.
///
/// Only a request that no other is under way before is answered here, and only while the client takes what it is sent,
/// so that answers keep the order of the requests and wait in the socket, not in memory.
final class ExpressHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// Fields that make a request more than the reading of a whole, or that it takes the ordinary way to honour.
    private static let specialFields = [
        "Content-Length", "Expect", "If-Match", "If-Modified-Since", "If-None-Match", "If-Range",
        "If-Unmodified-Since", "Range", "Transfer-Encoding", "Upgrade",
    ]

    private let lane: any ExpressLane
    private let pace: ConnectionPace
    private let log: AccessLog
    /// Where bytes of HTTP are written: beyond the encoder, which would take an answer apart to put it together again.
    private let wire: ChannelHandlerContext
    /// Requests that went the ordinary way and are not answered yet.
    private var underWay = 0
    /// Whether an answer has said that it is the last one: what still comes is thrown away.
    private var isEnding = false
    /// What is written when the request has come to its end.
    private var answered: AnsweredRequest?
    /// Where requests come from that no proxy has forwarded.
    private var client: ClientAddress?

    /// - Parameter wire: The context of a handler between the encoder and the network.
    init(lane: any ExpressLane, pace: ConnectionPace, log: AccessLog, wire: ChannelHandlerContext) {
        self.wire = wire
        self.lane = lane
        self.pace = pace
        self.log = log
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            let started = ContinuousClock.now
            if underWay == 0, !isEnding, context.channel.isWritable, let request = request(head, context: context),
                let answer = lane.answer(request)
            {
                answered = AnsweredRequest(answer: answer, head: head, client: request.client, started: started)
                return
            }
            underWay += 1
        case .body: break
        case .end:
            if let answered {
                self.answered = nil
                write(answered, context: context)
                return
            }
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(let head):
            let options = head.headers[canonicalForm: "Connection"]
            isEnding = isEnding || options.contains { $0.isEqualCaseInsensitively(to: "close") }
        case .body: break
        case .end: underWay = max(underWay - 1, 0)
        }
        context.write(data, promise: promise)
    }

    private func request(_ head: HTTPRequestHead, context: ChannelHandlerContext) -> ExpressRequest? {
        guard head.version == .http1_1, head.method == .GET || head.method == .HEAD else { return nil }
        var authorization: String?
        var forwardedFor: [String] = []
        for (name, value) in head.headers {
            switch name.utf8.count {
            case 13 where name.isEqualCaseInsensitively(to: "Authorization"):
                guard authorization == nil else { return nil }
                authorization = value
            case 15 where name.isEqualCaseInsensitively(to: "X-Forwarded-For"): forwardedFor.append(value)
            case 10 where name.isEqualCaseInsensitively(to: "Connection"):
                guard value.isEqualCaseInsensitively(to: "keep-alive") else { return nil }
            default:
                guard !Self.specialFields.contains(where: name.isEqualCaseInsensitively) else { return nil }
            }
        }
        guard let authorization, authorization.hasPrefix("Bearer ") else { return nil }
        let pathEnd = head.uri.utf8.firstIndex(of: UInt8(ascii: "?"))
        return ExpressRequest(
            isHead: head.method == .HEAD, path: head.uri[..<(pathEnd ?? head.uri.endIndex)],
            query: pathEnd.map { head.uri[head.uri.utf8.index(after: $0)...] }, token: authorization.dropFirst(7),
            client: client(forwardedFor, context: context))
    }

    private func client(_ forwardedFor: [String], context: ChannelHandlerContext) -> ClientAddress {
        if forwardedFor.isEmpty, let client { return client }
        let found = lane.client(peer: context.remoteAddress?.ipAddress ?? "", forwardedFor: forwardedFor)
        if forwardedFor.isEmpty { client = found }
        return found
    }

    private func write(_ answered: AnsweredRequest, context: ChannelHandlerContext) {
        let answer = answered.answer
        let isHead = answered.head.method == .HEAD
        let requestID = log.nextID()
        var bytes = context.channel.allocator.buffer(capacity: 1024 + (isHead ? 0 : answer.body.readableBytes))
        bytes.writeStaticString("HTTP/1.1 200 OK\r\n")
        for field in answer.headers { bytes.writeField(field.name.rawName, field.value) }
        bytes.writeField("X-Request-Id", requestID)
        bytes.writeField("X-Content-Type-Options", "nosniff")
        bytes.writeField("Date", HTTPDate.now)
        bytes.writeField("Content-Length", String(answer.body.readableBytes))
        bytes.writeStaticString("\r\n")
        if !isHead { bytes.writeImmutableBuffer(answer.body) }
        wire.writeAndFlush(NIOAny(IOData.byteBuffer(bytes)), promise: nil)
        pace.responseEnded(at: .now())
        log.write(
            AccessRecord(
                method: answered.head.method.rawValue, route: answer.route, status: 200,
                bytes: isHead ? 0 : Int64(answer.body.readableBytes), duration: ContinuousClock.now - answered.started,
                client: answered.client.address, account: answer.account, repository: answer.repository,
                digest: answer.digest),
            requestID: requestID)
    }
}

/// A request whose answer is known.
private struct AnsweredRequest {
    let answer: ExpressAnswer
    let head: HTTPRequestHead
    let client: ClientAddress
    let started: ContinuousClock.Instant
}

extension ByteBuffer {
    /// Writes a field of a head. HTTPTypes lets no value end a line.
    fileprivate mutating func writeField(_ name: String, _ value: String) {
        writeString(name)
        writeStaticString(": ")
        writeString(value)
        writeStaticString("\r\n")
    }
}

@available(*, unavailable)
extension ExpressHandler: Sendable {}

extension StringProtocol {
    fileprivate func isEqualCaseInsensitively(to other: String) -> Bool {
        utf8.count == other.utf8.count && zip(utf8, other.utf8).allSatisfy { $0 | 0x20 == $1 | 0x20 }
    }
}
