import BerthOCI
import BerthRegistry
import BerthTestSupport
import Foundation
import Testing

@Suite struct CompressedBombTests {
    /// A gzip of 20 MB of zeros, which is some twenty kilobytes.
    private static func bomb() async throws -> [UInt8] {
        let made = try await Tool.run(["sh", "-c", "head -c 20000000 /dev/zero | gzip -9 | base64 -w 0"]).orThrow()
        return Array(try #require(Data(base64Encoded: made.value)))
    }

    private static func image(config: SampleBlob, layer: SampleBlob, annotations: String = "{}") -> SampleManifest {
        SampleManifest(
            bytes: Array(
                """
                {"schemaVersion":2,"mediaType":"\(MediaType.ociManifest)","config":{"mediaType":"\(config.mediaType)",\
                "digest":"\(config.digest)","size":\(config.bytes.count)},"layers":[{"mediaType":"\(layer.mediaType)",\
                "digest":"\(layer.digest)","size":\(layer.bytes.count)}],"annotations":\(annotations)}
                """.utf8), mediaType: .ociManifest, blobs: [config, layer])
    }

    /// Pushes, lists, pulls and checks an image, and expects its bytes to be what they were.
    private func roundTrip(_ image: SampleManifest) async throws {
        try await withScenario { scenario in
            #expect(try await scenario.push(image, to: "acme/app", tag: "v1").status == 201)
            for blob in image.blobs {
                let pulled = try await scenario.send("GET", "/v2/acme/app/blobs/\(blob.digest)")
                #expect(pulled.body == blob.bytes)
                #expect(pulled.header("Content-Encoding") == nil)
            }
            for path in ["tags", "tags/v1", ""] {
                let listed = try await scenario.manage("GET", "/v2/manage/namespaces/acme/repos/app/\(path)")
                #expect(listed.status == 200, "\(path)")
                #expect(listed.body.count < 100_000, "\(path)")
            }
            #expect(try await scenario.registry.verify().damaged.isEmpty)
            let used = try await scenario.registry.showRepository(
                RepositoryName(parsing: "acme/app"), by: .dataOperator)
            let stored = image.blobs.reduce(image.bytes.count) { $0 + $1.bytes.count }
            #expect(used.repository.size == Int64(stored))
        }
    }

    private static let gzip = MediaType(rawValue: "application/vnd.oci.image.layer.v1.tar+gzip")

    @Test("S-71 a layer that would be huge unpacked is stored, counted and given back as it is")
    func bomb() async throws {
        let layer = SampleBlob(try await Self.bomb(), mediaType: Self.gzip)
        #expect(layer.bytes.count < 100_000)
        try await roundTrip(Self.image(config: SampleBlob("{}", mediaType: .ociConfig), layer: layer))
    }

    @Test("S-71 a layer that is no gzip although it says so is stored as well: nothing unpacks it")
    func broken() async throws {
        let layer = SampleBlob([0x1F, 0x8B, 8, 0xFF] + [UInt8](repeating: 0xFF, count: 1000), mediaType: Self.gzip)
        try await roundTrip(Self.image(config: SampleBlob("{}", mediaType: .ociConfig), layer: layer))
    }

    @Test("S-71 a config is never read: not a deep one, not a large one, not one that is packed")
    func configs() async throws {
        let layer = SampleBlob("a layer")
        let packed = try await Self.bomb()
        for bytes in [
            Array(String(repeating: "[", count: 5_000_000).utf8), packed, [0xFF, 0xFE, 0x00],
        ] {
            try await roundTrip(Self.image(config: SampleBlob(bytes, mediaType: .ociConfig), layer: layer))
        }
    }

    @Test("S-71 an archive in an annotation is a text")
    func annotation() async throws {
        let packed = Data(try await Self.bomb()).base64EncodedString()
        let image = Self.image(
            config: SampleBlob("{}", mediaType: .ociConfig), layer: SampleBlob("a layer"),
            annotations: "{\"io.artifacthub.package.logo\":\"\(packed)\"}")
        try await roundTrip(image)
    }

    @Test("S-71 a body that is sent packed is kept as it was sent")
    func contentEncoding() async throws {
        let packed = try await Self.bomb()
        try await withScenario { scenario in
            let blob = SampleBlob(packed)
            let encoding = [("Content-Encoding", "gzip")]
            let pushed = try await scenario.send(
                "POST", "/v2/acme/app/blobs/uploads/?digest=\(blob.digest)", headers: encoding, body: .bytes(packed))
            #expect(pushed.status == 201)
            let manifest = try await scenario.send(
                "PUT", "/v2/acme/app/manifests/v1",
                headers: encoding + [("Content-Type", MediaType.ociIndex.rawValue)], body: .bytes(packed))
            #expect(manifest.status == 400 && manifest.errorCodes == ["MANIFEST_INVALID"])
            let organization = try await scenario.client.send(
                "POST", "/v3/auth/tokens", headers: encoding, body: .bytes(packed))
            #expect(organization.status == 400)
        }
    }
}
