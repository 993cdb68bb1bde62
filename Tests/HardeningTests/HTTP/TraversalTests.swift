import BerthOCI
import BerthTestBasics
import BerthTestSupport
import Foundation
import Testing

@Suite struct TraversalTests {
    private static let climbs = [
        "..", "../..", "%2e%2e", "%2E%2E%2F%2e%2e", "..%2f..%2f", "%252e%252e%252f", "..%5c..%5c", "..\\..\\", "....//",
        "%c0%ae%c0%ae/", "%e0%80%ae%e0%80%ae%2f", "..;/..;", "..%00/", "%2F%2F%2F..", ".%00.", "%uff0e%uff0e/", "./.",
        "a/../../..", "~", "%ff%fe", "..%c0%af",
    ]

    private static let places = [
        "/v2/acme/app/manifests/X", "/v2/acme/app/manifests/X/secret", "/v2/acme/app/blobs/X",
        "/v2/acme/app/blobs/sha256:X/secret", "/v2/acme/app/blobs/uploads/X", "/v2/acme/app/blobs/uploads/X/secret",
        "/v2/X/secret/tags/list", "/v2/acme/X/manifests/secret", "/v2/acme/app/X/other/manifests/v1",
        "/v2/acme/app/referrers/X", "/v2/X", "/X/secret", "/X", "/healthz/X", "/.well-known/X/secret",
        "/v2/manage/namespaces/X/repos", "/v2/manage/namespaces/acme/repos/X", "/v2/manage/X/secret",
    ]

    /// Every file below a directory but those of the database, which is written to all the time.
    private static func files(in directory: TemporaryDirectory) throws -> Set<String> {
        Set(
            try FileManager.default.subpathsOfDirectory(atPath: directory.path).filter {
                !$0.contains("berth.sqlite")
            })
    }

    @Test(
        "S-56 no spelling of a path leads out of where it begins, to another repository or to a file", arguments: climbs
    )
    func reads(climb: String) async throws {
        try await withScenario { scenario in
            let canary = "canary of \(UUID().uuidString)"
            for name in ["secret", "storage/secret", "storage/uploads/secret", "certs/secret"] {
                try Data(canary.utf8).write(to: URL(filePath: scenario.server.directory.file(name)))
            }
            let image = try SampleManifest.image("of another repository", annotations: ["canary": canary])
            try await scenario.push(image, to: "acme/other", tag: "v1")
            for place in Self.places {
                let path = place.replacing("X", with: climb)
                let response = try await scenario.send("GET", path)
                #expect((400...405).contains(response.status), "\(path) \(response.status)")
                #expect(response.header("Location") == nil, "\(path)")
                #expect(!response.text.contains(canary), "\(path)")
            }
        }
    }

    @Test("S-56 what is written to a path with dots is written nowhere", arguments: climbs)
    func writes(climb: String) async throws {
        try await withScenario { scenario in
            let blob = SampleBlob("a blob")
            let before = try Self.files(in: scenario.server.directory)
            for (method, place) in [
                ("POST", "/v2/acme/X/blobs/uploads/?digest=\(blob.digest)"), ("PATCH", "/v2/acme/app/blobs/uploads/X"),
                ("PUT", "/v2/acme/app/blobs/uploads/X?digest=\(blob.digest)"),
                ("PUT", "/v2/acme/app/blobs/uploads/X/secret?digest=\(blob.digest)"),
                ("DELETE", "/v2/acme/app/blobs/uploads/X"), ("DELETE", "/v2/acme/app/blobs/sha256:X"),
                ("POST", "/v2/acme/app/blobs/uploads/?digest=sha256:X"), ("PUT", "/v2/acme/app/manifests/X"),
            ] {
                let path = place.replacing("X", with: climb)
                let response = try await scenario.send(method, path, body: .bytes(blob.bytes))
                #expect((400...405).contains(response.status), "\(method) \(path) \(response.status)")
                #expect(response.header("Location") == nil, "\(method) \(path)")
            }
            #expect(try Self.files(in: scenario.server.directory) == before)
        }
    }

    @Test("S-56 a path is not cleaned up: one resource has one spelling")
    func oneSpelling() async throws {
        try await withScenario { scenario in
            try await scenario.push(SampleManifest.image(), to: "acme/app", tag: "v1")
            for path in [
                "/v2//acme/app/manifests/v1", "//v2/acme/app/manifests/v1", "/v2/acme//app/manifests/v1",
                "/v2/./acme/app/manifests/v1", "/v2/acme/x/../app/manifests/v1", "/v2/acme/app/manifests//v1",
                "/v2/acme/app/manifests/%76%31", "/v2/%61cme/app/manifests/v1", "/v2/acme%2fapp/manifests/v1",
                "/V2/acme/app/manifests/v1", "/v2/acme/app/manifests/v1;x=y", "/v2/acme/app/Manifests/v1",
                "/v2/acme/app/manifests/v1%20", "/v2/acme/app/manifests/v1%00",
            ] {
                let response = try await scenario.send("GET", path)
                #expect([400, 404].contains(response.status), "\(path) \(response.status)")
                #expect(response.header("Location") == nil, "\(path)")
            }
        }
    }
}
