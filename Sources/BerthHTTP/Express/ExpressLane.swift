import HTTPTypes
import NIOCore

/// Answers requests at once, on the event loop of their connection, from what is in memory.
///
/// It is asked before the request goes its ordinary way, and answers exactly what that way would answer, or not at all.
package protocol ExpressLane: Sendable {
    /// Finds out where the requests of a connection come from.
    ///
    /// - Parameters:
    ///   - peer: The address of the other end of the connection.
    ///   - forwardedFor: The `X-Forwarded-For` fields of the request.
    func client(peer: String, forwardedFor: [String]) -> ClientAddress

    /// Answers a GET or HEAD without a body; `nil` sends it the ordinary way. Must not block.
    func answer(_ request: ExpressRequest) -> ExpressAnswer?
}

/// A request that may be answered at once.
package struct ExpressRequest: Sendable {
    package let isHead: Bool
    /// The path as it was sent.
    package let path: Substring
    /// The query as it was sent, without its question mark; `nil` for none.
    package let query: Substring?
    /// The bearer token.
    package let token: Substring
    package let client: ClientAddress
}

/// A 200 that is whole in memory.
package struct ExpressAnswer: Sendable {
    package let headers: HTTPFields
    /// The body, also for a HEAD, which is told its length.
    package let body: ByteBuffer
    /// The template of the endpoint.
    package let route: String
    package let account: String
    package let repository: String
    /// `nil` for a list.
    package let digest: String?

    package init(
        headers: HTTPFields, body: ByteBuffer, route: String, account: String, repository: String, digest: String?
    ) {
        self.headers = headers
        self.body = body
        self.route = route
        self.account = account
        self.repository = repository
        self.digest = digest
    }
}
