import NIOCore
import NIOHTTP1

/// Asks the connection to write bytes of a file as the next part of a response body.
///
/// Its promise succeeds when all of them have been handed to the socket. A connection that cannot do that, such as
/// one under TLS, fails it with `ChannelError.operationUnsupported` and has written nothing.
struct SendFile: Sendable {
    let slice: FileSlice
}

/// Writes files to a plain HTTP/1.1 connection with `sendfile`.
///
/// Stands between the HTTP/1 encoder, which takes regions of files, and the codec of the shared HTTP types, which
/// does not. NIO's types for this are deprecated without a replacement; nothing outside this file uses them.
final class SendFileHandler: ChannelOutboundHandler, RemovableChannelHandler {
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        guard let file = event as? SendFile else {
            context.triggerUserOutboundEvent(event, promise: promise)
            return
        }
        let slice = file.slice
        let handle = NIOFileHandle(_deprecatedTakingOwnershipOfDescriptor: slice.descriptor)
        let region = FileRegion(
            fileHandle: handle, readerIndex: Int(slice.offset), endIndex: Int(slice.offset + slice.length))
        let written = promise ?? context.eventLoop.makePromise()
        written.futureResult.whenComplete { _ in
            // The slice owns the descriptor and lives until here; the handle must let go of it without closing it.
            _ = try? handle.takeDescriptorOwnership()
            withExtendedLifetime(slice) {}
        }
        context.writeAndFlush(wrapOutboundOut(.body(.fileRegion(region))), promise: written)
    }
}

@available(*, unavailable)
extension SendFileHandler: Sendable {}
