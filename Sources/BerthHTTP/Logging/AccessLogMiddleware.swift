import BerthOCI
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOSSL

/// The outermost middleware: turns errors into responses, gives every response its `X-Request-Id`, lets no browser
/// guess at what a response is, and writes one log line for each request when the response has been written.
///
/// The line has the same message for all requests; what differs is metadata: method, route, account, repository,
/// digest, status, bytes of the body and duration. Paths, queries and headers are never in it. Errors that are no
/// answer to the client's mistake are logged with their cause at level error.
package struct AccessLogMiddleware: RouterMiddleware {
    package typealias Context = RequestContext

    /// Bodies up to this size are written in one go with their head; their line is written just before.
    private static let smallBody = 64 * 1024
    /// What the log says, as other servers' logs do, of a request whose client was gone before it had an answer.
    private static let clientClosedRequest = 499

    package init() {}

    package func handle(
        _ request: Request, context: RequestContext, next: (Request, RequestContext) async throws -> Response
    ) async throws -> Response {
        let line = AccessLine(method: request.method, context: context, started: .now)
        var response: Response
        do {
            response = try await next(request, context)
        } catch let error as HTTPParserError {
            // The rest of the request is not HTTP, or the client went away: the connection answers and closes.
            line.write(status: 400)
            throw error
        } catch  where context.isLostConnection(error) {
            line.write(status: Self.clientClosedRequest)
            throw error
        } catch {
            response = Self.response(for: error, to: request, context: context)
        }
        response.headers[.xRequestID] = context.requestID
        response.headers[.xContentTypeOptions] = "nosniff"
        if request.method == .head {
            response = response.createHeadResponse()
        }
        log(&response, with: line, fields: context.fields)
        return response
    }

    private static func response(for error: any Error, to request: Request, context: RequestContext) -> Response {
        let rendered = RegistryError(rendering: error)
        if rendered.status >= 500 {
            context.logger.error(
                "request failed",
                metadata: ["error": "\(error)", "cause": "\(rendered.cause.map { "\($0)" } ?? "none")"])
        }
        return rendered.response(to: request.method)
    }

    /// Writes the line now for a response that goes out in one piece, else when its body has been written.
    private func log(_ response: inout Response, with line: AccessLine, fields: LogFields) {
        let status = response.status.code
        let body = response.body
        let length = body.contentLength
        if !fields.isStreaming || length == 0, let length, length <= Self.smallBody {
            fields.addBytes(length)
            line.write(status: status)
            return
        }
        response.body = ResponseBody(contentLength: length) { writer in
            do {
                try await body.write(CountingWriter(parent: writer, fields: fields))
            } catch {
                line.write(status: status, brokenOffBy: error)
                throw error
            }
            line.write(status: status)
        }
    }
}

/// What one line of the access log is made of.
private struct AccessLine: Sendable {
    let method: HTTPRequest.Method
    let context: RequestContext
    let started: ContinuousClock.Instant

    func write(status: Int, brokenOffBy error: (any Error)? = nil) {
        let fields = context.fields.current
        let record = AccessRecord(
            method: method.rawValue, route: fields.route ?? context.endpointPath ?? "none", status: status,
            bytes: fields.bytes, duration: ContinuousClock.now - started, client: fields.client.address,
            account: fields.account,
            repository: fields.repository, digest: fields.digest, failure: error)
        context.logger.info("request", metadata: record.metadata)
    }
}

/// Counts what is written through it.
private struct CountingWriter: ResponseBodyWriter {
    var parent: any ResponseBodyWriter
    let fields: LogFields

    mutating func write(_ buffer: ByteBuffer) async throws {
        try await parent.write(buffer)
        fields.addBytes(buffer.readableBytes)
    }

    mutating func write(contentsOf buffers: some Sequence<ByteBuffer>) async throws {
        let buffers = Array(buffers)
        try await parent.write(contentsOf: buffers)
        fields.addBytes(buffers.reduce(0) { $0 + $1.readableBytes })
    }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {
        try await parent.finish(trailingHeaders)
    }
}
