import BerthOCI
import BerthTestSupport
import Foundation
import Testing

@Suite struct ManifestConfusionTests {
    private static let config = SampleBlob("{}", mediaType: .ociConfig)
    private static let layer = SampleBlob(
        "a layer", mediaType: MediaType(rawValue: "application/vnd.oci.image.layer.v1.tar"))
    private static let image = MediaType.ociManifest.rawValue
    private static let index = MediaType.ociIndex.rawValue

    private static func descriptor(
        _ blob: SampleBlob, digest: String? = nil, size: String? = nil, more: String = ""
    ) -> String {
        """
        {"mediaType":"\(blob.mediaType)","digest":"\(digest ?? "\(blob.digest)")",\
        "size":\(size ?? "\(blob.bytes.count)")\(more)}
        """
    }

    private static func document(
        _ mediaType: String?, config: String? = descriptor(config), layers: String? = "[\(descriptor(layer))]",
        manifests: String? = nil, more: String = ""
    ) -> String {
        var fields = ["\"schemaVersion\":2"]
        if let mediaType { fields.append("\"mediaType\":\"\(mediaType)\"") }
        if let config { fields.append("\"config\":\(config)") }
        if let layers { fields.append("\"layers\":\(layers)") }
        if let manifests { fields.append("\"manifests\":\(manifests)") }
        return "{" + fields.joined(separator: ",") + more + "}"
    }

    private func put(
        _ scenario: Scenario, _ text: String, as type: String?, to reference: String = "v1"
    ) async throws -> TestResponse {
        try await scenario.send(
            "PUT", "/v2/acme/app/manifests/\(reference)", headers: type.map { [("Content-Type", $0)] } ?? [],
            body: .bytes(Array(text.utf8)))
    }

    private func withBlobs(_ body: @escaping @Sendable (Scenario) async throws -> Void) async throws {
        try await withScenario { scenario in
            for blob in [Self.config, Self.layer] { try await scenario.push(blob, to: "acme/app") }
            try await body(scenario)
        }
    }

    @Test(
        "S-67 what could be taken for two kinds of manifest is refused and stored as neither",
        arguments: [
            (document(image, manifests: "[]"), image), (document(index, manifests: "[]"), index),
            (document(nil, manifests: "[]"), nil), (document(nil, manifests: "[]"), image),
            (document(index, layers: nil, manifests: "[]"), index), (document(image), index), (document(nil), index),
            (document(index, config: nil, layers: nil, manifests: "[]"), image),
            (document(image, more: ",\"Manifests\":[]"), image), (document(image, more: ",\"layers\":[]"), image),
            (document(nil), MediaType.dockerManifest.rawValue), (document(image), MediaType.dockerManifest.rawValue),
            (document(image), "application/json"), (document(image), "text/html"),
        ] as [(String, String?)])
    func twoKinds(text: String, type: String?) async throws {
        try await withBlobs { scenario in
            let response = try await put(scenario, text, as: type)
            #expect(response.status == 400)
            #expect(response.errorCodes == ["MANIFEST_INVALID"])
            #expect(try await scenario.send("GET", "/v2/acme/app/manifests/v1").status == 404)
        }
    }

    @Test("S-67 what a manifest was taken for when it was pushed is what everybody is given")
    func decidedOnce() async throws {
        try await withBlobs { scenario in
            let text = Self.document(nil)
            let digest = SampleBlob(text).digest
            for type in [Self.image, nil, Self.image + "; charset=utf-8"] {
                #expect(try await put(scenario, text, as: type).status == 201)
                #expect(try await put(scenario, text, as: Self.index, to: "v2").status == 400)
                for accept in [Self.index, Self.image, "*/*", MediaType.dockerManifest.rawValue] {
                    for reference in ["v1", "\(digest)"] {
                        let got = try await scenario.send(
                            "GET", "/v2/acme/app/manifests/\(reference)", headers: [("Accept", accept)])
                        #expect(got.header("Content-Type") == Self.image)
                        #expect(got.header("Docker-Content-Digest") == "\(digest)")
                        #expect(got.text == text)
                    }
                }
            }
        }
    }

