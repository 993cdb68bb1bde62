import AsyncHTTPClient
import NIOCore

/// What a request carries.
package struct OutboundBody: Sendable {
    /// The body as it is sent on a connection of the loop.
    let content: @Sendable (any EventLoop) -> HTTPClientRequest.Body?

    /// No body.
    package static let none = OutboundBody { _ in nil }

    /// All of it at once.
    package static func bytes(_ bytes: ByteBuffer) -> OutboundBody { OutboundBody { _ in .bytes(bytes) } }

    /// Parts that are asked for at the pace at which the peer takes them, so that few are in memory at a time.
    ///
    /// - Parameter length: The sum of the parts in bytes; the request fails when it is another.
    package static func stream<Parts: AsyncSequence & Sendable>(_ parts: Parts, length: Int64) -> OutboundBody
    where Parts.Element == ByteBuffer {
        OutboundBody { loop in .stream(PacedParts(parts: parts, loop: loop), length: .known(length)) }
    }
}

/// Parts of a body, each asked for when the connection has seen the one before.
///
/// The client learns on its event loop that a connection takes no more. A sequence that has its parts ready would run
/// ahead of that without end.
private struct PacedParts<Parts: AsyncSequence & Sendable>: AsyncSequence, Sendable where Parts.Element == ByteBuffer {
    let parts: Parts
    let loop: any EventLoop

    struct AsyncIterator: AsyncIteratorProtocol {
        var parts: Parts.AsyncIterator
        let loop: any EventLoop

        mutating func next() async throws -> ByteBuffer? {
            try await loop.submit {}.get()
            do {
                return try await parts.next()
            } catch {
                throw PartFailure(underlying: error)
            }
        }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(parts: parts.makeAsyncIterator(), loop: loop) }
}

/// An error of the parts that a caller sends, told apart from those of the network.
struct PartFailure: Error {
    let underlying: any Error
}
