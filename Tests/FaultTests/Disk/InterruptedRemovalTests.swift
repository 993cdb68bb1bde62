import BerthTestSupport
import Foundation
import Testing

@Suite struct InterruptedRemovalTests {
    @Test("R-08 R-42 content whose removal was interrupted between row and file can be pushed again at once")
    func pushedAgain() async throws {
        let calls = try await FailingCalls()
        try await withFaultServer(launcher: calls.launcher) { site, server, client async throws in
            let blobs = (1...3).map { SampleBlob("garbage \($0)") }
            for blob in blobs { #expect(try await client.push(blob).status == 201) }
            for _ in blobs {
                // Each collection gets as far as the note of one removal, finishes those of the ones before, and fails.
                try calls.arm("unlink", on: "/blobs/", code: EIO, nth: -1)
                #expect(try await site.installation.run(["gc", "--grace", "0s"]).refusal().contains("unlink"))
                _ = try calls.disarm()
                let missing = try await missingBlobs(blobs, client)
                #expect(missing.count == blobs.count, "what is not referred to has gone from its repository")
                for (blob, route) in zip(missing, BlobRoute.allCases) {
                    let answer = try await client.push(blob, by: route)
                    #expect(answer.status == 201, "\(answer.status) \(answer.text)")
                    #expect(try await client.blob(blob.digest).body == blob.bytes)
                }
            }
            #expect(try await site.installation.run(["gc", "--grace", "0s"]).status == 0)
            let answer = try await site.verify()
            #expect(answer.damaged.isEmpty && answer.orphans.isEmpty)
        }
    }

    private func missingBlobs(_ blobs: [SampleBlob], _ client: RepositoryClient) async throws -> [SampleBlob] {
        var missing: [SampleBlob] = []
        for blob in blobs where try await client.send("HEAD", "blobs/\(blob.digest)").status == 404 {
            missing.append(blob)
        }
        return missing
    }
}
