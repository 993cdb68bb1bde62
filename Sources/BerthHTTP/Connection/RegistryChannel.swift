import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import NIOSSL

/// One connection of the registry: HTTP/1.1, plain or under TLS.
///
/// From the network inwards: TLS or the refusal of it, ``PaceHandler``, HTTP/1 encoder and decoder, ``RequestGuard``,
/// ``ExpressHandler``, ``SendFileHandler`` (plain only), the codec of the shared HTTP types, ``ParseErrorHandler``,
/// ``ContinueHandler``, ``LingeringCloseHandler``, Hummingbird's own handling of connections that end when the server
/// stops.
struct RegistryChannel: ServerChildChannel, HTTPChannelHandler {
    /// A connection, and whether it is one too many.
    struct Value: ServerChildChannelValue {
        let asyncChannel: NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>
        let isOverloaded: Bool

        var channel: any Channel { asyncChannel.channel }
    }

    let responder: HTTPChannelHandler.Responder
    let tls: NIOSSLContext?
    let limits: ConnectionLimits
    let lingering: LingeringLimits
    let gate: ConnectionGate
    let expressLane: (any ExpressLane)?

    /// The most bytes that a request head may have; a token may have 16 KiB.
    private static let maximumHeadSize = 64 * 1024
    private static let maximumFieldCount = 200
    /// How many parts of a body, of 64 KiB at most, wait between the socket and the one who reads them.
    private static let waitingParts = NIOAsyncSequenceProducerBackPressureStrategies.HighLowWatermark(
        lowWatermark: 1, highWatermark: 2)
    /// How many parts are received from one connection before the next has its turn.
    private static let partsPerTurn: UInt = 2

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        let decision = gate.enter()
        channel.closeFuture.whenComplete { [gate] _ in gate.leave(decision) }
        guard decision != .refused else {
            // Nobody else closes a connection whose setup fails.
            channel.close(promise: nil)
            return channel.eventLoop.makeFailedFuture(TooManyConnections())
        }
        return channel.eventLoop.makeCompletedFuture {
            try channel.syncOptions?.setOption(.maxMessagesPerRead, value: Self.partsPerTurn)
            let pipeline = channel.pipeline.syncOperations
            let pace = ConnectionPace(limits: limits, hasTLS: tls != nil, now: .now())
            if let tls {
                try pipeline.addHandler(NIOSSLServerHandler(context: tls))
            } else {
                try pipeline.addHandler(PlainPortTLSHandler())
            }
            let paceHandler = PaceHandler(pace: pace, limits: limits, logger: logger)
            try pipeline.addHandler(paceHandler)
            var decoding = NIOHTTPDecoderLimitConfiguration()
            decoding.maxHeaderFieldSize = Self.maximumHeadSize
            decoding.maxHeaderListSize = Self.maximumHeadSize
            decoding.maxHeaderFieldCount = Self.maximumFieldCount
            // Requests wait for each other in the async channel, and Hummingbird answers those that do not parse.
            try pipeline.configureHTTPServerPipeline(
                withPipeliningAssistance: false, withErrorHandling: false, withOutboundHeaderValidation: true,
                withEncoderConfiguration: .init(), withDecoderLimitConfiguration: decoding)
            try pipeline.addHandler(RequestGuard(pace: pace))
            if let expressLane {
                let log = AccessLog(logger: logger)
                let wire = try pipeline.context(handler: paceHandler)
                try pipeline.addHandler(ExpressHandler(lane: expressLane, pace: pace, log: log, wire: wire))
            }
            if tls == nil { try pipeline.addHandler(SendFileHandler()) }
            try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: tls != nil))
            try pipeline.addHandler(ParseErrorHandler())
            try pipeline.addHandler(ContinueHandler())
            try pipeline.addHandler(LingeringCloseHandler(limits: lingering, pace: pace))
            try pipeline.addHandler(HTTPConnectionStateHandler(idleTimeout: nil, logger: logger))
            return Value(
                asyncChannel: try NIOAsyncChannel(
                    wrappingChannelSynchronously: channel,
                    configuration: .init(
                        backPressureStrategy: Self.waitingParts, isOutboundHalfClosureEnabled: true)),
                isOverloaded: decision == .overloaded)
        }
    }

    /// Serves the connection until it ends. Cancellation breaks it off, also while a client does not read on.
    func handle(value: Value, logger: Logger) async {
        await withTaskCancellationHandler {
            if value.isOverloaded {
                await refuse(value.asyncChannel)
            } else {
                await withTaskExecutorPreference(LoopExecutor(value.channel.eventLoop)) {
                    await handleHTTP(asyncChannel: value.asyncChannel, logger: logger)
                }
            }
        } onCancel: {
            value.channel.close(promise: nil)
        }
    }

    /// Tells the client, whatever it asks, to come back, and ends the connection.
    private func refuse(_ asyncChannel: NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>) async {
        let body =
            #"{"errors":[{"code":"TOOMANYREQUESTS","message":"the registry has too many connections: try again"}]}"#
        try? await asyncChannel.executeThenClose { inbound, outbound in
            for try await part in inbound {
                guard case .head = part else { continue }
                let head = HTTPResponse(
                    status: .serviceUnavailable,
                    headerFields: [
                        .connection: "close", .contentType: "application/json", .retryAfter: "1",
                        .contentLength: "\(body.utf8.count)",
                    ])
                try await outbound.write(.head(head))
                try await outbound.write(.body(ByteBuffer(string: body)))
                try await outbound.write(.end(nil))
                break
            }
            outbound.finish()
            try await asyncChannel.channel.closeFuture.get()
        }
    }
}

/// A connection beyond those that can even be told so.
private struct TooManyConnections: Error {}
