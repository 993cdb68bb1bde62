import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore

extension Response {
    /// A response whose body is part of a file.
    ///
    /// On plain HTTP/1.1 the kernel copies the bytes from the page cache to the socket (`sendfile`); under TLS they
    /// are read in aligned chunks off the event loop. Either way one piece is sent while the next is brought into
    /// memory, and a client that reads slowly slows the reading down. When the file cannot be read to the end, the
    /// connection is broken off, so that the client never takes a part for the whole.
    ///
    /// - Parameter sent: Told the number of bytes of each piece after it has been sent.
    package static func file(
        _ slice: FileSlice, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:], context: RequestContext,
        sent: @escaping @Sendable (Int64) -> Void = { _ in }
    ) -> Response {
        let transfer = FileTransfer(slice: slice, channel: context.channel, fields: context.fields, sent: sent)
        context.fields.isStreaming = true
        return Response(
            status: status, headers: headers,
            body: ResponseBody(contentLength: Int(slice.length)) { writer in
                try await transfer.write(to: &writer)
                try await writer.finish(nil)
            })
    }
}

/// The sending of one slice of a file over one connection.
private struct FileTransfer: Sendable {
    /// What one `sendfile` event covers: large enough that the hops between threads do not count, small enough that
    /// progress can be seen.
    static let sendfilePiece: Int64 = 8 * 1024 * 1024
    /// What is held in memory, twice, where bytes must pass through it.
    static let chunk: Int64 = 256 * 1024

    let slice: FileSlice
    let channel: any Channel
    let fields: LogFields
    let sent: @Sendable (Int64) -> Void

    func write(to writer: inout any ResponseBodyWriter) async throws {
        var pieces = slice.pieces(of: Self.sendfilePiece).makeIterator()
        guard let first = pieces.next() else { return }
        var next = pieces.next()
        try await FileReading.warm(first)
        do {
            try await send(first, warming: next)
        } catch ChannelError.operationUnsupported {
            return try await copy(to: &writer)
        }
        while let piece = next {
            next = pieces.next()
            try await send(piece, warming: next)
        }
    }

    /// Sends a piece that is in memory already and brings the next one there meanwhile.
    private func send(_ piece: FileSlice, warming next: FileSlice?) async throws {
        async let warmed: Void = { if let next { try await FileReading.warm(next) } }()
        try await channel.triggerUserOutboundEvent(SendFile(slice: piece)).get()
        fields.addBytes(Int(piece.length))
        sent(piece.length)
        try await warmed
    }

    private func copy(to writer: inout any ResponseBodyWriter) async throws {
        var chunks = slice.pieces(of: Self.chunk).makeIterator()
        guard let first = chunks.next() else { return }
        var upcoming = try await FileReading.read(first)
        while let next = chunks.next() {
            async let reading = FileReading.read(next)
            try await write(upcoming, to: &writer)
            upcoming = try await reading
        }
        try await write(upcoming, to: &writer)
    }

    private func write(_ buffer: ByteBuffer, to writer: inout any ResponseBodyWriter) async throws {
        try await writer.write(buffer)
        sent(Int64(buffer.readableBytes))
    }
}
