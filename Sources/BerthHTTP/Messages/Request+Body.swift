import BerthOCI
import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore

extension Request {
    /// The length that the client gives the body, in bytes; `nil` for one that is sent in chunks.
    package var declaredLength: Int64? { headers[.contentLength].flatMap { Int64($0) } }

    /// Tells a waiting client to go on and gives the body, to be iterated once.
    ///
    /// The stream throws when the client goes away before the body is complete.
    ///
    /// - Throws: `ChannelError` when the connection is gone.
    package func openBody(context: RequestContext) async throws -> RequestBody {
        try await context.sendContinue()
        return body
    }

    /// Reads the whole body into memory.
    ///
    /// A body that is declared too large is refused before any of it is asked for; one that turns out to be too
    /// large is read no further.
    ///
    /// - Parameter limit: The most bytes that are accepted.
    /// - Throws: 413 SIZE_INVALID for a larger body, and the stream's error when the client goes away.
    package func collect(upTo limit: Int, context: RequestContext) async throws -> ByteBuffer {
        if let declaredLength, declaredLength > Int64(limit) { throw Self.tooLarge(limit) }
        var collected = ByteBuffer()
        collected.reserveCapacity(Int(declaredLength ?? 0))
        for try await var part in try await openBody(context: context) {
            guard collected.readableBytes + part.readableBytes <= limit else { throw Self.tooLarge(limit) }
            collected.writeBuffer(&part)
        }
        return collected
    }

    private static func tooLarge(_ limit: Int) -> RegistryError {
        RegistryError(.sizeInvalid, "the body may have at most \(limit) bytes", status: 413)
    }
}
