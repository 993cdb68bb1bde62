import BerthHTTP
import BerthTestBasics
import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore
import Synchronization
import Testing

/// Answers all that is asked for below `/hot` and keeps what it was asked.
private final class KnownAnswers: ExpressLane {
    private let requests = Mutex<[ExpressRequest]>([])

    var asked: [ExpressRequest] { requests.withLock(\.self) }

    func client(peer: String, forwardedFor: [String]) -> ClientAddress {
        ClientAddress(address: ([peer] + forwardedFor).joined(separator: " < "), network: "")
    }

    func answer(_ request: ExpressRequest) -> ExpressAnswer? {
        requests.withLock { $0.append(request) }
        guard request.path.hasPrefix("/hot") else { return nil }
        return ExpressAnswer(
            headers: [.contentType: "text/plain"], body: ByteBuffer(string: "hot \(request.path.dropFirst(5))"),
            route: "/hot", account: "acme", repository: "acme/app", digest: "sha256:1")
    }
}

@Suite("What the express lane is asked, and when")
struct ExpressLaneTests {
    private static func head(_ path: String, method: String = "GET", _ lines: String...) -> String {
        "\(method) \(path) HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer t\r\n"
            + lines.map { $0 + "\r\n" }.joined() + "\r\n"
    }

    /// Runs a server whose ordinary answer is the word `ordinary`, which waits for `gate` below `/slow`.
    private static func withLane(
        gate: AsyncStream<Void>? = nil, lingering: LingeringLimits = LingeringLimits(),
        _ body: @escaping @Sendable (RawConnection, KnownAnswers) async throws -> Void
    ) async throws {
        let lane = KnownAnswers()
        try await withServer(HTTPListener(lingering: lingering, expressLane: lane)) { request, _ in
            if request.uri.path == "/slow", let gate { for await _ in gate { break } }
            return Response(status: .ok, body: ResponseBody(byteBuffer: ByteBuffer(string: "ordinary")))
        } _: { port in
            try await body(try RawConnection(port: port), lane)
        }
    }

    @Test("a plain GET or HEAD with a token is answered by it, with all that an ordinary answer has")
    func answered() async throws {
        try await Self.withLane { connection, lane in
            let ordinary = try await connection.request(Self.head("/cold"))
            #expect(ordinary.text == "ordinary")
            for (method, text) in [("GET", "hot a"), ("HEAD", "")] {
                let answer = try await connection.request(Self.head("/hot/a", method: method), isHead: method == "HEAD")
                #expect(answer.status == 200 && answer.text == text)
                #expect(answer.headers["content-length"] == "5")
                #expect(answer.headers["content-type"] == "text/plain")
                #expect(Set(answer.headers.keys).isSuperset(of: ordinary.headers.keys))
            }
            #expect(lane.asked.map(\.path) == ["/cold", "/hot/a", "/hot/a"])
            #expect(lane.asked.map(\.isHead) == [false, false, true])
            #expect(lane.asked.allSatisfy { $0.token == "t" && $0.client.address == "127.0.0.1" })
        }
    }

    @Test("the query comes apart from the path, as it was sent")
    func query() async throws {
        try await Self.withLane { connection, lane in
            for target in ["/hot/a", "/hot/a?", "/hot/a?n=1&last=%41?b"] {
                let answer = try await connection.request(Self.head(target))
                #expect(answer.text == "hot a")
            }
            #expect(lane.asked.map(\.path) == ["/hot/a", "/hot/a", "/hot/a"])
            #expect(lane.asked.map(\.query) == [nil, "", "n=1&last=%41?b"])
        }
    }

