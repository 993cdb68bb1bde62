import BerthHTTP
import BerthOCI
import BerthTestBasics
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOEmbedded
import Synchronization
import Testing

/// What handlers saw, in order.
final class Record<Entry: Sendable>: Sendable {
    private let entries = Mutex<[Entry]>([])

    var all: [Entry] { entries.withLock { $0 } }

    func add(_ entry: Entry) { entries.withLock { $0.append(entry) } }
}

private let ok = Response(status: .ok, body: ResponseBody(byteBuffer: ByteBuffer(string: "ok")))

@Suite struct ExpectContinueTests {
    @Test("100 is sent when the handler asks for the body, and not before")
    func accepted() async throws {
        try await withServer(handler: { request, context in
            let body = try await request.collect(upTo: 100, context: context)
            return Response(status: .ok, body: ResponseBody(byteBuffer: body))
        }) { port in
            let connection = try RawConnection(port: port)
            for _ in 0..<2 {
                let head = "PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n"
                #expect(try await connection.request(head).status == 100)
                let response = try await connection.request("hello")
                #expect(response.status == 200)
                #expect(response.text == "hello")
            }
        }
    }

    @Test("a refused client sees the refusal instead of 100, and the connection ends")
    func refused() async throws {
        try await withServer(handler: { _, _ in throw RegistryError(.denied, "no") }) { port in
            let connection = try RawConnection(port: port)
            let response = try await connection.request(
                "PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n")
            #expect(response.status == 403)
            #expect(response.headers["connection"] == "close")
            #expect(try await connection.rest().isEmpty)
        }
    }

    @Test("a client that does not wait is not told")
    func unexpected() async throws {
        try await withServer(handler: { request, context in
            try await context.sendContinue()
            try await context.sendContinue()
            _ = try await request.collect(upTo: 100, context: context)
            return ok
        }) { port in
            let connection = try RawConnection(port: port)
            let plain = try await connection.request("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi")
            #expect(plain.status == 200)
            let eager = try await connection.request(
                "PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nhi")
            #expect(eager.status == 200)
        }
    }
}

@Suite struct RefusedUploadTests {
    private static let refuse: @Sendable (Request, RequestContext) async throws -> Response = { request, _ in
        if request.method == .get { return ok }
        throw RegistryError(.denied, "push is not permitted")
    }

