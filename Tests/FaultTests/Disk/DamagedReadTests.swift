import BerthOCI
import BerthTestSupport
import Foundation
import Testing

/// Disks that give back other bytes than were written, fewer, or none.
///
/// Berth does not hash a large blob whenever it is pulled: clients do, and `berth verify` does. What it promises of a
/// pull is the right length, or an end that nobody takes for the whole. A small one is pulled right or not at all.
@Suite struct DamagedReadTests {
    private static let large = SampleBlob([UInt8](repeating: 7, count: 24 * 1024 * 1024))

    @Test("R-19 a flipped bit is found by verify, which names the blob; a pull has the length that was promised")
    func flippedBit() async throws {
        try await withFaultServer { site, server, client in
            let blob = SampleBlob(random: 17 * 1024)
            #expect(try await client.push(blob).status == 201)
            try site.installation.damage(blob.digest, .flippedBit)
            let answer = try await client.blob(blob.digest)
            #expect(answer.status == 200 && answer.body.count == blob.bytes.count && answer.body != blob.bytes)
            let damaged = try await site.verify().damaged
            #expect(damaged.count == 1 && damaged[0].contains("\(blob.digest)"))
        }
    }

    @Test("R-19 a small blob with a flipped bit is answered 404 and logged, never served")
    func flippedBitOfSmallBlob() async throws {
        try await withFaultServer { site, server, client in
            let blob = SampleBlob("bytes of which one will flip")
            #expect(try await client.push(blob).status == 201)
            try site.installation.damage(blob.digest, .flippedBit)
            let status = try await client.blob(blob.digest).status
            #expect(status == 404)
            #expect(server.log.contains("blob is damaged or missing berth.digest=\(blob.digest)"))
        }
    }

    @Test("R-19 a file that is too short is answered 404, logged and reported, never 200")
    func shortFile() async throws {
        try await withFaultServer { site, server, client in
            let blob = SampleBlob("bytes of which half will go")
            #expect(try await client.push(blob).status == 201)
            try site.installation.damage(blob.digest, .lostEnd)
            for method in ["GET", "HEAD"] {
                #expect(try await client.send(method, "blobs/\(blob.digest)").status == 404)
            }
            #expect(server.log.contains("blob is damaged or missing berth.digest=\(blob.digest)"))
            #expect(try await site.verify().damaged.count == 1)
        }
    }

    @Test("R-19 a disk that fails in the middle of a pull breaks the connection off", arguments: ["read", "sendfile"])
    func failingRead(call: String) async throws {
        let calls = try await FailingCalls()
        try await withFaultServer(launcher: calls.launcher) { site, server, client async throws in
            #expect(try await client.push(Self.large).status == 201)
            #expect(try await client.blob(Self.large.digest).body == Self.large.bytes)
            // The blob goes out in three pieces of 8 MiB.
            for nth in [1, 2, 3] as [Int32] {
                try await Self.waitForReaders(of: server)
                try calls.arm(call, on: "/\(Self.large.digest.hex)", code: EIO, nth: nth)
                let answer = try? await client.blob(Self.large.digest)
                #expect(try calls.disarm().failed == 1)
                #expect(answer == nil || (500..<600).contains(answer?.status ?? 0), "\(nth): \(answer?.status ?? 0)")
            }
            #expect(try await client.blob(Self.large.digest).body == Self.large.bytes)
        }
    }

    @Test("R-19 under TLS, too, a disk that fails in the middle of a pull breaks the connection off")
    func failingReadUnderTLS() async throws {
        let calls = try await FailingCalls()
        try await withFaultSite(launcher: calls.launcher) { site async throws in
            try await site.installation.run(["certs", "create", "--host", "127.0.0.1"]).orThrow()
            try await withBerthProcess(["--tls", "files"], in: site.installation) { server async throws in
                let client = site.client(of: server)
                #expect(try await client.push(Self.large).status == 201)
                for nth in [1, 2, 40] as [Int32] {
                    try await Self.waitForReaders(of: server)
                    try calls.arm("read", on: "/\(Self.large.digest.hex)", code: EIO, nth: nth)
                    let answer = try? await client.blob(Self.large.digest)
                    #expect(try calls.disarm().failed == 1)
                    // The second read may be ahead of a `sendfile` that TLS does not do; its bytes are then read again.
                    let isReadAgain = nth == 2 && answer?.body == Self.large.bytes
                    #expect(answer == nil || (500..<600).contains(answer?.status ?? 0) || isReadAgain, "\(nth)")
                }
                #expect(try await client.blob(Self.large.digest).body == Self.large.bytes)
            }
        }
    }

    /// Waits until no earlier transfer has the file open, whose last read could be the one that is to fail.
    private static func waitForReaders(of server: BerthProcess) async throws {
        let directory = "/proc/\(server.processIdentifier)/fd"
        try await eventually("the last transfer lets go of the file") {
            try FileManager.default.contentsOfDirectory(atPath: directory).allSatisfy { name in
                let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "\(directory)/\(name)")
                return target?.contains(large.digest.hex) != true
            }
        }
    }

    @Test("R-19 a file that is cut off while it is pulled breaks the connection off")
    func cutOff() async throws {
        try await withFaultServer { site, server, client in
            #expect(try await client.push(Self.large).status == 201)
            let path = site.installation.path(of: Self.large.digest)
            let cut = Flag()
            let (header, value) = client.login.header
            let request =
                "GET /v2/\(client.repository)/blobs/\(Self.large.digest) HTTP/1.1\r\n"
                + "Host: \(server.authority)\r\n\(header): \(value)\r\n\r\n"
            let received = try await client.client.sendRaw(Array(request.utf8), limit: 2 * Self.large.bytes.count) {
                _ in
                if cut.set() { truncate(path, off_t(Self.large.bytes.count / 2)) }
                return false
            }
            #expect(String(decoding: received.prefix(15), as: UTF8.self) == "HTTP/1.1 200 OK")
            #expect(received.count > 200 && received.count < Self.large.bytes.count, "\(received.count)")
            #expect(try await client.send("HEAD", "blobs/\(Self.large.digest)").status == 404)
            #expect(try await site.verify().damaged.count == 1)
        }
    }
}
