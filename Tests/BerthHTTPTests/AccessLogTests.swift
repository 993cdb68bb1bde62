import BerthHTTP
import BerthOCI
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import Testing

/// Keeps the lines that are logged, each as its level, message and metadata.
private struct KeptLog: LogHandler {
    struct Line: Sendable {
        let level: Logger.Level
        let message: String
        let metadata: [String: String]
    }

    let lines: AsyncStream<Line>.Continuation
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { $1 }
        lines.yield(
            Line(level: event.level, message: event.message.description, metadata: all.mapValues(\.description)))
    }
}

@Suite struct AccessLogTests {
    private typealias Lines = AsyncStream<KeptLog.Line>

    private static func withLog(
        handler: @escaping @Sendable (Request, RequestContext) async throws -> Response,
        _ body: @escaping @Sendable (Int, Lines) async throws -> Void
    ) async throws {
        let (stream, continuation) = Lines.makeStream()
        let logger = Logger(label: "test") { _ in KeptLog(lines: continuation) }
        try await withServer(logger: logger, handler: handler) { try await body($0, stream) }
    }

    private static func next(_ message: String, in lines: Lines) async -> KeptLog.Line? {
        for await line in lines where line.message == message { return line }
        return nil
    }

    @Test("one line has what the door said of the request, and no path, query or header")
    func line() async throws {
        try await Self.withLog { _, context in
            context.fields.route = "/v2/{name}/tags/list"
            context.fields.account = "acme"
            context.fields.repository = "acme/app"
            context.fields.digest = "sha256:1"
            return Response(status: .ok, body: ResponseBody(byteBuffer: ByteBuffer(string: "12345")))
        } _: { port, lines in
            let response = try await RawConnection(port: port).request(
                "GET /v2/acme/app/tags/list?secret=s3cret HTTP/1.1\r\nHost: a\r\nAuthorization: Basic s3cret\r\n\r\n")
            let line = try #require(await Self.next("request", in: lines))
            #expect(line.level == .info)
            #expect(line.metadata["method"] == "GET")
            #expect(line.metadata["route"] == "/v2/{name}/tags/list")
            #expect(line.metadata["account"] == "acme")
            #expect(line.metadata["repository"] == "acme/app")
            #expect(line.metadata["digest"] == "sha256:1")
            #expect(line.metadata["status"] == "200")
            #expect(line.metadata["bytes"] == "5")
            #expect(line.metadata["duration_ms"].flatMap(Double.init).map { $0 >= 0 } == true)
            #expect(line.metadata["hb.request.id"] == response.headers["x-request-id"])
            #expect(!line.metadata.values.contains { $0.contains("s3cret") || $0.contains("tags/list?") })
        }
    }

    @Test("the bytes of a file are counted, and of one that breaks off those that were sent")
    func fileBytes() async throws {
        let file = try SampleFile(size: 5_000_000)
        try await Self.withLog { request, context in
            .file(try file.slice(claiming: request.uri.path == "/short" ? 6_000_000 : nil), context: context)
        } _: { port, lines in
            let connection = try RawConnection(port: port)
            _ = try await connection.request("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            let whole = try #require(await Self.next("request", in: lines))
            #expect(whole.metadata["bytes"] == "5000000")
            #expect(whole.metadata["broken_off"] == nil)
            _ = try await connection.request("GET /short HTTP/1.1\r\nHost: a\r\n\r\n")
            let short = try #require(await Self.next("request", in: lines))
            #expect(short.metadata["broken_off"] != nil)
            #expect(short.metadata["bytes"].flatMap(Int.init).map { $0 < 6_000_000 } == true)
        }
    }

    @Test("a stream is counted when it has been written")
    func streamBytes() async throws {
        try await Self.withLog { _, _ in
            Response(
                status: .ok,
                body: ResponseBody { writer in
                    try await writer.write(ByteBuffer(string: "abc"))
                    try await writer.write(contentsOf: [ByteBuffer(string: "de"), ByteBuffer(string: "f")])
                    try await writer.finish(nil)
                })
        } _: { port, lines in
            let connection = try RawConnection(port: port)
            try await connection.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            _ = try await connection.rest()
            #expect(await Self.next("request", in: lines)?.metadata["bytes"] == "6")
        }
    }

    @Test("a fault is logged at error with its cause, a client's mistake is not")
    func faults() async throws {
        struct Disk: Error { let cause = "the disk is on fire" }
        try await Self.withLog { request, _ in
            if request.uri.path == "/denied" { throw RegistryError(.denied, "no") }
            throw Disk()
        } _: { port, lines in
            let connection = try RawConnection(port: port)
            #expect(try await connection.request("GET /denied HTTP/1.1\r\nHost: a\r\n\r\n").status == 403)
            #expect(try await connection.request("GET / HTTP/1.1\r\nHost: a\r\n\r\n").status == 500)
            var iterator = lines.makeAsyncIterator()
            var seen: [KeptLog.Line] = []
            while seen.filter({ $0.message == "request" }).count < 2, let line = await iterator.next() {
                seen.append(line)
            }
            let errors = seen.filter { $0.level == .error }
            #expect(errors.count == 1)
            #expect(errors.first?.metadata["error"]?.contains("the disk is on fire") == true)
            #expect(seen.compactMap { $0.metadata["status"] } == ["403", "500"])
        }
    }

    @Test("a client that goes away in the middle of its upload is no fault of the server")
    func lostClient() async throws {
        let (arrivals, arrived) = AsyncStream<Void>.makeStream()
        try await Self.withLog { request, context in
            for try await _ in try await request.openBody(context: context) { arrived.yield() }
            return Response(status: .ok)
        } _: { port, lines in
            let connection = try RawConnection(port: port)
            try await connection.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhello")
            var iterator = arrivals.makeAsyncIterator()
            await iterator.next()
            connection.reset()
            for await line in lines {
                #expect(line.level == .info)
                guard line.message == "request" else { continue }
                #expect(["499", "400"].contains(line.metadata["status"]))
                break
            }
        }
    }

    @Test("each response has an id of its own")
    func requestIDs() async throws {
        try await withServer(handler: { _, _ in Response(status: .noContent) }) { port in
            let connection = try RawConnection(port: port)
            var ids: Set<String> = []
            for _ in 0..<10 {
                let response = try await connection.request("GET / HTTP/1.1\r\nHost: a\r\nX-Request-Id: mine\r\n\r\n")
                ids.insert(response.headers["x-request-id"] ?? "none")
            }
            #expect(ids.count == 10)
            #expect(!ids.contains("mine") && !ids.contains("none"))
        }
    }
}
