import AsyncHTTPClient
import HTTPTypes
import NIOCore

/// The answer to a request. A redirect is an answer like any other: nothing is followed.
package struct OutboundResponse: Sendable {
    package let status: HTTPResponse.Status
    package let headers: HTTPFields
    /// To be read once; letting go of it ends the exchange.
    package let body: Body

    /// The bytes of an answer as they come in: the peer is slowed down to the pace at which they are read.
    package struct Body: AsyncSequence, Sendable {
        package typealias Element = ByteBuffer

        let parts: HTTPClientResponse.Body
        let lease: ClientLease
        let limit: Int64
        let deadline: NIODeadline
        let origin: String

        package func makeAsyncIterator() -> AsyncIterator {
            AsyncIterator(
                parts: parts.makeAsyncIterator(), lease: lease, rest: limit, limit: limit, deadline: deadline,
                origin: origin)
        }

        package struct AsyncIterator: AsyncIteratorProtocol {
            fileprivate var parts: HTTPClientResponse.Body.AsyncIterator
            fileprivate let lease: ClientLease
            fileprivate var rest: Int64
            fileprivate let limit: Int64
            fileprivate let deadline: NIODeadline
            fileprivate let origin: String

            /// - Throws: ``OutboundError``, `CancellationError`.
            package mutating func next() async throws -> ByteBuffer? {
                guard .now() < deadline else { throw OutboundError.timeout("\(origin) did not answer in time") }
                let part: ByteBuffer?
                do {
                    part = try await parts.next()
                } catch {
                    throw OutboundError.meaning(of: error, from: origin)
                }
                guard let part else { return nil }
                rest -= Int64(part.readableBytes)
                guard rest >= 0 else {
                    throw OutboundError.tooLarge("\(origin) answered with more than \(limit) bytes")
                }
                return part
            }
        }

        /// Reads all of it into memory, at most as much as the request allows.
        ///
        /// - Throws: ``OutboundError``, `CancellationError`.
        package func collect() async throws -> ByteBuffer {
            var all = ByteBuffer()
            for try await part in self { all.writeImmutableBuffer(part) }
            return all
        }
    }
}