    @Test(
        "S-68 manifests of schema 1 and documents of other types are refused by name",
        arguments: [
            MediaType.dockerSchema1.rawValue, MediaType.dockerSignedSchema1.rawValue, "application/vnd.x+json",
            "application/json", "application/octet-stream", "application/x-www-form-urlencoded",
        ])
    func otherTypes(type: String) async throws {
        try await withBlobs { scenario in
            for text in [Self.document(type), Self.document(nil), #"{"schemaVersion":1,"fsLayers":[],"history":[]}"#] {
                let response = try await put(scenario, text, as: type)
                #expect(response.status == 400)
                #expect(response.errorCodes == ["MANIFEST_INVALID"])
            }
            #expect(try await scenario.tags(of: "acme/app", query: "").isEmpty)
        }
    }

    @Test(
        "S-69 a descriptor that lies about size, digest or content is refused",
        arguments: [
            document(image, config: descriptor(config, size: "3")),
            document(image, config: descriptor(config, size: "1")),
            document(image, layers: "[\(descriptor(layer, size: "8"))]"),
            document(image, layers: "[\(descriptor(layer, size: "6"))]"),
            document(image, layers: "[\(descriptor(layer, size: "-7"))]"),
            document(image, layers: "[\(descriptor(layer, size: "9223372036854775808"))]"),
            document(image, layers: "[\(descriptor(layer, size: "9223372036854775807"))]"),
            document(image, layers: "[\(descriptor(layer, size: "7.0"))]"),
            document(image, layers: "[\(descriptor(layer, size: "7e0"))]"),
            document(image, layers: "[\(descriptor(layer, size: "\"7\""))]"),
            document(image, layers: "[\(descriptor(layer, size: "null"))]"),
            document(image, layers: "[\(descriptor(layer, digest: "\(layer.digest)".uppercased()))]"),
            document(image, layers: "[\(descriptor(layer, digest: "md5:" + String(repeating: "a", count: 32)))]"),
            document(image, layers: "[\(descriptor(layer, digest: "sha256:\(layer.digest.hex.uppercased())"))]"),
            document(image, layers: "[\(descriptor(layer, digest: "sha512:\(layer.digest.hex)"))]"),
            document(image, config: descriptor(config, more: ",\"data\":\"e30K\"")),
            document(image, config: descriptor(config, more: ",\"data\":\"W10=\"")),
            document(image, config: descriptor(config, more: ",\"data\":\"e30\"")),
            document(image, layers: "[\(descriptor(layer)),\(descriptor(layer, size: "8"))]"),
            document(image, more: ",\"subject\":\(descriptor(layer, size: "8"))"),
            document(
                image, more: ",\"subject\":\(descriptor(SampleBlob("elsewhere"), more: ",\"data\":\"AAAAAAAAAAAA\""))"),
        ])
    func lies(text: String) async throws {
        try await withBlobs { scenario in
            let response = try await put(scenario, text, as: Self.image)
            #expect(response.status == 400)
            #expect(["MANIFEST_INVALID", "SIZE_INVALID"].contains(response.errorCodes.first))
            #expect(try await scenario.send("GET", "/v2/acme/app/manifests/v1").status == 404)
        }
    }

    @Test("S-69 an index that lies about the size of what it lists is refused, and one that does not is taken")
    func lyingIndex() async throws {
        try await withBlobs { scenario in
            let child = Self.document(Self.image)
            let pushed = try await put(scenario, child, as: Self.image, to: "child")
            #expect(pushed.status == 201)
            let blob = SampleBlob(child, mediaType: .ociManifest)
            for (size, status) in [(child.utf8.count + 1, 400), (0, 400), (child.utf8.count, 201)] {
                let text = Self.document(
                    Self.index, config: nil, layers: nil,
                    manifests: "[\(Self.descriptor(blob, size: "\(size)"))]")
                #expect(try await put(scenario, text, as: Self.index, to: "index").status == status, "\(size)")
            }
            let data = Data(child.utf8).base64EncodedString()
            let honest = Self.descriptor(blob, more: ",\"data\":\"\(data)\"")
            let text = Self.document(Self.index, config: nil, layers: nil, manifests: "[\(honest)]")
            #expect(try await put(scenario, text, as: Self.index, to: "embedded").status == 201)
        }
    }
}
