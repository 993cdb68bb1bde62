import BerthIdentity
import BerthServer
import BerthTestBasics
import BerthTestSupport
import Foundation
import Testing

@Suite struct ProtocolTests {
    /// The first bytes of HTTP/2: its preface, and a frame of settings (RFC 9113, section 3.4).
    private static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + [0, 0, 0, 4, 0, 0, 0, 0, 0]

    private func withTLSServer(
        _ body: @escaping @Sendable (TestServer, TestClient) async throws -> Void
    ) async throws {
        let directory = try TemporaryDirectory()
        let files = try ServerCertificates.create(in: directory.path, hosts: ["127.0.0.1"], now: Date())
        var configuration = Server.Configuration()
        configuration.tls = (files.certificate, files.key)
        try await withServer(configuration: configuration) { server in
            try await body(server, TestClient(host: "127.0.0.1", port: server.port, tls: true))
        }
    }

    @Test("S-54 HTTP/2 is not spoken: its preface is a bad request, and others are served on")
    func preface() async throws {
        try await withServer { server in
            let answer = RawAnswer(try await server.client.sendRaw(Self.preface))
            #expect(answer.statuses == [400] && answer.closes)
            #expect(try await server.client.send("GET", "/healthz").status == 200)
        }
    }

    @Test("S-54 HTTP/2 is not spoken under TLS either, and not agreed upon")
    func encrypted() async throws {
        try await withTLSServer { server, client in
            let answer = RawAnswer(try await client.sendRaw(Self.preface))
            #expect(answer.statuses == [400] && answer.closes)
            for (offered, expected) in [("h2,http/1.1", "ALPN protocol: http/1.1"), ("h2", "No ALPN negotiated")] {
                let shown = try await Tool.run([
                    "openssl", "s_client", "-connect", "127.0.0.1:\(server.port)", "-alpn", offered,
                ])
                #expect(shown.said.contains(expected) || (offered == "h2" && shown.said.contains("alert")), "\(shown)")
                #expect(!shown.said.contains("ALPN protocol: h2"))
            }
            #expect(try await client.send("GET", "/healthz").status == 200)
        }
    }
}
