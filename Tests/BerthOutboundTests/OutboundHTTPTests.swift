import BerthIdentity
import BerthOutbound
import BerthTestBasics
import BerthTestSupport
import Foundation
import HTTPTypes
import NIOCore
import NIOPosix
import Synchronization
import Testing

/// Answers questions for names as a test says, one answer after the other, the last one for ever.
private final class ScriptedResolver: HostResolving {
    private let answers: Mutex<[[InternetAddress]]>

    init(_ answers: [String]...) throws {
        self.answers = Mutex(try answers.map { try $0.map { try #require(InternetAddress($0)) } })
    }

    func addresses(of host: String) async throws -> [InternetAddress] {
        answers.withLock { $0.count > 1 ? $0.removeFirst() : $0.first ?? [] }
    }
}

/// Parts of a body, which counts how many were asked for.
private final class CountedParts: AsyncSequence, Sendable {
    typealias Element = ByteBuffer

    let part: ByteBuffer
    let count: Int
    let asked = Atomic(0)

    init(size: Int, count: Int) {
        part = ByteBuffer(repeating: 0x61, count: size)
        self.count = count
    }

    struct Iterator: AsyncIteratorProtocol {
        let parts: CountedParts
        mutating func next() async throws -> ByteBuffer? {
            guard parts.asked.add(1, ordering: .relaxed).newValue <= parts.count else { return nil }
            return parts.part
        }
    }

    func makeAsyncIterator() -> Iterator { Iterator(parts: self) }
}

private func client(
    allowing blocks: [String] = ["127.0.0.1"], resolver: any HostResolving = SystemResolver(),
    stallTimeout: Duration = .seconds(300), authorities: String? = nil
) throws -> OutboundHTTP {
    var configuration = OutboundHTTP.Configuration()
    configuration.allowed = try blocks.map { try #require(AddressBlock($0)) }
    configuration.stallTimeout = stallTimeout
    configuration.authorities = authorities
    return try OutboundHTTP(configuration, resolver: resolver)
}

@Suite struct OutboundHTTPTests {
    @Test("a request arrives as it was sent and its answer comes back")
    func exchange() async throws {
        try await withReceiver(respond: { _ in .init(201, headers: [("X-Made", "yes")], body: Array("made".utf8)) }) {
            receiver in
            let url = try OutboundURL(parsing: "\(receiver.url)/hook?x=1")
            let response = try await client().send(
                OutboundRequest(
                    .post, url, headers: [.contentType: "application/json"], body: .bytes(ByteBuffer(string: "{}"))))
            #expect(response.status == .created)
            #expect(response.headers[.init("X-Made")!] == "yes")
            #expect(try await response.body.collect() == ByteBuffer(string: "made"))
            let request = try #require(await receiver.requests(count: 1).first)
            #expect(request.method == "POST")
            #expect(request.path == "/hook?x=1")
            #expect(request["Content-Type"] == "application/json")
            #expect(request["Host"] == "127.0.0.1:\(receiver.port)")
            #expect(request.body == Array("{}".utf8))
        }
    }

    @Test("large bodies go both ways in parts")
    func streams() async throws {
        try await withReceiver(respond: { .init(200, body: $0.body) }) { receiver in
            let parts = CountedParts(size: 1 << 16, count: 128)
            let response = try await client().send(
                OutboundRequest(
                    .put, OutboundURL(parsing: receiver.url), body: .stream(parts, length: 8 << 20),
                    timeout: .seconds(300),
                    maximumResponseSize: 8 << 20))
            var received = 0
            for try await part in response.body { received += part.readableBytes }
            #expect(received == 8 << 20)
            #expect(await receiver.requests(count: 1).first?["Content-Length"] == "\(8 << 20)")
        }
    }

    @Test("a peer that does not read is not sent to without end, and is given up")
    func stalledPeer() async throws {
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelOption(ChannelOptions.autoRead, value: false)
            .bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(listener.localAddress?.port)
        let parts = CountedParts(size: 1 << 20, count: 4096)
        let outbound = try client(stallTimeout: .milliseconds(300))
        let error = await #expect(throws: OutboundError.self) {
            _ = try await outbound.send(
                OutboundRequest(
                    .put, OutboundURL(parsing: "http://127.0.0.1:\(port)/"), body: .stream(parts, length: 4096 << 20)))
        }
        #expect(error == .timeout("http://127.0.0.1:\(port) did not answer in time"))
        #expect(parts.asked.load(ordering: .relaxed) < 64)
        try await listener.close()
    }

    @Test("an answer that does not come in time is given up")
    func noAnswer() async throws {
        try await withReceiver(respond: { _ in .silence }) { receiver in
            let outbound = try client()
            let error = await #expect(throws: OutboundError.self) {
                _ = try await outbound.send(
                    OutboundRequest(.get, OutboundURL(parsing: receiver.url), timeout: .milliseconds(300)))
            }
            #expect(error == .timeout("\(receiver.url) did not answer in time"))
        }
    }

    @Test("an answer that is larger than allowed is refused, whether or not its head says so")
    func tooLarge() async throws {
        let body = [UInt8](repeating: 0x62, count: 4096)
        try await withReceiver(respond: { request in
            request.path == "/chunked"
                ? .init(200, headers: [("Transfer-Encoding", "chunked")], body: body)
                : .init(200, body: body)
        }) { receiver in
            let outbound = try client()
            for path in ["/sized", "/chunked"] {
                let error = await #expect(throws: OutboundError.self) {
                    let url = try OutboundURL(parsing: receiver.url + path)
                    _ = try await outbound.send(OutboundRequest(.get, url, maximumResponseSize: 4095)).body.collect()
                }
                guard case .tooLarge? = error else {
                    Issue.record("\(path): \(String(describing: error))")
                    continue
                }
            }
        }
    }

    @Test("S-76 a redirect is an answer and is not followed")
    func redirect() async throws {
        try await withReceiver(respond: { _ in .init(307, headers: [("Location", "/elsewhere")]) }) { receiver in
            let url = try OutboundURL(parsing: receiver.url)
            let response = try await client().send(OutboundRequest(.get, url))
            #expect(response.status == .temporaryRedirect)
            #expect(receiver.requests.count == 1)
        }
    }

    @Test(
        "S-76 internal addresses are refused in every spelling, before anything is sent",
        arguments: ["127.0.0.1", "localhost", "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "[::1]", "0.0.0.0"])
    func spellings(_ host: String) async throws {
        try await withReceiver { receiver in
            let outbound = try client(allowing: [])
            let error = await #expect(throws: OutboundError.self) {
                _ = try await outbound.send(
                    OutboundRequest(.get, OutboundURL(parsing: "http://\(host):\(receiver.port)/")))
            }
            switch error {
            case .refusedAddress, .unreachable: break
            default: Issue.record("\(String(describing: error))")
            }
            #expect(receiver.requests.isEmpty)
        }
    }

    @Test("S-76 a name with mixed answers is refused")
    func mixed() async throws {
        let outbound = try client(allowing: [], resolver: ScriptedResolver(["1.1.1.1", "127.0.0.1"]))
        let error = await #expect(throws: OutboundError.self) {
            _ = try await outbound.send(OutboundRequest(.get, OutboundURL(parsing: "http://mixed.example.com/")))
        }
        guard case .refusedAddress? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test("S-76 the connection goes to the address that was checked, and a name that changes is checked again")
    func rebinding() async throws {
        try await withReceiver { receiver in
            let resolver = try ScriptedResolver(["127.0.0.1"], ["169.254.169.254"])
            let outbound = try client(resolver: resolver)
            let url = try OutboundURL(parsing: "http://rebind.example.com:\(receiver.port)/")
            #expect(try await outbound.send(OutboundRequest(.get, url)).status == .noContent)
            #expect(await receiver.requests(count: 1).first?["Host"] == "rebind.example.com:\(receiver.port)")
            let error = await #expect(throws: OutboundError.self) {
                _ = try await outbound.send(OutboundRequest(.get, url))
            }
            guard case .refusedAddress? = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(receiver.requests.count == 1)
        }
    }

    @Test("another address of the host is tried when the first takes no connection")
    func secondAddress() async throws {
        try await withReceiver { receiver in
            let outbound = try client(
                allowing: ["127.0.0.0/8"], resolver: ScriptedResolver(["127.0.0.2", "127.0.0.1"]))
            let url = try OutboundURL(parsing: "http://two.example.com:\(receiver.port)/")
            let response = try await outbound.send(
                OutboundRequest(.post, url, body: .stream(CountedParts(size: 10, count: 2), length: 20)))
            #expect(response.status == .noContent)
            #expect(await receiver.requests(count: 1).first?.body.count == 20)
        }
    }

    @Test("under TLS the name is verified, not the address")
    func tls() async throws {
        let directory = try TemporaryDirectory()
        let files = try ServerCertificates.create(in: directory.path, hosts: ["hooks.example.com"], now: Date())
        try await withReceiver(tls: (files.certificate, files.key)) { receiver in
            let resolver = try ScriptedResolver(["127.0.0.1"])
            let trusting = try client(resolver: resolver, authorities: files.authority)
            let url = try OutboundURL(parsing: "https://hooks.example.com:\(receiver.port)/")
            #expect(try await trusting.send(OutboundRequest(.get, url)).status == .noContent)

            let other = try OutboundURL(parsing: "https://other.example.com:\(receiver.port)/")
            let stranger = try client(resolver: resolver)
            for (outbound, url) in [(trusting, other), (stranger, url)] {
                let error = await #expect(throws: OutboundError.self) {
                    _ = try await outbound.send(OutboundRequest(.get, url))
                }
                guard case .unreachable? = error else {
                    Issue.record("\(String(describing: error))")
                    continue
                }
            }
            #expect(receiver.requests.count == 1)
        }
    }

