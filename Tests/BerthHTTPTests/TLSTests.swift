import BerthHTTP
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import Synchronization
import Testing

@testable import BerthHTTP

/// Certificates in a directory of their own.
final class CertificateDirectory: Sendable {
    let path: String
    var certificate: String { path + "/server.crt" }
    var key: String { path + "/server.key" }

    init() throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "berth-tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Makes a pair under other names.
    func make(_ name: String) async throws {
        let (_, status) = try await RawConnection.run(
            "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=\(name) "
                + "-keyout \(path)/\(name).key -out \(path)/\(name).crt")
        try #require(status == 0)
    }

    func install(_ name: String, as file: String) throws {
        let data = try Data(contentsOf: URL(fileURLWithPath: "\(path)/\(name)"))
        try data.write(to: URL(fileURLWithPath: "\(path)/\(file)"), options: .atomic)
    }

    /// Makes `..data` a link to another directory in one step.
    func point(to name: String) throws {
        try FileManager.default.createSymbolicLink(atPath: "\(path)/..data_tmp", withDestinationPath: name)
        guard rename("\(path)/..data_tmp", "\(path)/..data") == 0 else { throw CocoaError(.fileWriteUnknown) }
    }

    func source(_ now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) throws -> TLSSource {
        try TLSSource(
            certificateFile: certificate, keyFile: key, logger: Logger(label: "test", factory: SilentLog.init), now: now
        )
    }

    /// The common name of the certificate that a handshake shows.
    func subject(port: Int) async throws -> String {
        let (output, _) = try await RawConnection.run(
            "openssl s_client -connect 127.0.0.1:\(port) </dev/null 2>/dev/null | openssl x509 -noout -subject")
        return String(decoding: output, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
            .replacing(" ", with: "")
    }
}

/// A clock that moves when it is told to.
private final class ManualClock: Sendable {
    private let instant = Mutex(ContinuousClock.now)

    var now: ContinuousClock.Instant { instant.withLock { $0 } }

    func advance(by duration: Duration) { instant.withLock { $0 = $0.advanced(by: duration) } }
}

@Suite struct TLSTests {
    @Test("files arrive whole under TLS, the connection closes cleanly")
    func files() async throws {
        let directory = try CertificateDirectory()
        try await directory.make("one")
        try directory.install("one.crt", as: "server.crt")
        try directory.install("one.key", as: "server.key")
        let file = try SampleFile(size: 3_000_001)
        try await withServer(HTTPListener(tls: try directory.source()), handler: file.serve) { port in
            for (range, expected) in [
                ("0-", 0...3_000_000), ("262143-262144", 262_143...262_144), ("7-2999990", 7...2_999_990),
            ] {
                let (output, status) = try await RawConnection.run(
                    "printf 'GET / HTTP/1.1\\r\\nHost: a\\r\\nConnection: close\\r\\n"
                        + "Range: bytes=\(range)\\r\\n\\r\\n' "
                        + "| openssl s_client -quiet -connect 127.0.0.1:\(port) 2>/dev/null")
                var bytes = output
                let response = try #require(RawResponse.rest(of: &bytes))
                #expect(response.status == 206)
                #expect(!response.isCutOff)
                #expect(response.body == Array(file.bytes[expected]))
                #expect(status == 0)
            }
            let (empty, status) = try await RawConnection.run(
                "curl -sk -m 20 --http1.1 -I https://127.0.0.1:\(port)/ | tr -d '\\r'")
            #expect(status == 0)
            #expect(String(decoding: empty, as: UTF8.self).lowercased().contains("content-length: 3000001\n"))
        }
    }

    @Test("a refused upload is readable under TLS")
    func refusedUpload() async throws {
        let directory = try CertificateDirectory()
        try await directory.make("one")
        try directory.install("one.crt", as: "server.crt")
        try directory.install("one.key", as: "server.key")
        let upload = try SampleFile(size: 20_000_000)
        try await withServer(
            HTTPListener(tls: try directory.source()), handler: { _, _ in Response(status: .forbidden) }
        ) { port in
            for extra in [
                "", "-H 'Transfer-Encoding: chunked'", "-H Expect:", "-H Expect: -H 'Transfer-Encoding: chunked'",
            ] {
                let (output, status) = try await RawConnection.run(
                    "curl -sk -m 20 --http1.1 -o /dev/null -w '%{http_code}' -T \(upload.path) \(extra) "
                        + "https://127.0.0.1:\(port)/u")
                #expect(String(decoding: output, as: UTF8.self) == "403", "\(extra)")
                #expect(status == 0, "\(extra)")
            }
        }
    }

