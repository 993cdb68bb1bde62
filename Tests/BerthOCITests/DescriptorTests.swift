import BerthOCI
import Foundation
import Testing

private func layer(_ text: String) -> String { Sample.image(layers: "[\(text)]") }

@Suite struct DescriptorTests {
    @Test(
        "S-69 a size that is no whole number of bytes is refused",
        arguments: [
            "-1", "-9223372036854775808", "9223372036854775808", "18446744073709551616", "1e3", "1.0", "0.5", "\"7\"",
            "null", "true", "[]", "99999999999999999999999999999999",
        ])
    func badSizes(size: String) {
        let error = refusal(layer(Sample.descriptor(size: size)))
        #expect(error?.code == .manifestInvalid)
        #expect(error?.message.hasPrefix("layers[0].size") == true)
    }

    @Test("sizes from 0 to the largest pass", arguments: [0, 1, Int64.max])
    func goodSizes(size: Int64) throws {
        #expect(try parse(layer(Sample.descriptor(size: "\(size)"))).layers.first?.size == size)
    }

    @Test(
        "S-69 a digest that does not parse is refused",
        arguments: [
            "", "sha256:", "sha256:" + String(repeating: "A", count: 64), "SHA256:" + String(repeating: "a", count: 64),
            "md5:d41d8cd98f00b204e9800998ecf8427e", "sha512:" + String(repeating: "a", count: 64),
            "sha256:" + String(repeating: "a", count: 63), "../../etc/passwd",
        ])
    func badDigests(digest: String) {
        let error = refusal(layer(#"{"mediaType":"a/b","digest":"\#(digest)","size":1}"#))
        #expect(error?.code == .manifestInvalid)
        #expect(error?.message.hasPrefix("layers[0].digest") == true)
    }

    @Test(
        "S-69 a descriptor that lacks a field or has one of the wrong type is refused",
        arguments: [
            "{}", #"{"digest":"\#(Sample.digest(1))","size":1}"#,
            #"{"mediaType":"","digest":"\#(Sample.digest(1))","size":1}"#,
            #"{"mediaType":"a/b","size":1}"#, #"{"mediaType":"a/b","digest":"\#(Sample.digest(1))"}"#,
            #"{"mediaType":1,"digest":"\#(Sample.digest(1))","size":1}"#, #"{"mediaType":"a/b","digest":1,"size":1}"#,
            Sample.descriptor(more: #","urls":"x""#), Sample.descriptor(more: #","urls":[1]"#),
            Sample.descriptor(more: #","annotations":{"a":1}"#), Sample.descriptor(more: #","data":1"#),
            Sample.descriptor(more: #","platform":"linux""#), Sample.descriptor(more: #","platform":{"os":1}"#),
            Sample.descriptor(more: #","artifactType":{}"#), Sample.descriptor(1, "a/b\\nX: y"),
            Sample.descriptor(1, "é/b"),
            Sample.descriptor(1, String(repeating: "a", count: 256)),
        ])
    func badFields(text: String) {
        #expect(refusal(layer(text))?.code == .manifestInvalid)
        #expect(refusal(Sample.image(config: text))?.code == .manifestInvalid)
        #expect(refusal(Sample.index(manifests: "[\(text)]"), as: Sample.ociIndex)?.code == .manifestInvalid)
        #expect(refusal(Sample.image(more: #","subject":\#(text)"#))?.code == .manifestInvalid)
    }

    @Test(
        "S-69 data that is not Base64 of the descriptor's size is refused",
        arguments: ["e30", "e30=", "!!!!", "e30=\\n", "AAECAwQFBg", "-_-_-_-_-_==", "AAECAwQFBgc=", ""])
    func badData(data: String) {
        let error = refusal(layer(Sample.descriptor(size: "7", more: #","data":"\#(data)""#)))
        #expect(error?.message.hasPrefix("layers[0].data") == true)
    }

    @Test("S-69 the descriptors with data are listed with their content, for whoever can hash it")
    func listsData() throws {
        let bytes: [UInt8] = [0, 1, 2, 3, 4, 5, 6]
        let data = #","data":"\#(Data(bytes).base64EncodedString())""#
        let image = try parse(
            Sample.image(
                config: Sample.descriptor(1, more: data),
                layers: "[\(Sample.descriptor(2)),\(Sample.descriptor(3, more: data))]",
                more: #","subject":\#(Sample.descriptor(4, more: data))"#))
        #expect(image.descriptorsWithData.map(\.digest.description) == [1, 3, 4].map(Sample.digest))
        #expect(image.descriptorsWithData.allSatisfy { $0.content == bytes })
        let index = try parse(Sample.index(manifests: "[\(Sample.descriptor(5, more: data))]"), as: Sample.ociIndex)
        #expect(index.descriptorsWithData.map(\.digest.description) == [Sample.digest(5)])
        #expect(try parse(Sample.image(layers: "[\(Sample.descriptor(2))]")).descriptorsWithData.isEmpty)
    }

    @Test("S-69 one digest with two sizes is refused, wherever the two stand")
    func conflictingSizes() {
        let one = Sample.descriptor(1, size: "1")
        let two = Sample.descriptor(1, size: "2")
        for text in [
            Sample.image(layers: "[\(one),\(two)]"), Sample.image(config: one, layers: "[\(two)]"),
            Sample.image(config: one, more: #","subject":\#(two)"#),
        ] {
            #expect(refusal(text)?.message.contains("two different sizes") == true)
        }
        #expect(refusal(Sample.index(manifests: "[\(one),\(two)]"), as: Sample.ociIndex)?.code == .manifestInvalid)
        #expect(refusal(Sample.image(layers: "[\(one),\(one)]")) == nil)
    }

    @Test("what describes the content is kept")
    func details() throws {
        let more =
            #","urls":["https://example.com/a"],"annotations":{"a":"b"},"artifactType":"x/y","platform":{"os":"linux"}"#
        let descriptor = try #require(try parse(layer(Sample.descriptor(more: more))).layers.first)
        #expect(descriptor.urls == ["https://example.com/a"])
        #expect(descriptor.annotations == ["a": "b"])
        #expect(descriptor.artifactType?.rawValue == "x/y")
        #expect(descriptor.platform == Platform(architecture: "", os: "linux"))
    }
}

@Suite struct ReferrersIndexTests {
    private struct Shape: Decodable {
        let schemaVersion: Int
        let mediaType: String
        let manifests: [Descriptor]
    }

    @Test("O-48 an empty answer is a whole OCI index")
    func empty() throws {
        let json = String(decoding: try ReferrersIndex(manifests: []).json(), as: UTF8.self)
        #expect(json == #"{"manifests":[],"mediaType":"application/vnd.oci.image.index.v1+json","schemaVersion":2}"#)
    }

    @Test("O-50 descriptors have their artifact type and annotations, and no field without a value")
    func descriptors() throws {
        let digest = try Digest(parsing: Sample.digest(1))
        let full = Descriptor(
            mediaType: .ociManifest, digest: digest, size: 3, artifactType: MediaType(rawValue: "a/b"),
            annotations: ["k": "\"v\"\n😀"])
        let bare = Descriptor(mediaType: .ociIndex, digest: try Digest(parsing: Sample.digest(2)), size: 4)
        let json = try ReferrersIndex(manifests: [full, bare]).json()
        let read = try JSONDecoder().decode(Shape.self, from: Data(json))
        #expect(read.schemaVersion == 2)
        #expect(read.mediaType == MediaType.ociIndex.rawValue)
        #expect(read.manifests == [full, bare])
        #expect(!String(decoding: json, as: UTF8.self).contains("null"))
        #expect(try parse(String(decoding: json, as: UTF8.self), as: Sample.ociIndex).children == [full, bare])
    }
}
