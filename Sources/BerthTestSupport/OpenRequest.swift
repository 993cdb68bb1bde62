import Glibc
import NIOCore
import NIOHTTP1

/// A request whose body a test sends bit by bit, and may never end.
package struct OpenRequest: Sendable {
    private let channel: any Channel
    private let response: EventLoopFuture<TestResponse>

    fileprivate init(channel: any Channel, response: EventLoopFuture<TestResponse>) {
        self.channel = channel
        self.response = response
    }

    /// Sends more of the body.
    package func write(_ bytes: [UInt8]) async throws {
        let written = channel.eventLoop.makePromise(of: Void.self)
        channel.writeAndFlush(HTTPClientRequestPart.body(.byteBuffer(ByteBuffer(bytes: bytes))), promise: written)
        try await written.futureResult.get()
    }

    /// Sends the end of the body and does not wait for the answer.
    package func end() async throws {
        let written = channel.eventLoop.makePromise(of: Void.self)
        channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: written)
        try await written.futureResult.get()
    }

    /// Ends the body and waits for the answer.
    package func finish() async throws -> TestResponse {
        try await end()
        return try await answer()
    }

    /// Waits for the answer, which may come before the body has ended.
    package func answer() async throws -> TestResponse { try await response.get() }

    /// Goes away without a word: the server sees the connection end.
    package func abandon() async throws { try await channel.close() }

    /// Goes away as a machine that crashed does: the server sees the connection reset.
    package func reset() async throws {
        if let socket = channel as? any SocketOptionProvider {
            try await socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
        }
        try await channel.close()
    }
}

extension TestConnection {
    /// Sends the head of a request and leaves its body to the test.
    ///
    /// The body is sent in chunks unless `headers` say its length.
    package func begin(
        _ method: String, _ path: String, headers: [(String, String)] = []
    ) async throws -> OpenRequest {
        let answer = channel.eventLoop.makePromise(of: TestResponse.self)
        let timeout = channel.eventLoop.scheduleTask(in: TestClient.timeout) { [channel] in
            answer.fail(TestClientError.timeout)
            channel.close(promise: nil)
        }
        answer.futureResult.whenComplete { _ in timeout.cancel() }
        collector.expect(answer)
        let framed = framedHeaders(of: method, headers, .chunked([]))
        let head = HTTPRequestHead(version: .http1_1, method: HTTPMethod(rawValue: method), uri: path, headers: framed)
        let written = channel.eventLoop.makePromise(of: Void.self)
        channel.writeAndFlush(HTTPClientRequestPart.head(head), promise: written)
        try await written.futureResult.get()
        return OpenRequest(channel: channel, response: answer.futureResult)
    }

    /// Reads nothing of what the server sends, or goes on reading.
    package func setReading(_ isReading: Bool) async throws {
        try await channel.setOption(ChannelOptions.autoRead, value: isReading).get()
    }
}