    @Test("R-54 a new pair is used from the next handshake after a second; a broken or mixed pair is not")
    func reload() async throws {
        let directory = try CertificateDirectory()
        for name in ["one", "two"] { try await directory.make(name) }
        try directory.install("one.crt", as: "server.crt")
        try directory.install("one.key", as: "server.key")
        let clock = ManualClock()
        let source = try directory.source { clock.now }
        try await withServer(
            HTTPListener(tls: source), handler: { _, _ in Response(status: .ok) }
        ) { port in
            #expect(try await directory.subject(port: port) == "subject=CN=one")

            try directory.install("two.crt", as: "server.crt")
            clock.advance(by: .seconds(2))
            #expect(try await directory.subject(port: port) == "subject=CN=one")

            try Data("-----BEGIN CERTIFICATE-----\nMIIB".utf8).write(to: URL(fileURLWithPath: directory.certificate))
            clock.advance(by: .seconds(2))
            #expect(try await directory.subject(port: port) == "subject=CN=one")

            try FileManager.default.removeItem(atPath: directory.key)
            clock.advance(by: .seconds(2))
            #expect(try await directory.subject(port: port) == "subject=CN=one")

            try directory.install("two.crt", as: "server.crt")
            try directory.install("two.key", as: "server.key")
            #expect(try await directory.subject(port: port) == "subject=CN=one")
            clock.advance(by: .seconds(2))
            #expect(try await directory.subject(port: port) == "subject=CN=two")
        }
    }

    @Test(
        "R-54 a directory that is swapped by a symbolic link, as Kubernetes does, is seen, and half a swap is not used")
    func symbolicLinks() async throws {
        let directory = try CertificateDirectory()
        let files = FileManager.default
        for name in ["one", "two"] {
            try await directory.make(name)
            try files.createDirectory(atPath: "\(directory.path)/..\(name)", withIntermediateDirectories: true)
            for kind in ["crt", "key"] { try directory.install("\(name).\(kind)", as: "..\(name)/server.\(kind)") }
        }
        try directory.point(to: "..one")
        for kind in ["crt", "key"] {
            try files.createSymbolicLink(
                atPath: "\(directory.path)/server.\(kind)", withDestinationPath: "..data/server.\(kind)")
        }
        let clock = ManualClock()
        let source = try directory.source { clock.now }
        try await withServer(HTTPListener(tls: source), handler: { _, _ in Response(status: .ok) }) { port in
            #expect(try await directory.subject(port: port) == "subject=CN=one")
            let key = try Data(contentsOf: URL(fileURLWithPath: "\(directory.path)/..two/server.key"))
            try key.prefix(key.count / 2).write(to: URL(fileURLWithPath: "\(directory.path)/..two/server.key"))
            try directory.point(to: "..two")
            clock.advance(by: .seconds(2))
            #expect(try await directory.subject(port: port) == "subject=CN=one")
            try key.write(to: URL(fileURLWithPath: "\(directory.path)/..two/server.key"), options: .atomic)
            clock.advance(by: .seconds(2))
            #expect(try await directory.subject(port: port) == "subject=CN=two")
        }
    }

    @Test("a pair that does not belong together is refused from the start, in a sentence that names the files")
    func mismatch() async throws {
        let directory = try CertificateDirectory()
        for name in ["one", "two"] { try await directory.make(name) }
        try directory.install("one.crt", as: "server.crt")
        try directory.install("two.key", as: "server.key")
        let error = #expect(throws: TLSFileError.self) { try directory.source() }
        #expect(error?.description.contains(directory.key) == true)
        try FileManager.default.removeItem(atPath: directory.certificate)
        #expect(throws: TLSFileError.self) { try directory.source() }
    }
}

@Suite struct PlainPortTLSTests {
    @Test("a TLS hello on the plain port gets an HTTP 400 in plain text", arguments: [[512], [1, 511]])
    func hello(parts: [Int]) async throws {
        try await withServer(handler: { _, _ in Response(status: .ok) }) { port in
            let connection = try RawConnection(port: port)
            var hello = [UInt8](repeating: 0, count: 512)
            hello.replaceSubrange(0..<6, with: [0x16, 0x03, 0x01, 0x01, 0xFB, 0x01])
            for part in parts {
                try await connection.send(Array(hello.prefix(part)))
                hello.removeFirst(part)
            }
            let response = try await connection.response()
            #expect(response.status == 400)
            #expect(response.text.hasPrefix("this port speaks plain HTTP"))
            #expect(try await connection.rest().isEmpty)
        }
    }

    @Test("curl over https to the plain port fails at once and the port goes on serving")
    func client() async throws {
        try await withServer(handler: { _, _ in Response(status: .ok) }) { port in
            let (_, status) = try await RawConnection.run("curl -sk -m 10 https://127.0.0.1:\(port)/v2/")
            #expect(status == 35)
            #expect(try await RawConnection(port: port).request("GET / HTTP/1.1\r\nHost: a\r\n\r\n").status == 200)
        }
    }
}
