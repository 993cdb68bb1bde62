import HTTPTypes
import NIOCore
import NIOEmbedded
import NIOHTTPTypes
import Testing

@testable import BerthHTTP

/// Stands for the socket, whose sending side can be shut alone; an embedded channel would close altogether.
private final class HalfClosingSocket: ChannelOutboundHandler {
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    var isSendingShut = false

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard mode == .output else { return context.close(mode: mode, promise: promise) }
        isSendingShut = true
        promise?.succeed(())
    }
}

@Suite struct LingeringCloseHandlerTests {
    private static func channel(
        _ limits: LingeringLimits = LingeringLimits(), socket: HalfClosingSocket = HalfClosingSocket()
    ) throws -> EmbeddedChannel {
        let pace = ConnectionPace(limits: ConnectionLimits(), hasTLS: false, now: .now())
        let channel = EmbeddedChannel(handlers: [socket, LingeringCloseHandler(limits: limits, pace: pace)])
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        return channel
    }

    private static func head(_ fields: HTTPFields) -> HTTPRequestPart {
        .head(HTTPRequest(method: .put, scheme: "http", authority: "a", path: "/", headerFields: fields))
    }

    private static func refuse(_ channel: EmbeddedChannel) throws -> String? {
        try channel.writeOutbound(HTTPResponsePart.head(HTTPResponse(status: .forbidden)))
        try channel.writeOutbound(HTTPResponsePart.end(nil))
        guard case .head(let head) = try channel.readOutbound(as: HTTPResponsePart.self) else { return nil }
        return head.headerFields[.connection]
    }

    @Test("a client that neither sends nor closes is closed after the time")
    func time() throws {
        let socket = HalfClosingSocket()
        let channel = try Self.channel(socket: socket)
        try channel.writeInbound(Self.head([.contentLength: "9000000"]))
        #expect(try Self.refuse(channel) == "close")
        #expect(socket.isSendingShut)
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(4999))
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(1))
        #expect(!channel.isActive)
    }

    @Test("a client that closes is closed at once")
    func closedByClient() throws {
        let channel = try Self.channel()
        try channel.writeInbound(Self.head([.contentLength: "9000000"]))
        #expect(try Self.refuse(channel) == "close")
        channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        #expect(!channel.isActive)
    }

    @Test("what arrives afterwards goes no further, up to the limit")
    func drained() throws {
        let channel = try Self.channel(LingeringLimits(drainedBytes: 10))
        try channel.writeInbound(Self.head([.transferEncoding: "chunked"]))
        #expect(try channel.readInbound(as: HTTPRequestPart.self) != nil)
        #expect(try Self.refuse(channel) == "close")
        try channel.writeInbound(HTTPRequestPart.body(ByteBuffer(repeating: 1, count: 10)))
        #expect(channel.isActive)
        #expect(try channel.readInbound(as: HTTPRequestPart.self) == nil)
        try channel.writeInbound(HTTPRequestPart.body(ByteBuffer(repeating: 1, count: 1)))
        #expect(!channel.isActive)
    }

    @Test(
        "what is left of the body decides whether the connection is kept",
        arguments: [("10", 0, nil), ("10", 4, nil), ("11", 0, "close"), ("11", 1, nil), ("0", 0, nil)]
            as [(String, Int, String?)])
    func kept(length: String, received: Int, connection: String?) throws {
        let channel = try Self.channel(LingeringLimits(keptBytes: 10))
        try channel.writeInbound(Self.head([.contentLength: length]))
        try channel.writeInbound(HTTPRequestPart.body(ByteBuffer(repeating: 1, count: received)))
        #expect(try Self.refuse(channel) == connection)
        #expect(channel.isActive)
    }

    @Test("a body that the client holds back ends the connection, unless it was told to send it")
    func awaited() throws {
        let channel = try Self.channel()
        try channel.writeInbound(Self.head([.contentLength: "1", .expect: "100-continue"]))
        #expect(try Self.refuse(channel) == "close")

        let told = try Self.channel()
        try told.writeInbound(Self.head([.contentLength: "1", .expect: "100-continue"]))
        try told.writeOutbound(HTTPResponsePart.head(HTTPResponse(status: .continue)))
        _ = try told.readOutbound(as: HTTPResponsePart.self)
        #expect(try Self.refuse(told) == nil)
    }

    @Test("responses are matched with requests that were sent ahead")
    func pipelined() throws {
        let channel = try Self.channel()
        try channel.writeInbound(Self.head([.contentLength: "0"]))
        try channel.writeInbound(HTTPRequestPart.end(nil))
        try channel.writeInbound(Self.head([.transferEncoding: "chunked"]))
        #expect(try Self.refuse(channel) == nil)
        _ = try channel.readOutbound(as: HTTPResponsePart.self)
        #expect(try Self.refuse(channel) == "close")
    }
}
