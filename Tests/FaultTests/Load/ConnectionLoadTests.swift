import BerthOCI
import BerthTestSupport
import Foundation
import Testing

/// The real program with few descriptors and with much to do.
@Suite struct ConnectionLoadTests {
    /// Runs the server with at most so many open files.
    private static func descriptors(_ count: Int) -> [String] {
        ["sh", "-c", "ulimit -n \(count); exec \"$@\"", "sh"]
    }

    /// Files of the database are opened as more requests read at once and then kept; sockets are what could leak.
    private static func openSockets(of server: BerthProcess) throws -> Int {
        let directory = "/proc/\(server.processIdentifier)/fd"
        return try FileManager.default.contentsOfDirectory(atPath: directory).count { name in
            let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "\(directory)/\(name)")
            return target?.hasPrefix("socket:") == true
        }
    }

    @Test("R-49 more connections than descriptors: those that are served are served, and none leaks")
    func descriptors() async throws {
        try await withFaultServer(launcher: Self.descriptors(160)) { site, server, client async throws in
            let image = try SampleManifest.image("before")
            #expect(try await client.pushImage(image, as: "1").status == 201)
            let base = try Self.openSockets(of: server)
            try await Self.crowd(of: 400, at: client)
            try await eventually("the connections of the crowd are closed") {
                try Self.openSockets(of: server) <= base + 1
            }
            #expect(try await client.holds(image, as: "1"))
            #expect(try await client.pushImage(try SampleManifest.image("after"), as: "2").status == 201)
        }
    }

    /// Connections at once that each ask something and stay open until all have an answer or were turned away.
    private static func crowd(of count: Int, at client: RepositoryClient) async throws {
        let statuses = await withTaskGroup(of: Int?.self) { group in
            for _ in 0..<count {
                group.addTask { try? await client.send("GET", "tags/list").status }
            }
            return await group.reduce(into: [Int?]()) { $0.append($1) }
        }
        #expect(statuses.contains(200))
        #expect(statuses.allSatisfy { $0 == nil || $0 == 200 || $0 == 503 }, "\(Set(statuses))")
    }

    @Test("R-50 many large uploads at once take the memory of their buffers, not of their bytes")
    func memory() async throws {
        try await withFaultServer { site, server, client async throws in
            let part = [UInt8](repeating: 7, count: 1024 * 1024)
            let size = 24
            try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<40 {
                    group.addTask {
                        let head = Array("upload \(number)".utf8)
                        let upload = try await client.startUpload().requiring(202).requiredHeader("Location")
                        return try await client.send(
                            "PATCH", upload, body: .chunked([head] + Array(repeating: part, count: size))
                        ).status
                    }
                }
                for try await status in group { #expect(status == 202) }
            }
            let peak = try Self.peakMemory(of: server)
            #expect(peak < 256 * 1024 * 1024, "\(peak / 1024 / 1024) MiB for 40 uploads of \(size) MiB")
        }
    }

    /// The most memory that a process ever had at once, in bytes.
    private static func peakMemory(of server: BerthProcess) throws -> Int {
        let status = try String(contentsOfFile: "/proc/\(server.processIdentifier)/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
        return try #require(Int(line.filter(\.isNumber))) * 1024
    }
}
