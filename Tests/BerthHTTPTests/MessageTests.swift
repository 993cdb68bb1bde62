import BerthHTTP
import BerthOCI
import BerthTestBasics
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore
import Testing

@Suite struct RangeRequestTests {
    @Test(
        "one range of bytes is served, what is no such range is ignored, what lies outside is unsatisfiable",
        arguments: [
            (nil, 2048, .whole),
            ("bytes=500-1499", 2048, .part(500...1499)),
            ("bytes=500-", 2048, .part(500...2047)),
            ("bytes=-500", 2048, .part(1548...2047)),
            ("bytes=2000-5000", 2048, .part(2000...2047)),
            ("bytes=0-0", 2048, .part(0...0)),
            ("bytes=2047-", 2048, .part(2047...2047)),
            ("bytes=-5000", 2048, .part(0...2047)),
            ("bytes=500-0", 2048, .unsatisfiable),
            ("bytes=5000-10000", 2048, .unsatisfiable),
            ("bytes=2048-", 2048, .unsatisfiable),
            ("bytes=-0", 2048, .unsatisfiable),
            ("bytes=0-99999999999999999999", 2048, .part(0...2047)),
            ("bytes=99999999999999999999-", 2048, .unsatisfiable),
            ("bytes=-99999999999999999999", 2048, .part(0...2047)),
            ("bytes=0-", 0, .unsatisfiable),
            ("bytes=-1", 0, .whole),
            ("BYTES= 0-1 ", 10, .part(0...1)),
            ("items=0-1", 10, .whole),
            ("bytes=0-1,3-4", 10, .whole),
            ("bytes=" + String(repeating: "0-,", count: 1000), 10, .whole),
            ("bytes=", 10, .whole), ("bytes=-", 10, .whole), ("bytes", 10, .whole), ("", 10, .whole),
            ("bytes=a-b", 10, .whole), ("bytes=1", 10, .whole), ("bytes=1-2-3", 10, .whole),
            ("bytes=--1", 10, .whole), ("bytes=+1-2", 10, .whole), ("bytes=0x1-2", 10, .whole),
        ] as [(String?, Int64, RangeRequest)])
    func table(header: String?, size: Int64, expected: RangeRequest) {
        #expect(RangeRequest.parse(header, size: size) == expected)
    }

    @Test("a range counts only while If-Range names the same content")
    func ifRange() {
        func parse(_ ifRange: String?) -> RangeRequest {
            RangeRequest.parse("bytes=1-2", size: 9, ifRange: ifRange, entityTag: "\"a\"")
        }
        #expect(parse("\"a\"") == .part(1...2))
        #expect(parse(nil) == .part(1...2))
        #expect(parse("\"b\"") == .whole)
        #expect(parse("W/\"a\"") == .whole)
        #expect(parse("Wed, 21 Oct 2015 07:28:00 GMT") == .whole)
    }

    @Test("random headers never crash and never leave the representation")
    func fuzz() {
        var generator = SeededGenerator(seed: 11)
        let alphabet = Array("bytes=0129-, \u{0}é".unicodeScalars)
        for _ in 0..<20_000 {
            var header = Bool.random(using: &generator) ? "bytes=" : ""
            for _ in 0..<Int.random(in: 0..<10, using: &generator) {
                header.unicodeScalars.append(alphabet.randomElement(using: &generator) ?? "0")
            }
            let size = Int64.random(in: 0..<200, using: &generator)
            if case .part(let part) = RangeRequest.parse(header, size: size) {
                #expect(part.lowerBound >= 0 && part.upperBound < size)
            }
        }
    }
}

@Suite struct ContentRangeTests {
    @Test(
        "first and last byte and nothing else",
        arguments: [("0-0", 0, 0, 1), ("0-1023", 0, 1023, 1024), ("7-9", 7, 9, 3)])
    func parses(text: String, first: Int64, last: Int64, length: Int64) throws {
        let range = try ContentRange(parsing: text)
        #expect(range.first == first)
        #expect(range.last == last)
        #expect(range.length == length)
    }

