import Foundation
import Glibc
import NIOPosix
import Synchronization

/// A TCP connection to a server under test, which sends and receives exactly the bytes it is told to.
///
/// Waits in threads of its own, at most 60 seconds, so that a server that does not answer fails a test rather than
/// stopping it.
final class RawConnection: Sendable {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private static let pool: NIOThreadPool = {
        let pool = NIOThreadPool(numberOfThreads: 32)
        pool.start()
        return pool
    }()

    private let socket: CInt
    private let received = Mutex<[UInt8]>([])

    init(port: Int) throws {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var timeout = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw Failure(description: "connect: errno \(errno)") }
    }

    deinit { Glibc.close(socket) }

    /// Sends all bytes; `false` when the server had closed the connection before they were sent.
    @discardableResult
    func send(_ bytes: [UInt8]) async throws -> Bool {
        try await Self.pool.runIfActive { [self] in
            var sent = 0
            while sent < bytes.count {
                let count = bytes.withUnsafeBytes { buffer in
                    Glibc.send(
                        socket, UnsafeRawBufferPointer(rebasing: buffer[sent...]).baseAddress, buffer.count - sent,
                        Int32(MSG_NOSIGNAL))
                }
                if count < 0, errno == EPIPE || errno == ECONNRESET { return false }
                guard count > 0 else { throw Failure(description: "send: errno \(errno)") }
                sent += count
            }
            return true
        }
    }

    @discardableResult
    func send(_ text: String) async throws -> Bool { try await send(Array(text.utf8)) }

    /// Tells the server that nothing more will be sent.
    func finishSending() { shutdown(socket, Int32(SHUT_WR)) }

    /// Closes in a way that the server sees as a connection reset.
    func reset() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(socket, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        // The descriptor itself is closed by deinit; connecting it to nothing sends the reset.
        var nowhere = sockaddr()
        nowhere.sa_family = sa_family_t(AF_UNSPEC)
        connect(socket, &nowhere, socklen_t(MemoryLayout<sockaddr>.size))
    }

    /// One response, whose body is as long as its `Content-Length` says or, without one, reaches to the end.
    func response(toHead isHead: Bool = false) async throws -> RawResponse {
        try await Self.pool.runIfActive { [self] in
            while true {
                if let response = received.withLock({ RawResponse.take(from: &$0, isHead: isHead) }) { return response }
                guard try receiveMore() else {
                    return try received.withLock { bytes in
                        guard let response = RawResponse.rest(of: &bytes) else {
                            throw Failure(
                                description: "closed after \(String(decoding: bytes.prefix(500), as: UTF8.self))")
                        }
                        return response
                    }
                }
            }
        }
    }

    /// Everything that comes until the server closes or resets the connection.
    func rest() async throws -> [UInt8] {
        try await Self.pool.runIfActive { [self] in
            while try receiveMore() {}
            return received.withLock { bytes in
                defer { bytes = [] }
                return bytes
            }
        }
    }

    func request(_ head: String, isHead: Bool = false) async throws -> RawResponse {
        try await send(head)
        return try await response(toHead: isHead)
    }

    private func receiveMore() throws -> Bool {
        var buffer = [UInt8](repeating: 0, count: 256 * 1024)
        let count = recv(socket, &buffer, buffer.count, 0)
        if count < 0, errno == ECONNRESET { return false }
        guard count >= 0 else { throw Failure(description: "recv: errno \(errno)") }
        received.withLock { $0 += buffer[..<count] }
        return count > 0
    }

    /// Runs a shell command to its end; what it writes to standard output, and its exit status.
    static func run(_ command: String) async throws -> (output: [UInt8], status: Int32) {
        try await pool.runIfActive {
            // Foundation's Process is not safe to start on several threads at once on Linux; popen(3) is.
            guard let stream = popen("exec 2>/dev/null </dev/null; \(command)", "r") else { throw POSIXError(.EAGAIN) }
            var bytes: [UInt8] = []
            var part = [UInt8](repeating: 0, count: 65536)
            while case let count = fread(&part, 1, part.count, stream), count > 0 { bytes += part[..<count] }
            return (bytes, pclose(stream) >> 8)
        }
    }
}

/// A response as it came over the wire.
struct RawResponse: Sendable {
    let status: Int
    /// Names in lower case.
    let headers: [String: String]
    var body: [UInt8]
    /// Whether the body was cut off before the length it was said to have.
    var isCutOff = false

    var text: String { String(decoding: body, as: UTF8.self) }

    /// Takes the first complete response off the front of `bytes`, if there is one.
    static func take(from bytes: inout [UInt8], isHead: Bool) -> RawResponse? {
        guard let (response, bodyStart) = head(of: bytes) else { return nil }
        if isHead || response.status < 200 || response.status == 204 || response.status == 304 {
            bytes.removeFirst(bodyStart)
            return response
        }
        guard let length = response.headers["content-length"].flatMap({ Int($0) }),
            bytes.count >= bodyStart + length
        else { return nil }
        var complete = response
        complete.body = Array(bytes[bodyStart..<bodyStart + length])
        bytes.removeFirst(bodyStart + length)
        return complete
    }

    /// What there is of a response on a connection that has ended.
    static func rest(of bytes: inout [UInt8]) -> RawResponse? {
        guard let (response, bodyStart) = head(of: bytes) else { return nil }
        var cut = response
        cut.body = Array(bytes[bodyStart...])
        cut.isCutOff = response.headers["content-length"].flatMap { Int($0) } != cut.body.count
        bytes = []
        return cut
    }

    private static func head(of bytes: [UInt8]) -> (RawResponse, Int)? {
        guard let end = bytes.prefix(64 * 1024).firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
        let status = lines[0].split(separator: " ")
        guard status.count >= 2, status[0].hasPrefix("HTTP/1."), let code = Int(status[1]) else { return nil }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            headers[parts[0].lowercased()] = parts.count > 1 ? parts[1].trimmingCharacters(in: .whitespaces) : ""
        }
        return (RawResponse(status: code, headers: headers, body: []), end.upperBound)
    }
}
