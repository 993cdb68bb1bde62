import HTTPTypes

/// A request to another server.
package struct OutboundRequest: Sendable {
    package var method: HTTPRequest.Method
    package var url: OutboundURL
    /// `Host`, `Content-Length` and `Transfer-Encoding` are added.
    package var headers: HTTPFields
    package var body: OutboundBody
    /// How long everything may take, from the name's resolution to the last byte of the answer.
    package var timeout: Duration
    /// The most bytes that the body of the answer may have.
    package var maximumResponseSize: Int64

    /// - Parameters:
    ///   - timeout: Of the whole exchange; a transfer of many bytes needs one that fits them. A peer that stands still
    ///     is given up sooner (``OutboundHTTP/Configuration/stallTimeout``).
    ///   - maximumResponseSize: Of the body of the answer, in bytes.
    package init(
        _ method: HTTPRequest.Method, _ url: OutboundURL, headers: HTTPFields = [:], body: OutboundBody = .none,
        timeout: Duration = .seconds(30), maximumResponseSize: Int64 = 1 << 20
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeout = timeout
        self.maximumResponseSize = maximumResponseSize
    }
}
