import BerthOCI
import BerthTestSupport
import Foundation
import Testing

/// What a power cut would need, seen in the system calls of the real program.
@Suite(.enabled(if: SystemCallTrace.isPossible, "strace is not installed or may not trace here"))
struct DurabilityOrderTests {
    private typealias Call = SystemCallTrace.Call

    @Test("R-12 a push is synced, renamed, its directory synced and its row synced, in this order, before 201")
    func order() async throws {
        try await withFaultSite { site in
            let image = try SampleManifest.image("a push that is traced")
            let path = site.installation.directory + "/trace"
            let server = try await BerthProcess.start(
                in: site.installation, launcher: SystemCallTrace.launcher(writingTo: path))
            let status = try await site.client(of: server).pushImage(image, as: "1").status
            await server.stop()
            #expect(status == 201)
            var text = ""
            try await eventually("the trace is complete") {
                text = String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
                return text.split(separator: "\n").contains {
                    $0.hasPrefix("\(server.processIdentifier) ") && $0.contains("+++ exited")
                }
            }
            let trace = SystemCallTrace(parsing: text)
            if FaultSettings.printsTrace { print(trace.shortened(of: site.installation.storage)) }

            let answers = trace.calls(["write", "writev", "sendto", "sendmsg"], on: "HTTP/1.1 201")
            try #require(answers.count == 3, "\(trace.shortened(of: site.installation.storage))")
            for (blob, answer) in zip(image.blobs, answers) {
                try checkBlob(blob.digest, answeredBy: answer, in: trace)
            }
            try checkCommit(after: answers[1].end, before: answers[2], in: trace)
        }
    }

    /// Checks the calls that publish one blob.
    private func checkBlob(_ digest: Digest, answeredBy answer: Call, in trace: SystemCallTrace) throws {
        let syncs: Set = ["fsync", "fdatasync"]
        let rename = try #require(
            trace.calls(["rename", "renameat", "renameat2"], on: "/\(digest.hex)").first { $0.end < answer.start })
        let staged = try #require(rename.text.firstMatch(of: /\/uploads\/[0-9a-f-]+/)?.output)
        let lastWrite = try #require(trace.calls(["pwrite64", "write"], on: "\(staged)>").last)
        let fileSync = try #require(trace.calls(syncs, on: "\(staged)>").last)
        #expect(lastWrite.end < fileSync.start && fileSync.end < rename.start && fileSync.text.contains("= 0"))

        let shard = "/blobs/sha256/\(digest.hex.prefix(2))>"
        let directorySync = try #require(trace.calls(syncs, on: shard).first { $0.start > rename.end })
        #expect(directorySync.text.contains("= 0"))
        try checkCommit(after: directorySync.end, before: answer, in: trace)
    }

    /// Checks that the log of the database is written and then synced between two points.
    private func checkCommit(after start: Int, before answer: Call, in trace: SystemCallTrace) throws {
        let between = trace.calls.filter { $0.start > start && $0.start < answer.start }
        let commit = try #require(
            between.last { ["pwrite64", "write"].contains($0.name) && $0.text.contains("/berth.sqlite-wal>") })
        #expect(
            between.contains {
                ["fsync", "fdatasync"].contains($0.name) && $0.text.contains("/berth.sqlite-wal>")
                    && $0.start > commit.end && $0.end < answer.start
            })
    }
}
