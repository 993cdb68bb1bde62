import BerthOCI
import Testing

@Suite struct ManifestTests {
    @Test("an image has a config and layers in the order of the manifest")
    func image() throws {
        let layers = "[\(Sample.descriptor(1)),\(Sample.descriptor(2))]"
        let manifest = try parse(
            Sample.image(layers: layers, more: #","annotations":{"a":"b"},"unknown":[{"x":null}]"#))
        #expect(manifest.kind == .image)
        #expect(manifest.mediaType == .ociManifest)
        #expect(manifest.config?.mediaType == .ociConfig)
        #expect(manifest.layers.map(\.digest.description) == [Sample.digest(1), Sample.digest(2)])
        #expect(manifest.children.isEmpty)
        #expect(manifest.subject == nil)
        #expect(manifest.annotations == ["a": "b"])
    }

    @Test("an index has children with their platforms")
    func index() throws {
        let child = Sample.descriptor(
            1, Sample.ociManifest,
            more: #","platform":{"architecture":"arm","os":"linux","variant":"v7","os.version":"1"}"#)
        let manifest = try parse(Sample.index(manifests: "[\(child)]"), as: Sample.ociIndex)
        #expect(manifest.kind == .index)
        #expect(manifest.children.first?.platform?.description == "linux/arm/v7")
        #expect(manifest.config == nil)
        #expect(manifest.blobs.isEmpty)
        #expect(manifest.requiredBlobs.isEmpty)
    }

    @Test("Docker manifests and lists are read the same way")
    func docker() throws {
        let image = try parse(Sample.image(mediaType: Sample.dockerManifest), as: Sample.dockerManifest)
        #expect(image.kind == .image)
        #expect(image.mediaType == .dockerManifest)
        let list = try parse(Sample.index(mediaType: Sample.dockerList), as: Sample.dockerList)
        #expect(list.kind == .index)
        #expect(list.mediaType == .dockerManifestList)
    }

    @Test("O-33 the stored type is without the parameters of the content type")
    func parameters() throws {
        #expect(try parse(Sample.image(), as: Sample.ociManifest + "; charset=utf-8").mediaType == .ociManifest)
    }

    @Test(
        "O-40 shapes that the specification allows pass",
        arguments: [
            (Sample.image(), Sample.ociManifest), (Sample.image(layers: "null"), Sample.ociManifest),
            (Sample.image(mediaType: nil), Sample.ociManifest), (Sample.index(), Sample.ociIndex),
            (Sample.index(manifests: "null"), Sample.ociIndex), (Sample.index(mediaType: nil), Sample.ociIndex),
            (Sample.index(manifests: "[\(Sample.descriptor(1, Sample.ociIndex))]"), Sample.ociIndex),
            (Sample.image(more: #","artifactType":"application/vnd.example+type""#), Sample.ociManifest),
            (Sample.index(more: #","artifactType":"application/vnd.example+type""#), Sample.ociIndex),
            (
                Sample.image(
                    config: #"{"mediaType":"application/vnd.oci.empty.v1+json","digest":"\#(Sample.emptyDigest)","#
                        + #""size":2,"data":"e30="}"#
                ),
                Sample.ociManifest
            ),
            (
                Sample.image(layers: "[\(Sample.descriptor(1, "application/vnd.oci.image.layer.v1.tar"))]"),
                Sample.ociManifest
            ),
            (
                Sample.image(more: #","subject":null,"annotations":null,"manifests":null,"artifactType":"""#),
                Sample.ociManifest
            ),
        ])
    func allowedShapes(text: String, contentType: String) {
        #expect(refusal(text, as: contentType)?.message == nil)
    }

    @Test("O-41 unknown config, layer and child types and unknown fields are no error")
    func unknownTypes() throws {
        let layer = Sample.descriptor(
            1, "application/vnd.example.layer; v=1", more: #","newUnspecifiedField":{"a":[1]}"#)
        let image = Sample.image(config: Sample.descriptor(0, "text/plain"), layers: "[\(layer)]")
        #expect(try parse(image).layers.first?.mediaType.rawValue == "application/vnd.example.layer; v=1")
        let child = Sample.descriptor(1, "application/vnd.example.unknown")
        #expect(try parse(Sample.index(manifests: "[\(child)]"), as: Sample.ociIndex).children.count == 1)
    }

    @Test("O-50 the artifact type of an image without one is its config's, of an index without one there is none")
    func artifactTypes() throws {
        let type = #","artifactType":"application/vnd.example""#
        #expect(try parse(Sample.image()).artifactType == .ociConfig)
        #expect(try parse(Sample.image(more: #","artifactType":"""#)).artifactType == .ociConfig)
        #expect(try parse(Sample.image(more: type)).artifactType?.rawValue == "application/vnd.example")
        #expect(try parse(Sample.index(), as: Sample.ociIndex).artifactType == nil)
        #expect(try parse(Sample.index(more: #","artifactType":"""#), as: Sample.ociIndex).artifactType == nil)
        #expect(
            try parse(Sample.index(more: type), as: Sample.ociIndex).artifactType?.rawValue == "application/vnd.example"
        )
    }

    @Test("images and indexes may have a subject")
    func subject() throws {
        let subject = #","subject":\#(Sample.descriptor(9, Sample.ociManifest))"#
        #expect(try parse(Sample.image(more: subject)).subject?.digest.description == Sample.digest(9))
        #expect(try parse(Sample.index(more: subject), as: Sample.ociIndex).subject?.size == 7)
        #expect(refusal(Sample.image(more: #","subject":{}"#)) == RegistryError(.manifestInvalid, ""))
        #expect(refusal(Sample.image(more: #","subject":"x""#)) == RegistryError(.manifestInvalid, ""))
    }

    @Test("O-39 the required blobs are config and layers without non-distributable ones, each digest once")
    func requiredBlobs() throws {
        let foreign = "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip"
        let layers = [
            Sample.descriptor(1, foreign), Sample.descriptor(2), Sample.descriptor(2), Sample.descriptor(3, foreign),
            Sample.descriptor(1),
        ]
        let manifest = try parse(Sample.image(layers: "[\(layers.joined(separator: ","))]"))
        #expect(manifest.requiredBlobs.map(\.digest.description) == [0, 2, 1].map(Sample.digest))
        #expect(manifest.blobs.map(\.digest.description) == [0, 1, 2, 3].map(Sample.digest))
        #expect(manifest.layers.count == 5)
    }

    @Test(
        "a manifest that lacks what it must have is refused",
        arguments: [
            #"{"schemaVersion":2,"layers":[]}"#, #"{"schemaVersion":2,"config":null,"layers":[]}"#,
            #"{"schemaVersion":2,"config":\#(Sample.config)}"#, #"{"config":\#(Sample.config),"layers":[]}"#,
            #"{"schemaVersion":3,"config":\#(Sample.config),"layers":[]}"#,
            #"{"schemaVersion":"2","config":\#(Sample.config),"layers":[]}"#,
            #"{"schemaVersion":2.0,"config":\#(Sample.config),"layers":[]}"#,
            #"{"schemaVersion":null,"config":\#(Sample.config),"layers":[]}"#, "{}", "[]", "null", "2", "\"\"", "",
            Sample.image(config: "[]"), Sample.image(config: "{}"), Sample.image(layers: "{}"),
            Sample.image(layers: "[null]"), Sample.image(layers: "[[]]"), Sample.image(layers: "\"\""),
            Sample.image(more: #","annotations":[]"#), Sample.image(more: #","annotations":{"a":1}"#),
            Sample.image(more: #","annotations":{"a":null}"#), Sample.image(more: #","artifactType":1"#),
            Sample.image(more: #","artifactType":"a\r\nSet-Cookie: b""#),
        ])
    func incomplete(text: String) {
        #expect(refusal(text)?.code == .manifestInvalid, "\(text)")
    }

    @Test("an index without manifests is refused")
    func indexWithoutManifests() {
        #expect(
            refusal(#"{"schemaVersion":2}"#, as: Sample.ociIndex)?.message.hasPrefix("manifests is missing") == true)
    }

    @Test("annotation keys that look the same do not stop a manifest")
    func lookAlikeAnnotations() throws {
        #expect(
            try parse(Sample.image(more: ",\"annotations\":{\"é\":\"1\",\"e\u{301}\":\"2\"}")).annotations.count == 1)
    }
}

@Suite struct ManifestLimitTests {
    @Test("S-62 bombs are refused as MANIFEST_INVALID within a second")
    func bombs() {
        let layer = Sample.descriptor(1)
        let tooMany = Array(repeating: layer, count: Manifest.maximumDescriptors + 1).joined(separator: ",")
        let bombs = [
            String(repeating: "[", count: 100_000), String(repeating: #"{"config":"#, count: 100_000),
            Sample.image(layers: "[" + String(repeating: "0,", count: 1_000_000) + "0]"),
            Sample.image(layers: "[\(tooMany)]"), Sample.image(more: #","layers":[]"#),
            Sample.image(more: #","x":1e400"#), Sample.image(more: ",\"x\":\"\u{0}\""), "\u{FEFF}" + Sample.image(),
            Sample.image(
                more: #","annotations":{"#
                    + (0...Manifest.maximumAnnotations).map { #""\#($0)":"""# }.joined(separator: ",") + "}"),
        ]
        for bomb in bombs {
            let bytes = Array(bomb.utf8)
            var found: RegistryError?
            let elapsed = processorTime { found = refusal(bytes) }
            #expect(found?.code == .manifestInvalid, "\(bomb.prefix(80))")
            #expect(found?.status == 400, "\(bomb.prefix(80))")
            #expect(elapsed < .seconds(1), "\(bomb.prefix(80))")
            #expect(found.map { $0.message.count < 500 } == true)
        }
        #expect(
            refusal(Array(#"{"schemaVersion":2,"x":""#.utf8) + [0xFF] + Array(#""}"#.utf8))?.code == .manifestInvalid)
    }

    @Test("O-35 a manifest of 4 MiB passes, one byte more is answered with 413")
    func size() throws {
        let annotations = (0..<390).map { "\"key\($0)\":\"\(String(repeating: "x", count: 10_000))\"" }
        let text = Sample.image(more: #","annotations":{\#(annotations.joined(separator: ","))}"#)
        let padding = String(repeating: " ", count: Manifest.maximumSize - text.utf8.count)
        #expect(try parse(text + padding).annotations.count == 390)
        #expect(refusal(text + padding + " ")?.status == 413)
    }

    @Test("as many layers as allowed pass")
    func layers() throws {
        let layers = (1...Manifest.maximumDescriptors).map { Sample.descriptor($0) }.joined(separator: ",")
        #expect(try parse(Sample.image(layers: "[\(layers)]")).requiredBlobs.count == Manifest.maximumDescriptors + 1)
    }
}
