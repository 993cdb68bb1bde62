import BerthCatalog
import BerthOCI
import BerthRegistry
import BerthTestSupport
import Foundation
import Testing

/// The one writer of the database, under many pushes and beside pulls.
@Suite struct DatabaseLoadTests {
    @Test("R-21 pushes of many images at once, counted and audited, meet no locked database and are all there")
    func contention() async throws {
        try await withScenario { scenario in
            let layers = (0..<10).map { SampleBlob("layer \($0)") }
            let statuses = try await scenario.atOnce(24) { scenario, number in
                for layer in layers { try await scenario.push(layer, to: "acme/app\(number)") }
                return try await scenario.push(
                    try SampleManifest.image("image \(number)"), to: "acme/app\(number)", tag: "1")
            }
            #expect(statuses == Array(repeating: 201, count: 24))
            for number in 0..<24 { #expect(try await scenario.tags(of: "acme/app\(number)") == ["1"]) }
            #expect(!scenario.server.log.lines.contains { $0.contains("request failed") || $0.contains("locked") })
            try await scenario.registry.recordTraffic()
        }
    }

    @Test("R-22 pulls, counted and audited, go on while the database's writer is busy")
    func pullsDoNotWait() async throws {
        try await withScenario { scenario in
            let image = try SampleManifest.image("pulled")
            try await scenario.push(image, to: "acme/app", tag: "1")
            try await scenario.share("acme/app")
            let (busy, isBusy) = AsyncStream<Void>.makeStream()
            let release = DispatchSemaphore(value: 0)
            let writer = Task {
                try await scenario.registry.catalog.write { _ in
                    isBusy.finish()
                    release.wait()
                }
            }
            for await _ in busy {}
            for _ in 0..<20 {
                #expect(
                    try await scenario.send("GET", "/v2/acme/app/manifests/1", as: .receiver).body == image.bytes)
                let layer = image.blobs[1]
                let path = "/v2/acme/app/blobs/\(layer.digest)"
                #expect(try await scenario.send("GET", path, as: .receiver).body == layer.bytes)
            }
            release.signal()
            try await writer.value
        }
    }
}
