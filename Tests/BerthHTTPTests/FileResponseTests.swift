import BerthHTTP
import BerthTestBasics
import Foundation
import Glibc
import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import BerthHTTP

/// A file in a directory of its own, with bytes that are the same in every run and different at every offset.
final class SampleFile: Sendable {
    let directory: URL
    let path: String
    let bytes: [UInt8]

    init(size: Int) throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "berth-http-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        path = directory.appending(path: "file").path
        var generator = SeededGenerator(seed: UInt64(size))
        var bytes = [UInt8]()
        bytes.reserveCapacity(size + 8)
        while bytes.count < size { withUnsafeBytes(of: generator.next()) { bytes.append(contentsOf: $0) } }
        self.bytes = Array(bytes.prefix(size))
        try Data(self.bytes).write(to: URL(fileURLWithPath: path))
    }

    deinit { try? FileManager.default.removeItem(at: directory) }

    /// Opens the file anew, as the store does for each read.
    func slice(_ part: ClosedRange<Int64>? = nil, claiming size: Int64? = nil) throws -> FileSlice {
        let owner = try OpenFile(path)
        let part = part ?? 0...((size ?? Int64(bytes.count)) - 1 + (bytes.isEmpty ? 1 : 0))
        let length = bytes.isEmpty ? 0 : Int64(part.count)
        return FileSlice(descriptor: owner.descriptor, offset: part.lowerBound, length: length, keepAlive: owner)
    }

    /// Answers GET and HEAD with the file, or with the part that `Range` asks for.
    @Sendable func serve(_ request: Request, _ context: RequestContext) throws -> Response {
        if request.method == .head { return .headOnly(length: Int64(bytes.count)) }
        switch RangeRequest.parse(request.headers[.range], size: Int64(bytes.count)) {
        case .whole: return .file(try slice(), context: context)
        case .part(let part): return .file(try slice(part), status: .partialContent, context: context)
        case .unsatisfiable: return Response(status: .rangeNotSatisfiable)
        }
    }
}

private final class OpenFile: Sendable {
    struct Failure: Error {}

    let descriptor: CInt

    init(_ path: String) throws {
        descriptor = open(path, O_RDONLY)
        guard descriptor >= 0 else { throw Failure() }
    }

    deinit { close(descriptor) }
}

@Suite struct FileResponseTests {
    @Test("a file of 20 MB arrives whole, in parts, and again on the same connection")
    func largeFile() async throws {
        let file = try SampleFile(size: 20_000_001)
        try await withServer(handler: file.serve) { port in
            let connection = try RawConnection(port: port)
            let whole = try await connection.request("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(whole.status == 200)
            #expect(whole.headers["content-length"] == "20000001")
            #expect(whole.headers["transfer-encoding"] == nil)
            #expect(whole.body == file.bytes)
            let ranges = [0...0, 1...2, 2_097_151...2_097_152, 2_097_152...4_194_303, 3_000_000...15_000_000]
            for range in ranges + [20_000_000...20_000_000, 1...20_000_000] {
                let part = try await connection.request(
                    "GET / HTTP/1.1\r\nHost: a\r\nRange: bytes=\(range.lowerBound)-\(range.upperBound)\r\n\r\n")
                #expect(part.status == 206)
                #expect(part.body == Array(file.bytes[range]), "\(range)")
            }
        }
    }

    @Test("an empty file is an empty body")
    func emptyFile() async throws {
        let file = try SampleFile(size: 0)
        try await withServer(handler: file.serve) { port in
            let connection = try RawConnection(port: port)
            for _ in 0..<2 {
                let response = try await connection.request("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(response.status == 200)
                #expect(response.headers["content-length"] == "0")
                #expect(response.body.isEmpty)
            }
        }
    }

    @Test("HEAD has the length and no body")
    func head() async throws {
        let file = try SampleFile(size: 300_000)
        try await withServer(handler: file.serve) { port in
            let connection = try RawConnection(port: port)
            let head = try await connection.request("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n", isHead: true)
            #expect(head.headers["content-length"] == "300000")
            #expect(head.headers["transfer-encoding"] == nil)
            let get = try await connection.request("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(get.status == 200)
            #expect(get.body == file.bytes)
        }
    }

    @Test("HEAD of a handler that answers with a file still has no body")
    func headOfFile() async throws {
        let file = try SampleFile(size: 5000)
        try await withServer(handler: { .file(try file.slice(), context: $1) }) { port in
            let connection = try RawConnection(port: port)
            let head = try await connection.request("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n", isHead: true)
            #expect(head.headers["content-length"] == "5000")
            #expect(try await connection.request("GET / HTTP/1.1\r\nHost: a\r\n\r\n").body == file.bytes)
        }
    }

    @Test("a file that is shorter than it should be breaks the connection off", arguments: [1, 1000, 3_000_000])
    func truncated(missing: Int) async throws {
        let file = try SampleFile(size: 5_000_000)
        let claimed = Int64(file.bytes.count + missing)
        try await withServer(handler: { .file(try file.slice(claiming: claimed), context: $1) }) { port in
            let connection = try RawConnection(port: port)
            let response = try await connection.request("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(response.status == 200)
            #expect(response.isCutOff)
            #expect(response.body.count < Int(claimed))
            #expect(response.body == Array(file.bytes.prefix(response.body.count)))
        }
    }

    @Test("clients that go away in the middle leave the server as it was")
    func abandoned() async throws {
        let file = try SampleFile(size: 20_000_000)
        try await withServer(handler: file.serve) { port in
            for _ in 0..<8 {
                let connection = try RawConnection(port: port)
                try await connection.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                connection.reset()
            }
            let response = try await RawConnection(port: port).request("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(response.body == file.bytes)
        }
    }

    @Test("pieces are aligned, without gap or overlap")
    func pieces() throws {
        let file = try SampleFile(size: 1)
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<1000 {
            let offset = Int64.random(in: 0..<100, using: &generator)
            let slice = FileSlice(
                descriptor: -1, offset: offset, length: Int64.random(in: 0..<100, using: &generator), keepAlive: file)
            var position = offset
            for piece in slice.pieces(of: 16) {
                #expect(piece.offset == position)
                #expect(piece.length > 0 && piece.length <= 16)
                position += piece.length
                #expect(position % 16 == 0 || position == offset + slice.length)
            }
            #expect(position == offset + slice.length)
        }
    }

    @Test("the plain pipeline sends regions of the file, not copies, and leaves the descriptor open")
    func region() throws {
        let file = try SampleFile(size: 10)
        let slice = try file.slice(2...6)
        let channel = EmbeddedChannel(handler: SendFileHandler())
        channel.triggerUserOutboundEvent(SendFile(slice: slice), promise: nil)
        let part = try channel.readOutbound(as: HTTPServerResponsePart.self)
        guard case .body(.fileRegion(let region)) = part else {
            Issue.record("no region: \(String(describing: part))")
            return
        }
        #expect(region.readerIndex == 2)
        #expect(region.endIndex == 7)
        var byte: UInt8 = 0
        #expect(pread(slice.descriptor, &byte, 1, 2) == 1)
        #expect(byte == file.bytes[2])
        _ = try channel.finish()
    }

    @Test("a pipeline that cannot send files says so")
    func unsupported() throws {
        let channel = EmbeddedChannel()
        let slice = try SampleFile(size: 1).slice()
        let sent = channel.triggerUserOutboundEvent(SendFile(slice: slice))
        #expect(throws: ChannelError.operationUnsupported) { try sent.wait() }
        _ = try channel.finish()
    }
}