    @Test("it is told of every field that a proxy has forwarded, and of none that came with another request")
    func forwarded() async throws {
        try await Self.withLane { connection, lane in
            for lines in [
                "X-Forwarded-For: 192.0.2.1", "x-forwarded-for: 192.0.2.2\r\nX-Forwarded-For: 192.0.2.3", "Accept: a/b",
            ] {
                let answer = try await connection.request(Self.head("/hot/a", lines))
                #expect(answer.text == "hot a")
            }
            #expect(
                lane.asked.map(\.client.address) == [
                    "127.0.0.1 < 192.0.2.1", "127.0.0.1 < 192.0.2.2 < 192.0.2.3", "127.0.0.1",
                ])
        }
    }

    @Test(
        "it is not asked about anything else",
        arguments: [
            "GET /hot/a HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET /hot/a HTTP/1.1\r\nHost: a\r\nAuthorization: Basic eDp5\r\n\r\n",
            "GET /hot/a HTTP/1.1\r\nHost: a\r\nAuthorization: bearer t\r\n\r\n",
            "GET /hot/a HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer t\r\nauthorization: Bearer t\r\n\r\n",
            head("/hot/a", method: "DELETE"), head("/hot/a", method: "OPTIONS"),
            head("/hot/a", method: "POST", "Content-Length: 0"), head("/hot/a", "Content-Length: 0"),
            head("/hot/a", "Content-Length: 3") + "abc", head("/hot/a", "TRANSFER-encoding: chunked") + "0\r\n\r\n",
            head("/hot/a", "range: bytes=0-1"), head("/hot/a", "If-Range: \"a\""), head("/hot/a", "if-none-match: *"),
            head("/hot/a", "If-Match: *"), head("/hot/a", "If-Modified-Since: x"),
            head("/hot/a", "If-Unmodified-Since: x"), head("/hot/a", "Expect: 100-continue"),
            head("/hot/a", "Connection: close"), head("/hot/a", "connection: keep-alive, close"),
            head("/hot/a", "Connection: Upgrade", "Upgrade: websocket"), head("/hot/a", "Upgrade: h2c"),
            "GET /hot/a HTTP/1.0\r\nHost: a\r\nAuthorization: Bearer t\r\nConnection: keep-alive\r\n\r\n",
            "GET /hot/a HTTP/1.0\r\nAuthorization: Bearer t\r\n\r\n",
        ])
    func notAsked(request: String) async throws {
        try await Self.withLane { connection, lane in
            var answer = try await connection.request(request)
            if answer.status == 100 { answer = try await connection.response() }
            #expect(answer.text == "ordinary")
            #expect(lane.asked.isEmpty)
        }
    }

    @Test(
        "a request that is refused for its form is not answered",
        arguments: [
            "GET /hot/a HTTP/1.1\r\nAuthorization: Bearer t\r\n\r\n",
            "GET /hot/a HTTP/1.1\r\nHost: a\r\nHost: b\r\nAuthorization: Bearer t\r\n\r\n",
            "GET /hot/a HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer t\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na",
        ])
    func refused(request: String) async throws {
        try await Self.withLane { connection, lane in
            let answer = try await connection.request(request + Self.head("/hot/b"))
            #expect(answer.status == 400)
            #expect(try await connection.rest().isEmpty)
            #expect(lane.asked.isEmpty)
        }
    }

    @Test("it is not asked while another request is under way, and asked again afterwards")
    func underWay() async throws {
        let (gate, opening) = AsyncStream<Void>.makeStream()
        try await Self.withLane(gate: gate) { connection, lane in
            try await connection.send(
                Self.head("/hot/1") + Self.head("/slow") + Self.head("/hot/2") + Self.head("/hot/3", method: "HEAD"))
            #expect(try await connection.response().text == "hot 1")
            opening.yield()
            #expect(try await connection.response().text == "ordinary")
            #expect(try await connection.response().text == "ordinary")
            let head = try await connection.response(toHead: true)
            #expect(head.headers["content-length"] == "8")
            #expect(lane.asked.map(\.path) == ["/hot/1", "/slow"])
            #expect(try await connection.request(Self.head("/hot/4")).text == "hot 4")
        }
    }

    @Test("many at once are answered in their order")
    func many() async throws {
        try await Self.withLane { connection, _ in
            let numbers = 0..<2000
            async let sent = connection.send(numbers.map { Self.head("/hot/\($0)") }.joined())
            for number in numbers {
                let text = try await connection.response().text
                #expect(text == "hot \(number)" || text == "ordinary")
            }
            #expect(try await sent)
        }
    }

    @Test("a head that comes byte by byte is answered when it is whole")
    func slowly() async throws {
        try await Self.withLane { connection, lane in
            for byte in Self.head("/hot/a").utf8.dropLast() { try await connection.send([byte]) }
            #expect(lane.asked.isEmpty)
            try await connection.send("\n")
            #expect(try await connection.response().text == "hot a")
        }
    }

    @Test("it is not asked after an answer that ends the connection, while what still comes is thrown away")
    func lingering() async throws {
        let limits = LingeringLimits(keptBytes: 10, drainedBytes: 64 * 1024)
        try await Self.withLane(lingering: limits) { connection, lane in
            // The body is not read, and too long to be waited for.
            let last = try await connection.request(Self.head("/cold", method: "PUT", "Content-Length: 1000"))
            #expect(last.text == "ordinary" && last.headers["connection"] == "close")
            #expect(try await connection.rest().isEmpty)
            try await connection.send([UInt8](repeating: 0, count: 1000))
            try await connection.send(Self.head("/hot/a") + Self.head("/hot/b"))
            // More than is drained: once the server has closed the connection it has seen all that came before.
            try await connection.send(Self.head("/cold", method: "PUT", "Content-Length: 100000000"))
            let part = [UInt8](repeating: 0, count: 64 * 1024)
            var isOpen = true
            for _ in 0..<1000 where isOpen { isOpen = try await connection.send(part) }
            #expect(!isOpen)
            #expect(lane.asked.isEmpty)
        }
    }
}
