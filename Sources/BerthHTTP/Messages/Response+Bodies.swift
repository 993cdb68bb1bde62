import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore

extension Response {
    /// A response of JSON that is already encoded.
    ///
    /// - Parameter headers: A `Content-Type` among them replaces `application/json`.
    package static func json(
        _ bytes: [UInt8], status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]
    ) -> Response {
        var headers = headers
        if headers[.contentType] == nil { headers[.contentType] = "application/json" }
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    /// The answer to a HEAD request whose GET would have a body of `length` bytes.
    package static func headOnly(
        status: HTTPResponse.Status = .ok, headers: HTTPFields = [:], length: Int64
    ) -> Response {
        var headers = headers
        headers[.contentLength] = String(length)
        return Response(status: status, headers: headers, body: ResponseBody())
    }
}