    @Test(
        "other forms are refused",
        arguments: [
            "bytes 0-2/3", "bytes=0-2", "0-", "-2", "2-0", "", "-", "0", "0-1-2", "0- 1", " 0-1", "a-b", "+0-1",
            "0-9223372036854775807", "0-9223372036854775808", "99999999999999999999-99999999999999999999", "٠-١",
        ])
    func refuses(text: String) {
        #expect(throws: ParseFailure.self) { try ContentRange(parsing: text) }
    }
}

@Suite struct RegistryErrorResponseTests {
    private struct Body: Decodable {
        struct Entry: Decodable {
            let code: String
            let message: String
        }
        let errors: [Entry]
    }

    @Test("an error has its status, its headers and a body with code and message")
    func rendering() async throws {
        let error = RegistryError(
            .unauthorized, "log \"in\"", headers: ["WWW-Authenticate": "Bearer realm=\"x\",service=\"y\""],
            cause: RegistryError(.denied, "secret cause"))
        try await withServer(handler: { _, _ in throw error }) { port in
            let connection = try RawConnection(port: port)
            let response = try await connection.request("GET /v2/ HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(response.status == 401)
            #expect(response.headers["www-authenticate"] == "Bearer realm=\"x\",service=\"y\"")
            #expect(response.headers["content-type"] == "application/json")
            #expect(response.headers["x-request-id"]?.isEmpty == false)
            let entry = try #require(JSONDecoder().decode(Body.self, from: Data(response.body)).errors.first)
            #expect(entry.code == "UNAUTHORIZED")
            #expect(entry.message == "log \"in\"")
            #expect(!response.text.contains("secret"))

            let head = try await connection.request("HEAD /v2/ HTTP/1.1\r\nHost: a\r\n\r\n", isHead: true)
            #expect(head.status == 401)
            #expect(head.headers["www-authenticate"] != nil)
            let next = try await connection.request("GET /v2/ HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(next.status == 401)
        }
    }

    @Test("an error of any other type is 500 UNKNOWN and says nothing of its cause")
    func unknown() async throws {
        struct Oops: Error { let secret = "s3cret" }
        try await withServer(handler: { _, _ in throw Oops() }) { port in
            let response = try await RawConnection(port: port).request("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(response.status == 500)
            #expect(try JSONDecoder().decode(Body.self, from: Data(response.body)).errors.first?.code == "UNKNOWN")
            #expect(!response.text.contains("s3cret") && !response.text.contains("Oops"))
        }
    }

    @Test(
        "an error of the framework is rendered in the same form",
        arguments: [(404, "NAME_UNKNOWN"), (413, "SIZE_INVALID")])
    func framework(status: Int, code: String) async throws {
        try await withServer(handler: { _, _ in throw HTTPError(.init(code: status)) }) { port in
            let response = try await RawConnection(port: port).request("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(response.status == status)
            #expect(try JSONDecoder().decode(Body.self, from: Data(response.body)).errors.first?.code == code)
        }
    }

    @Test("a header value that would split the response does not")
    func splitting() {
        let error = RegistryError(.denied, "no", headers: ["Location": "a\r\nSet-Cookie: b", "bad name": "x"])
        let response = error.response()
        #expect(response.headers[.location]?.contains("\r") == false)
        #expect(response.headers[.setCookie] == nil)
    }
}

@Suite struct RequestBodyTests {
    private static func server(_ body: @escaping @Sendable (Int) async throws -> Void) async throws {
        try await withServer(
            handler: { request, context in
                let body = try await request.collect(upTo: 10, context: context)
                return Response(status: .ok, body: ResponseBody(byteBuffer: body))
            }, body)
    }

    @Test("a body up to the limit is collected, chunked or not")
    func collects() async throws {
        try await Self.server { port in
            let connection = try RawConnection(port: port)
            let plain = try await connection.request(
                "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n0123456789")
            #expect(plain.text == "0123456789")
            let chunked = try await connection.request(
                "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n")
            #expect(chunked.text == "abcde")
        }
    }

    @Test("a larger one is 413, known from its declared length or by counting")
    func tooLarge() async throws {
        try await Self.server { port in
            let declared = try await RawConnection(port: port)
                .request("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n")
            #expect(declared.status == 413)
            #expect(declared.text.contains("SIZE_INVALID"))
            let counted = try await RawConnection(port: port).request(
                "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n0123456789a\r\n")
            #expect(counted.status == 413)
        }
    }
}
