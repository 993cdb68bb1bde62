import BerthHTTP
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore
import Testing

/// Clients that hold connections without using them, on real sockets with limits that are short enough to wait for.
///
/// The rules themselves, with the limits that hold by default, are tested in ``ConnectionPaceTests``.
@Suite struct SlowClientTests {
    private static let short = Duration.milliseconds(200)

    private static func listener(_ change: (inout ConnectionLimits) -> Void) -> HTTPListener {
        var limits = ConnectionLimits()
        change(&limits)
        return HTTPListener(limits: limits)
    }

    private static func ok(_ request: Request, _ context: RequestContext) async throws -> Response {
        for try await _ in request.body {}
        return Response(status: .ok, headers: [.contentLength: "2"], body: .init(byteBuffer: ByteBuffer(string: "ok")))
    }

    @Test(
        "S-53 a connection that brings no request, or half a one, is closed",
        arguments: ["", "G", "GET / HTTP/1.1\r\nHost: a\r\nX-Slow: "])
    func head(begun: String) async throws {
        try await withServer(Self.listener { $0.head = Self.short }, handler: Self.ok) { port in
            let connection = try RawConnection(port: port)
            try await connection.send(begun)
            #expect(try await connection.rest().isEmpty)
        }
    }

    @Test("S-53 half of a further request on a connection is closed, and what was asked before is answered")
    func furtherHead() async throws {
        try await withServer(Self.listener { $0.head = Self.short }, handler: Self.ok) { port in
            let connection = try RawConnection(port: port)
            #expect(try await connection.request("GET / HTTP/1.1\r\nHost: a\r\n\r\n").status == 200)
            try await connection.send("GET / HTTP/1.1\r\nHo")
            #expect(try await connection.rest().isEmpty)
        }
    }

    @Test("S-53 a TLS client that does not go on with its handshake is closed")
    func handshake() async throws {
        let certificates = try CertificateDirectory()
        try await certificates.make("berth")
        try certificates.install("berth.crt", as: "server.crt")
        try certificates.install("berth.key", as: "server.key")
        var listener = Self.listener { $0.handshake = Self.short }
        listener.tls = try certificates.source()
        try await withServer(listener, handler: Self.ok) { port in
            let connection = try RawConnection(port: port)
            try await connection.send([0x16, 0x03, 0x01])
            #expect(try await connection.rest().isEmpty)
        }
    }

    @Test("S-53 a body that comes too slowly ends the connection")
    func body() async throws {
        try await withServer(Self.listener { $0.window = Self.short }, handler: Self.ok) { port in
            let connection = try RawConnection(port: port)
            try await connection.send("PATCH / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\nx")
            #expect(try await connection.rest().isEmpty)
        }
    }

    @Test("S-53 an idle connection is closed")
    func idle() async throws {
        try await withServer(Self.listener { $0.idle = Self.short }, handler: Self.ok) { port in
            let connection = try RawConnection(port: port)
            #expect(try await connection.request("GET / HTTP/1.1\r\nHost: a\r\n\r\n").status == 200)
            #expect(try await connection.rest().isEmpty)
        }
    }

    @Test("S-53 R-48 an answer that nobody takes ends the connection; it is cut off, never shorter than it says")
    func reader() async throws {
        let size = 64 * 1024 * 1024
        let (closed, continuation) = AsyncStream<Void>.makeStream()
        try await withServer(Self.listener { $0.window = Self.short }) { _, context in
            context.channel.closeFuture.whenComplete { _ in continuation.finish() }
            return Response(
                status: .ok, headers: [.contentLength: "\(size)"],
                body: ResponseBody(contentLength: size) { writer in
                    for _ in 0..<64 { try await writer.write(ByteBuffer(repeating: 7, count: 1024 * 1024)) }
                    try await writer.finish(nil)
                })
        } _: { port in
            let connection = try RawConnection(port: port)
            try await connection.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            for await _ in closed {}
            let response = try await connection.response()
            #expect(response.status == 200)
            #expect(response.isCutOff && response.body.count < size)
        }
    }

    @Test("R-49 R-51 a connection too many is told to come back, and a place that has become free is given again")
    func tooMany() async throws {
        try await withServer(Self.listener { $0.maximum = 2 }, handler: Self.ok) { port in
            let request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
            let first = try RawConnection(port: port)
            let second = try RawConnection(port: port)
            for connection in [first, second] { #expect(try await connection.request(request).status == 200) }
            let third = try RawConnection(port: port)
            let refused = try await third.request(request)
            #expect(refused.status == 503)
            #expect(refused.headers["retry-after"] == "1" && refused.headers["connection"] == "close")
            #expect(refused.text.contains("TOOMANYREQUESTS"))
            #expect(try await third.rest().isEmpty)
            #expect(try await first.request(request).status == 200, "those who are in stay in")

            second.reset()
            var status = 503
            for _ in 0..<1000 where status != 200 {
                status = try await RawConnection(port: port).request(request).status
            }
            #expect(status == 200)
        }
    }
}
