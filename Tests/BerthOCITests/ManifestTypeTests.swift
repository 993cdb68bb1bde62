import BerthOCI
import BerthTestBasics
import Testing

@Suite struct ManifestTypeTests {
    @Test(
        "S-67 a manifest with layers and manifests is refused, whatever it is sent as",
        arguments: [Sample.ociManifest, Sample.ociIndex, nil])
    func layersAndManifests(contentType: String?) {
        let text = #"{"schemaVersion":2,"config":\#(Sample.config),"layers":[],"manifests":[]}"#
        #expect(refusal(text, as: contentType)?.code == .manifestInvalid)
    }

    @Test(
        "S-67 a manifest with the fields of the other kind is refused",
        arguments: [
            (Sample.image(more: #","manifests":[]"#), Sample.ociManifest),
            (Sample.image(more: #","manifests":{}"#), Sample.ociManifest),
            (Sample.index(more: #","config":\#(Sample.config)"#), Sample.ociIndex),
            (Sample.index(more: #","config":{}"#), Sample.ociIndex),
            (Sample.index(more: #","layers":[]"#), Sample.ociIndex),
            (Sample.image(mediaType: nil), Sample.ociIndex), (Sample.index(mediaType: nil), Sample.ociManifest),
            (Sample.index(mediaType: Sample.dockerList, more: #","layers":[1]"#), Sample.dockerList),
        ])
    func otherKind(text: String, contentType: String) {
        #expect(refusal(text, as: contentType)?.code == .manifestInvalid)
    }

    @Test(
        "S-67 a manifest whose mediaType is not its content type is refused",
        arguments: [
            (Sample.image(), Sample.ociIndex), (Sample.image(), Sample.dockerManifest),
            (Sample.image(mediaType: Sample.dockerManifest), Sample.ociManifest),
            (Sample.index(), Sample.ociManifest), (Sample.index(mediaType: Sample.dockerList), Sample.ociIndex),
            (Sample.image(mediaType: Sample.ociManifest + "; charset=utf-8"), Sample.ociManifest),
            (Sample.image(mediaType: Sample.ociManifest.uppercased()), Sample.ociManifest),
            (Sample.image(mediaType: nil), Sample.dockerManifest), (Sample.index(mediaType: nil), Sample.dockerList),
            (Sample.image(mediaType: nil, more: #","mediaType":7"#), Sample.ociManifest),
        ])
    func disagreement(text: String, contentType: String) {
        #expect(refusal(text, as: contentType)?.code == .manifestInvalid)
    }

    @Test(
        "S-67 a known field in another spelling, which other decoders would take for it, is refused",
        arguments: [
            #","Manifests":[]"#, #","MANIFESTS":[]"#, #","mediatype":"x""#, #","\u004dediaType":"x""#,
            #","layerſ":[]"#, #","Config":{}"#, #","Subject":{}"#,
        ])
    func otherSpelling(more: String) {
        #expect(refusal(Sample.image(more: more))?.message.contains("in this spelling") == true)
    }

    @Test("S-67 the spelling of the fields of a descriptor counts as well")
    func otherSpellingInDescriptor() {
        let layer = Sample.descriptor(1, more: #","Digest":"\#(Sample.digest(2))""#)
        #expect(refusal(Sample.image(layers: "[\(layer)]"))?.message.hasPrefix("layers[0]: field name") == true)
    }

    @Test(
        "S-68 Docker schema 1 is refused with what to do about it",
        arguments: [
            (#"{"schemaVersion":1}"#, MediaType.dockerSchema1.rawValue),
            (#"{"schemaVersion":1}"#, MediaType.dockerSignedSchema1.rawValue), (#"{"schemaVersion":1}"#, nil),
            (#"{"schemaVersion":1,"fsLayers":[]}"#, Sample.ociManifest),
            (Sample.image(), MediaType.dockerSignedSchema1.rawValue),
            (Sample.image(more: #","fsLayers":[]"#), Sample.ociManifest),
            (Sample.image(mediaType: MediaType.dockerSchema1.rawValue), nil),
        ])
    func schema1(text: String, contentType: String?) {
        let error = refusal(text, as: contentType)
        #expect(error?.code == .manifestInvalid)
        #expect(error?.status == 400)
        #expect(error?.message.contains("schema 1") == true)
        #expect(error?.message.contains("push again with a newer client") == true)
    }

    @Test(
        "S-68 any other type is refused with the list of accepted ones",
        arguments: [
            "application/vnd.x+json", "application/json", "text/plain", "application/octet-stream", "*/*",
            "application/vnd.oci.artifact.manifest.v1+json", "a, b",
        ])
    func unknownTypes(type: String) {
        for error in [refusal(Sample.image(), as: type), refusal(Sample.image(mediaType: type), as: nil)] {
            #expect(error?.code == .manifestInvalid)
            for accepted in Manifest.acceptedMediaTypes { #expect(error?.message.contains(accepted.rawValue) == true) }
        }
    }

    @Test(
        "O-34 without a content type the body's mediaType decides, else its fields",
        arguments: [
            (Sample.image(), MediaType.ociManifest), (Sample.index(), .ociIndex),
            (Sample.image(mediaType: Sample.dockerManifest), .dockerManifest),
            (Sample.index(mediaType: Sample.dockerList), .dockerManifestList),
            (Sample.image(mediaType: nil), .ociManifest),
            (Sample.index(mediaType: nil), .ociIndex), (Sample.image(mediaType: ""), .ociManifest),
        ])
    func withoutContentType(text: String, expected: MediaType) throws {
        #expect(try parse(text, as: nil).mediaType == expected)
        #expect(try parse(text, as: "").mediaType == expected)
        #expect(try parse(text, as: " ; charset=utf-8").mediaType == expected)
    }

    @Test("O-34 without a content type, a mediaType and telling fields a manifest is refused")
    func untellable() {
        let error = refusal(#"{"schemaVersion":2,"layers":[]}"#, as: nil)
        #expect(error?.code == .manifestInvalid)
        #expect(error?.message.contains("Content-Type") == true)
    }

    @Test("S-67 whatever is accepted has the fields of its one kind only")
    func kindsDoNotMix() {
        var random = SeededGenerator(seed: 9)
        let types = [Sample.ociManifest, Sample.ociIndex, Sample.dockerManifest, Sample.dockerList]
        let values = ["null", "[]", "{}", Sample.config, "[\(Sample.descriptor(1))]"]
        var accepted = 0
        for _ in 0..<20_000 {
            var members = [#""schemaVersion":2"#]
            for name in ["config", "layers", "manifests"] where Bool.random(using: &random) {
                members.append("\"\(name)\":\(random.pick(values))")
            }
            if Bool.random(using: &random) { members.append(#""mediaType":"\#(random.pick(types))""#) }
            members.shuffle(using: &random)
            let contentType = Bool.random(using: &random) ? random.pick(types) : nil
            let text = "{\(members.joined(separator: ","))}"
            guard let manifest = try? parse(text, as: contentType) else { continue }
            accepted += 1
            let isImage = [.ociManifest, .dockerManifest].contains(manifest.mediaType)
            #expect((manifest.kind == .image) == isImage)
            #expect((manifest.config != nil) == isImage, "\(text)")
            #expect(manifest.children.isEmpty || !isImage)
            #expect(manifest.layers.isEmpty || isImage)
            #expect(contentType == nil || manifest.mediaType.rawValue == contentType)
        }
        #expect(accepted > 100)
    }
}
