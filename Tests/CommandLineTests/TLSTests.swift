import BerthTestSupport
import Foundation
import Testing

@Suite struct TLSTests {
    private func curl(_ server: BerthProcess, _ words: [String]) async throws -> ToolResult {
        try await Tool.run(["curl", "-sS"] + words + [server.url + "/healthz"])
    }

    @Test(
        "curl trusts the authority of certs create and nothing else; a replaced certificate is used without a restart")
    func certificates() async throws {
        let installation = try BerthInstallation()
        let words = ["certs", "create", "--host", "127.0.0.1", "--host", "localhost"]
        let made = try JSONValue(parsing: try await installation.run(words + ["--json"]).orThrow().output)
        #expect(made["hosts"] == .list([.text("127.0.0.1"), .text("localhost")]))
        try await withBerthProcess(["--tls", "files"], in: installation) { server in
            #expect(server.url.hasPrefix("https://127.0.0.1:"))
            let trusting = ["--cacert", installation.certs + "/ca.crt"]
            let answer = try await curl(server, trusting)
            #expect(answer.succeeded && answer.output.contains("ok"), "\(answer)")
            #expect(try await !curl(server, []).succeeded)
            let old = try await OpenSSL.fingerprint(of: server.authority)

            let refused = try await installation.run(words).refusal()
            #expect(refused.contains("server.crt"))
            for file in ["server.crt", "server.key"] {
                try FileManager.default.removeItem(atPath: "\(installation.certs)/\(file)")
            }
            #expect(try await curl(server, trusting).succeeded)
            try await installation.run(words).orThrow()
            try await eventually("the server shows the new certificate") {
                try await OpenSSL.fingerprint(of: server.authority) != old
            }
            #expect(try await curl(server, trusting).succeeded)
            #expect(server.log.contains("TLS certificate reloaded"))
        }
    }

    @Test("challenge and locations name https")
    func addresses() async throws {
        let installation = try BerthInstallation()
        try await installation.run(["certs", "create", "--host", "127.0.0.1"]).orThrow()
        try await withBerthProcess(["--tls", "files"], in: installation) { server in
            let answer = try await TestClient(server).send("GET", "/v2/")
            #expect(answer.status == 401)
            #expect(answer.header("WWW-Authenticate")?.contains("realm=\"\(server.url)/token\"") == true)
        }
    }
}
