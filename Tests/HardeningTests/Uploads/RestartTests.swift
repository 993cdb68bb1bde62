import BerthTestSupport
import Foundation
import Testing

/// Uploads to a server that ends in the middle of a chunk.
@Suite("Uploads over a restart")
struct RestartTests {
    private static let blob = SampleBlob(random: 3_000_000)
    private static let sent = 1_300_000

    @Test(
        "R-25 R-26 an upload that was cut off in the middle of a chunk goes on at its true offset, with the same token",
        arguments: [true, false])
    func cutOff(isKilled: Bool) async throws {
        try await withBerthProcess(["--shutdown-grace", "0s"]) { first in
            let admin = try await AdminSession(on: first)
            let started = try await admin.send("POST", "/v2/\(AdminSession.repository)/blobs/uploads/", to: first)
            let session = try started.requiring(202).requiredHeader("Location")
            try await TestClient(first).withConnection { connection in
                let request = try await connection.begin(
                    "PATCH", session, headers: [("Content-Length", "2000000"), admin.credentials])
                try await request.write(Array(Self.blob.bytes.prefix(Self.sent)))
                try await eventually("some of the chunk is on the disk") {
                    try await admin.send("GET", session, to: first).receivedBytes ?? 0 >= 1024 * 1024
                }
                if isKilled { await first.kill() } else { #expect(await first.stop() == 0) }
            }
            try await withBerthProcess(in: first.installation) { second in
                let status = try await admin.send("GET", session, to: second).requiring(204)
                let received = try #require(status.receivedBytes)
                #expect((1024 * 1024...Self.sent).contains(received))
                let path = "\(second.installation.storage)/uploads/\(session.split(separator: "/").last ?? "")"
                #expect(
                    FileManager.default.contents(atPath: path).map(Array.init) == Array(Self.blob.bytes[..<received]))

                let rest = Array(Self.blob.bytes[received...])
                let early = try await admin.send(
                    "PATCH", session, to: second, headers: [("Content-Range", "0-9")],
                    body: .bytes(Array(Self.blob.bytes.prefix(10))))
                #expect(early.status == 416 && early.receivedBytes == received)
                let finished = try await admin.send(
                    "PUT", "\(session)?digest=\(Self.blob.digest)", to: second,
                    headers: [("Content-Range", "\(received)-\(Self.blob.bytes.count - 1)")], body: .bytes(rest))
                #expect(finished.status == 201)
                let pulled = try await admin.send(
                    "GET", "/v2/\(AdminSession.repository)/blobs/\(Self.blob.digest)", to: second)
                #expect(pulled.body == Self.blob.bytes)
            }
        }
    }
}

/// The first account of a server in a process of its own, with a token for one repository that outlives the process.
private struct AdminSession: Sendable {
    static let repository = "ships/ferry"

    private let token: String

    var credentials: (String, String) { TestClient.bearer(token) }

    init(on server: BerthProcess) async throws {
        try await server.run("org", "add", "ships", "--account", "admin").orThrow()
        let answer = try await TestClient(server).send(
            "GET", "/token?service=berth&scope=repository:\(Self.repository):pull,push",
            headers: [TestClient.basic("admin", server.installation.adminPassword)])
        token = try answer.requiring(200).json(TokenBody.self).token
    }

    func send(
        _ method: String, _ path: String, to server: BerthProcess, headers: [(String, String)] = [],
        body: TestBody = .none
    ) async throws -> TestResponse {
        try await TestClient(server).send(method, path, headers: headers + [credentials], body: body)
    }
}

private struct TokenBody: Decodable {
    let token: String
}
