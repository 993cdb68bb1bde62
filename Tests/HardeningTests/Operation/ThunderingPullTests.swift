import BerthTestSupport
import Testing

/// Everybody wants the same image at the same moment.
@Suite("Thundering pulls")
struct ThunderingPullTests {
    @Test("R-51 many clients that pull one image at once all get it whole, and the server lets go of every file")
    func manyPulls() async throws {
        try await withScenario { scenario in
            let layer = SampleBlob(random: 256 * 1024)
            let image = try SampleManifest.image("wanted", of: [layer])
            try await scenario.push(image, to: "acme/app", tag: "v1")
            let token = TestClient.bearer(try await scenario.token(for: .reader, scope: "repository:acme/app:pull"))
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<150 {
                    group.addTask {
                        try await scenario.client.withConnection { connection in
                            let manifest = try await connection.send(
                                "GET", "/v2/acme/app/manifests/v1", headers: [token])
                            #expect(manifest.status == 200 && manifest.body == image.bytes)
                            let blob = try await connection.send(
                                "GET", "/v2/acme/app/blobs/\(layer.digest)", headers: [token])
                            #expect(blob.status == 200 && blob.body == layer.bytes)
                        }
                    }
                }
                try await group.waitForAll()
            }
            let file = scenario.server.path(of: layer.digest)
            try await eventually("every file is closed") { TestServer.openDescriptors(of: file) == 0 }
            #expect(try await scenario.send("GET", "/v2/acme/app/manifests/v1").status == 200)
        }
    }
}