    @Test("a client that sends 20 MB in chunks reads the refusal")
    func chunked() async throws {
        try await withServer(handler: Self.refuse) { port in
            let connection = try RawConnection(port: port)
            try await connection.send("PATCH /u HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
            let chunk = Array("100000\r\n".utf8) + [UInt8](repeating: 7, count: 1 << 20) + Array("\r\n".utf8)
            async let response = connection.response()
            for _ in 0..<20 {
                guard try await connection.send(chunk) else { break }
            }
            let refusal = try await response
            #expect(refusal.status == 403)
            #expect(refusal.headers["connection"] == "close")
            #expect(refusal.text.contains("push is not permitted"))
            #expect(!refusal.isCutOff)
        }
    }

    @Test("a client that reads only when it has sent 7 MB reads the refusal")
    func unread() async throws {
        try await withServer(handler: Self.refuse) { port in
            let connection = try RawConnection(port: port)
            try await connection.send("PUT /u HTTP/1.1\r\nHost: a\r\nContent-Length: 7000000\r\n\r\n")
            #expect(try await connection.send([UInt8](repeating: 7, count: 7_000_000)))
            #expect(try await connection.response().status == 403)
            #expect(try await connection.rest().isEmpty)
        }
    }

    @Test("a client that said Connection: close itself reads the refusal")
    func closing() async throws {
        try await withServer(handler: Self.refuse) { port in
            let connection = try RawConnection(port: port)
            try await connection.send(
                "PUT /u HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 7000000\r\n\r\n")
            #expect(try await connection.send([UInt8](repeating: 7, count: 7_000_000)))
            #expect(try await connection.response().status == 403)
        }
    }

    @Test("a body of the size of a manifest is read to its end and the connection kept")
    func manifest() async throws {
        try await withServer(handler: Self.refuse) { port in
            let connection = try RawConnection(port: port)
            for _ in 0..<2 {
                try await connection.send("PUT /m HTTP/1.1\r\nHost: a\r\nContent-Length: 4000000\r\n\r\n")
                #expect(try await connection.send([UInt8](repeating: 7, count: 4_000_000)))
                let response = try await connection.response()
                #expect(response.status == 403)
                #expect(response.headers["connection"] == nil)
            }
            #expect(try await connection.request("GET / HTTP/1.1\r\nHost: a\r\n\r\n").status == 200)
        }
    }

    @Test("a client that never stops is cut off after the limit")
    func endless() async throws {
        let listener = HTTPListener(lingering: LingeringLimits(drainedBytes: 1 << 20, time: .seconds(600)))
        try await withServer(listener, handler: Self.refuse) { port in
            let connection = try RawConnection(port: port)
            try await connection.send("PATCH /u HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
            let chunk = Array("100000\r\n".utf8) + [UInt8](repeating: 7, count: 1 << 20) + Array("\r\n".utf8)
            var sent = 0
            while sent < 200, try await connection.send(chunk) { sent += 1 }
            #expect(sent < 200)
        }
    }

    @Test("a response without a body that the request has been read for keeps the connection")
    func keepAlive() async throws {
        try await withServer(handler: { _, _ in Response(status: .accepted) }) { port in
            let connection = try RawConnection(port: port)
            for _ in 0..<5 {
                let response = try await connection.request("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")
                #expect(response.status == 202)
                #expect(response.headers["connection"] == nil)
            }
        }
    }

    @Test("HTTP/1.0 and Connection: close get their response and then the end of the connection")
    func lastRequest() async throws {
        try await withServer(handler: { _, _ in ok }) { port in
            for head in ["GET / HTTP/1.0\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"] {
                let connection = try RawConnection(port: port)
                let response = try await connection.request(head)
                #expect(response.text == "ok")
                #expect(response.headers["connection"] == "close")
                #expect(try await connection.rest().isEmpty)
            }
        }
    }
}

@Suite struct InterruptedUploadTests {
    @Test(
        "a body that ends early is an error, never a shorter body",
        arguments: ["Content-Length: 100\r\n\r\n0123456789", "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"],
        [true, false])
    func interrupted(request: String, byReset: Bool) async throws {
        let outcomes = AsyncStream<String>.makeStream()
        try await withServer(handler: { request, context in
            var count = 0
            do {
                for try await part in try await request.openBody(context: context) {
                    count += part.readableBytes
                    outcomes.continuation.yield("part")
                }
                outcomes.continuation.yield("complete with \(count)")
            } catch {
                outcomes.continuation.yield("failed")
                throw error
            }
            return ok
        }) { port in
            let connection = try RawConnection(port: port)
            try await connection.send("PATCH / HTTP/1.1\r\nHost: a\r\n" + request)
            var iterator = outcomes.stream.makeAsyncIterator()
            #expect(await iterator.next() == "part")
            if byReset { connection.reset() } else { connection.finishSending() }
            var outcome = await iterator.next()
            while outcome == "part" { outcome = await iterator.next() }
            #expect(outcome == "failed")
        }
    }
}

@Suite struct SmugglingTests {
    /// Each of these is followed by a request that must not be run.
    @Test(
        "S-52 a request that two parsers could read differently is 400 and the last on its connection",
        arguments: [
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nContent-Length: 5\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nContent-Length: 0\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0, 0\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +0\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\nhello\n0\n\n",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloXX0\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
            "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "GET / HTTP/1.1\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\n X: folded\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nX\u{0}: b\r\n\r\n",
            "GET / HTTP/1.1\nHost: a\n\n",
            "GET / HTTP/2.0\r\nHost: a\r\n\r\n",
            "nonsense\r\n\r\n",
        ])
    func refused(request: String) async throws {
        let methods = Record<String>()
        try await withServer(handler: { request, context in
            methods.add(request.method.rawValue)
            _ = try await request.collect(upTo: 100, context: context)
            return ok
        }) { port in
            let connection = try RawConnection(port: port)
            try await connection.send(request + "DELETE /evil HTTP/1.1\r\nHost: a\r\n\r\n")
            let response = try await connection.response()
            #expect(response.status == 400)
            #expect(response.headers["connection"] == "close")
            #expect(response.headers["content-type"] == "application/json" && response.text.contains("errors"))
            #expect(try await connection.rest().isEmpty)
            #expect(!methods.all.contains("DELETE"))
        }
    }

    @Test(
        "S-52 a body that looks like a request is a body, chunk extensions are skipped, requests run in order")
    func pipelined() async throws {
        let seen = Record<String>()
        try await withServer(handler: { request, context in
            let body = try await request.collect(upTo: 100, context: context)
            seen.add("\(request.method.rawValue) \(String(buffer: body))")
            return ok
        }) { port in
            let connection = try RawConnection(port: port)
            try await connection.send(
                "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 21\r\n\r\nDELETE / HTTP/1.1\r\n\r\n"
                    + "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n5;a=\"b\"\r\nhello\r\n0\r\n\r\n"
                    + "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx")
            for _ in 0..<3 { #expect(try await connection.response().status == 200) }
            #expect(seen.all == ["GET DELETE / HTTP/1.1\r\n\r\n", "POST hello", "PUT x"])
        }
    }

    @Test("a request before a refused one is still answered, first")
    func order() async throws {
        try await withServer(handler: { _, _ in ok }) { port in
            let connection = try RawConnection(port: port)
            try await connection.send("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\n\r\n")
            #expect(try await connection.response().status == 200)
            #expect(try await connection.response().status == 400)
            #expect(try await connection.rest().isEmpty)
        }
    }

    @Test("an offer to upgrade is declined, and the connection ends")
    func upgrade() async throws {
        try await withServer(handler: { _, _ in ok }) { port in
            let connection = try RawConnection(port: port)
            let response = try await connection.request(
                "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
                    + "HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n\r\n")
            #expect(response.status == 200)
            #expect(response.headers["connection"] == "close")
            #expect(try await connection.rest().isEmpty)
        }
    }

    @Test("random bytes never stop the server")
    func fuzz() async throws {
        try await withServer(handler: { _, _ in ok }) { port in
            var generator = SeededGenerator(seed: 5)
            let words = [
                "GET ", "POST ", "/", " HTTP/1.1\r\n", "Host: a\r\n", "\r\n", "Content-Length: 3\r\n", "\u{0}", "?%",
                "Transfer-Encoding: chunked\r\n", "0\r\n\r\n", "Expect: 100-continue\r\n", "Connection: close\r\n", "ü",
            ]
            for _ in 0..<150 {
                let connection = try RawConnection(port: port)
                let count = Int.random(in: 1..<12, using: &generator)
                let text = (0..<count).compactMap { _ in words.randomElement(using: &generator) }.joined()
                try await connection.send(text)
                connection.finishSending()
                _ = try await connection.rest()
            }
            #expect(try await RawConnection(port: port).request("GET / HTTP/1.1\r\nHost: a\r\n\r\n").status == 200)
        }
    }
}

@Suite struct RequestHeadTests {
    @Test("a request head that is too large is refused")
    func largeHead() async throws {
        try await withServer(handler: { _, _ in ok }) { port in
            let connection = try RawConnection(port: port)
            let header = "X: " + String(repeating: "x", count: 100_000)
            let refused = try await connection.request("GET / HTTP/1.1\r\nHost: a\r\n\(header)\r\n\r\n")
            #expect(refused.status == 431)
            #expect(refused.text.contains(#""errors":[{"code":"UNSUPPORTED""#))
            let token = "Authorization: Bearer " + String(repeating: "x", count: 16_384)
            let allowed = try RawConnection(port: port)
            #expect(try await allowed.request("GET / HTTP/1.1\r\nHost: a\r\n\(token)\r\n\r\n").status == 200)
        }
    }
}
