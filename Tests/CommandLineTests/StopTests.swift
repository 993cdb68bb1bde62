import BerthOCI
import BerthTestBasics
import BerthTestSupport
import Foundation
import Testing

@Suite struct StopTests {
    /// More than the buffers of a connection hold, so that a reader who waits holds the server up.
    private static let large = SampleBlob([UInt8](repeating: 7, count: 48 * 1024 * 1024))

    /// A download whose reader waits for a word before it reads: curl into a pipe that nobody reads from.
    private struct SlowDownload {
        let directory: TemporaryDirectory
        let child: ChildProcess

        init(_ site: Site, _ path: String) async throws {
            directory = try TemporaryDirectory()
            let gate = directory.path + "/gate"
            try await Tool.run(["mkfifo", gate]).orThrow()
            let headers = directory.path + "/headers"
            child = try ChildProcess([
                "sh", "-c", #"curl -sSkN --fail -u "$1:$2" -D "$3" "$4" | { read -r word < "$5"; sha256sum; }"#, "sh",
                site.acme.name, site.acme.password, headers, site.server.url + path, gate,
            ])
            try await eventually("the download begins") {
                String(decoding: FileManager.default.contents(atPath: headers) ?? Data(), as: UTF8.self)
                    .contains("200 OK")
            }
        }

        /// Lets the reader go on, and gives back what it got, as `sha256sum` says.
        func finish() async throws -> String {
            try await Tool.run(["sh", "-c", #"echo go > "$1""#, "sh", directory.path + "/gate"]).orThrow()
            return String(await child.output().prefix { $0 != " " })
        }
    }

    @Test("R-47 SIGTERM lets a slow download end, takes no more connections, is not ready meanwhile, and exits 0")
    func graceful() async throws {
        try await withSite { site in
            try await site.push(Self.large, to: "ships/ferry")
            let download = try await SlowDownload(site, "/v2/ships/ferry/blobs/\(Self.large.digest)")
            #expect(try await site.send("GET", "/readyz").status == 200)
            async let status = site.server.stop()
            try await eventually("the server takes no more connections, or says that it is not ready") {
                (try? await site.send("GET", "/readyz").status) != 200
            }
            try await eventually("the server takes no more connections") {
                (try? await site.send("GET", "/healthz")) == nil
            }
            let sum = try await download.finish()
            #expect("sha256:\(sum)" == Self.large.digest.description)
            #expect(await status == 0)
            try await withBerthProcess(in: site.installation) { server in
                let site = Site(server: server, acme: site.acme, globex: site.globex)
                #expect(try await site.send("GET", "/readyz").status == 200)
                let answer = try await site.send("HEAD", "/v2/ships/ferry/blobs/\(Self.large.digest)", as: site.acme)
                #expect(answer.status == 200 && answer.header("Content-Length") == "\(Self.large.bytes.count)")
            }
        }
    }

    @Test(
        "a download that does not end holds the server up for shutdown.grace and not for ever; the status is 0",
        arguments: ["off", "files"])
    func bounded(tls: String) async throws {
        try await withSite { site in
            try await site.push(Self.large, to: "ships/ferry")
            try await site.done("certs", "create", "--host", "127.0.0.1")
            await site.server.stop()
            let flags = ["--shutdown-grace", "1s", "--tls", tls]
            try await withBerthProcess(flags, in: site.installation) { server in
                let site = Site(server: server, acme: site.acme, globex: site.globex)
                let download = try await SlowDownload(site, "/v2/ships/ferry/blobs/\(Self.large.digest)")
                let clock = ContinuousClock()
                let start = clock.now
                #expect(await server.stop() == 0, "\(server.log)")
                #expect(clock.now - start < .seconds(25))
                let sum = try await download.finish()
                #expect("sha256:\(sum)" != Self.large.digest.description)
            }
        }
    }

    @Test("an idle connection does not hold the server up")
    func idle() async throws {
        try await withSite { site in
            try await site.client.withConnection { connection async throws in
                #expect(try await connection.send("GET", "/healthz").status == 200)
                let clock = ContinuousClock()
                let start = clock.now
                #expect(await site.server.stop() == 0)
                #expect(clock.now - start < .seconds(25))
            }
        }
    }

    @Test("a second server on the same data is refused in one sentence and harms nothing")
    func second() async throws {
        try await withSite { site in
            let second = try await site.installation.run(["serve", "--listen", "127.0.0.1:0"])
            #expect(try second.refusal().contains("another berth serve"))
            #expect(try await site.send("GET", "/readyz").status == 200)
        }
    }

    @Test("SIGINT stops it as well")
    func interrupt() async throws {
        try await withSite { site in
            kill(site.server.processIdentifier, SIGINT)
            #expect(await site.server.stop() == 0)
        }
    }

    @Test(
        "an upload survives kill -9: its status after the next start tells what was acknowledged, and it can be ended")
    func uploads() async throws {
        try await withSite { site in
            let blob = SampleBlob((0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31) })
            let (head, tail) = (Array(blob.bytes.prefix(60_000)), Array(blob.bytes.dropFirst(60_000)))
            let kept = try SampleManifest.image("pushed before the kill")
            try await site.push(kept, to: "ships/ferry")
            let start = try await site.send("POST", "/v2/ships/ferry/blobs/uploads/", as: site.acme)
            let location = try #require(start.header("Location"))
            let patch = try await site.send(
                "PATCH", location, as: site.acme,
                headers: [("Content-Type", "application/octet-stream"), ("Content-Range", "0-59999")],
                body: .bytes(head))
            #expect(patch.status == 202 && patch.header("Range") == "0-59999")
            let next = try #require(patch.header("Location"))
            await site.server.kill()

            try await withBerthProcess(in: site.installation) { server in
                let site = Site(server: server, acme: site.acme, globex: site.globex)
                #expect(try await site.pull("ships/ferry", as: site.acme) == 200)
                let status = try await site.send("GET", next, as: site.acme)
                #expect(status.status == 204 && status.header("Range") == "0-59999")
                let last = try #require(status.header("Location"))
                let mark = last.contains("?") ? "&" : "?"
                let put = try await site.send(
                    "PUT", "\(last)\(mark)digest=\(blob.digest)", as: site.acme,
                    headers: [("Content-Type", "application/octet-stream"), ("Content-Range", "60000-99999")],
                    body: .bytes(tail))
                #expect(put.status == 201, "\(put.text)")
                let pulled = try await site.send("GET", "/v2/ships/ferry/blobs/\(blob.digest)", as: site.acme)
                #expect(pulled.body == blob.bytes)
                #expect(try await site.berth("verify").status == 0)
            }
        }
    }
}
