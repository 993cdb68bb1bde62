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
/// From the network inwards: TLS or the refusal of it, HTTP/1 encoder and decoder, ``RequestGuard``,
/// ``SendFileHandler`` (plain only), the codec of the shared HTTP types, ``ContinueHandler``,
/// ``LingeringCloseHandler``, Hummingbird's own handling of idle connections.
struct RegistryChannel: ServerChildChannel, HTTPChannelHandler {
    typealias Value = NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>

    let responder: HTTPChannelHandler.Responder
    let tls: NIOSSLContext?
    let idleTimeout: Duration
    let lingering: LingeringLimits

    /// The most bytes that a request head may have; a token may have 16 KiB.
    private static let maximumHeadSize = 64 * 1024
    private static let maximumFieldCount = 200

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            if let tls {
                try pipeline.addHandler(NIOSSLServerHandler(context: tls))
            } else {
                try pipeline.addHandler(PlainPortTLSHandler())
            }
            var limits = NIOHTTPDecoderLimitConfiguration()
            limits.maxHeaderFieldSize = Self.maximumHeadSize
            limits.maxHeaderListSize = Self.maximumHeadSize
            limits.maxHeaderFieldCount = Self.maximumFieldCount
            // Requests wait for each other in the async channel, and Hummingbird answers those that do not parse.
            try pipeline.configureHTTPServerPipeline(
                withPipeliningAssistance: false, withErrorHandling: false, withOutboundHeaderValidation: true,
                withEncoderConfiguration: .init(), withDecoderLimitConfiguration: limits)
            try pipeline.addHandler(RequestGuard())
            if tls == nil { try pipeline.addHandler(SendFileHandler()) }
            try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: tls != nil))
            try pipeline.addHandler(ContinueHandler())
            try pipeline.addHandler(LingeringCloseHandler(limits: lingering))
            try pipeline.addHandler(HTTPConnectionStateHandler(idleTimeout: idleTimeout, logger: logger))
            return try NIOAsyncChannel(
                wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
        }
    }

    /// Serves the connection until it ends. Cancellation breaks it off, also while a client does not read on.
    func handle(value: Value, logger: Logger) async {
        await withTaskCancellationHandler {
            await handleHTTP(asyncChannel: value, logger: logger)
        } onCancel: {
            value.channel.close(promise: nil)
        }
    }
}
