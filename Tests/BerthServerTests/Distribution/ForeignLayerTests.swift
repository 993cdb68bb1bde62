import BerthOCI
import BerthOutbound
import BerthRegistry
import BerthServer
import BerthTestSupport
import Testing

@Suite("Layers that are said to be elsewhere")
struct ForeignLayerTests {
    @Test("S-77 the registry calls no URL that a manifest names, though it could")
    func urls() async throws {
        var configuration = Server.Configuration()
        configuration.outbound.allowed = [try #require(AddressBlock("127.0.0.0/8"))]
        try await withReceiver { [configuration] receiver in
            try await withServer(configuration: configuration) { server in
                let scenario = try await Scenario(on: server)
                let config = SampleBlob("{}", mediaType: .ociConfig)
                let layer = SampleBlob("held here")
                let foreign = SampleBlob("held elsewhere")
                let urls = "\"urls\":[\"\(receiver.url)/layer\",\"http://169.254.169.254/\",\"file:///etc/passwd\"]"
                let text = """
                    {"schemaVersion":2,"mediaType":"\(MediaType.ociManifest)","config":{"mediaType":\
                    "\(config.mediaType)","digest":"\(config.digest)","size":2,\(urls)},"layers":[{"mediaType":\
                    "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip","digest":"\(foreign.digest)",\
                    "size":\(foreign.bytes.count),\(urls)},{"mediaType":"application/vnd.oci.image.layer.v1.tar",\
                    "digest":"\(layer.digest)","size":\(layer.bytes.count),\(urls)}]}
                    """
                let image = SampleManifest(bytes: Array(text.utf8), mediaType: .ociManifest, blobs: [config, layer])
                #expect(try await scenario.push(image, to: "acme/app", tag: "v1").status == 201)
                #expect(try await scenario.send("GET", "/v2/acme/app/manifests/v1").body == image.bytes)
                let absent = try await scenario.send("GET", "/v2/acme/app/blobs/\(foreign.digest)")
                #expect(absent.status == 404 && absent.header("Location") == nil)
                let index = try SampleManifest.index(of: [image.descriptor])
                #expect(try await scenario.push(index, to: "acme/app", tag: "index").status == 201)
                #expect(try await scenario.manage("GET", "/v2/manage/namespaces/acme/repos/app/tags").status == 200)
                #expect(try await scenario.registry.verify().damaged.isEmpty)
                _ = try await scenario.registry.collectGarbage()
            }
            #expect(receiver.requests.isEmpty)
        }
    }
}