    @Test("what a body throws is thrown, and a port that nobody listens on is unreachable")
    func failures() async throws {
        let outbound = try client()
        let error = await #expect(throws: OutboundError.self) {
            _ = try await outbound.send(OutboundRequest(.get, OutboundURL(parsing: "http://127.0.0.1:1/")))
        }
        #expect(error == .unreachable("http://127.0.0.1:1 could not be reached: Connection refused"))
        try await withReceiver { receiver in
            let parts = AsyncThrowingStream<ByteBuffer, any Error> { $0.finish(throwing: BodyFailure()) }
            await #expect(throws: BodyFailure.self) {
                _ = try await outbound.send(
                    OutboundRequest(.put, OutboundURL(parsing: receiver.url), body: .stream(parts, length: 10)))
            }
        }
    }

    @Test("many hosts are called without keeping a connection to each")
    func manyHosts() async throws {
        try await withReceiver { receiver in
            let outbound = try client(resolver: ScriptedResolver(["127.0.0.1"]))
            for number in 0..<40 {
                let url = try OutboundURL(parsing: "http://host\(number).example.com:\(receiver.port)/")
                #expect(try await outbound.send(OutboundRequest(.get, url)).status == .noContent)
            }
            outbound.close()
            await #expect(throws: CancellationError.self) {
                _ = try await outbound.send(OutboundRequest(.get, OutboundURL(parsing: receiver.url)))
            }
        }
    }
}

private struct BodyFailure: Error {}
