import BerthOCI
import BerthTestSupport
import Foundation
import Testing

extension FuzzTests {
    private static let tokens = [
        "{}", "[]", "\"\"", "\\u0000", "\\ud800", "\\u0061", "\"a\":1,", "\"config\":", "\"layers\":", "\"manifests\":",
        "\"digest\":", "\"size\":", "\"mediaType\":", "\"subject\":", "\"schemaVersion\":1,", "sha256:", "Layers", "-7",
        "0.5", "1E2", ",\"data\":\"e30=\"", ",\"urls\":[\"http://x\"]", ",\"annotations\":{\"a\":\"b\"}", "// x",
        "/**/",
        MediaType.ociIndex.rawValue, MediaType.ociManifest.rawValue, MediaType.dockerManifest.rawValue,
    ]

    private static let hostileJSON = [
        "{\"a\":1,\"a\":2}", "{\"a\":1,\"\\u0061\":2}", "[1,]", "[1 2]", "NaN", "01", "1.", "\"\\ud800\"", "\"\u{1}\"",
        "\u{FEFF}{}", "{}{}", "[[[[[[[[[[]]]]]]]]]]", "1e309", "-", "\"\\x\"", "tru", "\"", "", " ", "{\"a\"}",
    ].map { Array($0.utf8) }

    private static let goodJSON = [
        "{}", "[]", "null", "true", "-0.5e-3", "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uD83D\\ude00\"",
        #"{"a":{"a":[{"a":1},{"a":2}]},"b":[[],{}],"é":"😀"}"#, " \t\r\n[ 1 , 2 ] ",
    ].map { Array($0.utf8) }

    /// The reasons to refuse what is no JSON at all; the others are of JSON that is refused nevertheless.
    private static let syntaxErrors: Set<JSONFault.Reason> = [
        .empty, .unexpectedEnd, .unexpectedCharacter, .trailingContent, .badNumber, .badEscape, .controlCharacter,
    ]

    @Test("what is taken for JSON is JSON by its grammar, and what is refused for its syntax is not")
    func json() async {
        let (accepted, refused) = await FuzzTarget.json.fuzz(
            Self.goodJSON + Self.hostileJSON, tokens: Self.tokens, maximumLength: 2048
        ) { input in
            let text = String(decoding: input, as: UTF8.self)
            do {
                try StrictJSON.validate(input)
            } catch let error as JSONFault {
                try hold((0...input.count).contains(error.offset), "the place \(error.offset) is not in the text")
                let isSyntax = Self.syntaxErrors.contains(error.reason)
                try hold(!isSyntax || !JSONGrammar.describes(text), "JSON is refused: \(error)")
                return false
            }
            try hold(JSONGrammar.describes(text), "what is no JSON is accepted")
            return true
        }
        #expect(accepted > 20 && refused > 20)
    }

    @Test("a manifest that is accepted has only good descriptors, and says the same to another parser")
    func manifests() async throws {
        let image = try SampleManifest.image(
            artifactType: "application/x", subject: SampleBlob("subject").descriptor, annotations: ["a": "b"])
        let plain = try SampleManifest.image()
        let index = try SampleManifest.index(of: [image.descriptor, plain.descriptor])
        func text(_ manifest: SampleManifest) -> String { String(decoding: manifest.bytes, as: UTF8.self) }
        let hostile = [
            text(plain).replacing("\"schemaVersion\":2", with: "\"schemaVersion\":1"),
            text(plain).replacing("\"layers\"", with: "\"Layers\""), text(plain).replacing("sha256:", with: "sha1:"),
            text(plain).replacing("\"size\":5", with: "\"size\":-5"),
            text(plain).replacing("\"layers\"", with: "\"manifests\":[],\"layers\""),
            text(index).replacing("\"manifests\"", with: "\"config\":{},\"manifests\""),
            text(plain).replacing(MediaType.ociManifest.rawValue, with: MediaType.dockerManifest.rawValue),
            "{\"schemaVersion\":1,\"fsLayers\":[]}",
        ]
        let corpus = [image, plain, index].map(\.bytes) + hostile.map { Array($0.utf8) } + Self.hostileJSON
        let (accepted, refused) = await FuzzTarget.manifests.fuzz(corpus, tokens: Self.tokens) { input in
            var isAccepted = false
            for type in Manifest.acceptedMediaTypes.map(Optional.some) + [nil] {
                do {
                    let manifest = try Manifest(parsing: input, contentType: type)
                    isAccepted = true
                    try Self.check(manifest, type)
                    try Self.compare(manifest, with: input)
                } catch let error as RegistryError {
                    try hold((400..<500).contains(error.status), "status \(error.status)")
                    try hold(!error.message.isEmpty && error.message.utf8.count < 2000, "no sentence: \(error.message)")
                }
            }
            return isAccepted
        }
        #expect(accepted > 20 && refused > 20)
    }

    private static func check(_ manifest: Manifest, _ type: MediaType?) throws {
        try hold(Manifest.acceptedMediaTypes.contains(manifest.mediaType), "a type that is not accepted")
        try hold(type == nil || type == manifest.mediaType, "another type than it was sent as")
        let isImage = [.ociManifest, .dockerManifest].contains(manifest.mediaType)
        try hold((manifest.kind == .image) == isImage, "the kind is not that of the type")
        try hold((manifest.config != nil) == isImage, "a config where none belongs, or none")
        try hold(isImage ? manifest.children.isEmpty : manifest.layers.isEmpty, "layers and children at once")
        let descriptors = [manifest.config, manifest.subject].compactMap(\.self) + manifest.layers + manifest.children
        for descriptor in descriptors {
            try hold(descriptor.size >= 0, "a negative size")
            try hold(try Digest(parsing: descriptor.digest.description) == descriptor.digest, "a digest that is none")
            let size = descriptor.content.map { Int64($0.count) }
            try hold(size == nil || size == descriptor.size, "data of another size")
        }
        let sizes = Dictionary(grouping: descriptors, by: \.digest).values.map { Set($0.map(\.size)).count }
        try hold(sizes.allSatisfy { $0 == 1 }, "one digest with two sizes")
        try hold(Set(manifest.requiredBlobs).isSubset(of: Set(manifest.blobs)), "required blobs beside the blobs")
    }

    /// Reads the same bytes with a parser that is lenient, as clients' are.
    private static func compare(_ manifest: Manifest, with input: [UInt8]) throws {
        let lenient: LenientManifest
        do {
            lenient = try JSONDecoder().decode(LenientManifest.self, from: Data(input))
        } catch {
            throw BrokenProperty(description: "Foundation does not read it: \(error)")
        }
        try hold(lenient.schemaVersion == 2, "another schema version")
        try hold(
            lenient.mediaType == nil || lenient.mediaType == manifest.mediaType.rawValue, "another media type")
        let (config, subject) = (
            manifest.config.map(LenientDescriptor.init), manifest.subject.map(LenientDescriptor.init)
        )
        try hold(config == lenient.config && subject == lenient.subject, "another config or subject")
        let lists = [manifest.layers, manifest.children].map { $0.map(LenientDescriptor.init) }
        try hold(lists == [lenient.layers ?? [], lenient.manifests ?? []], "other layers or children")
    }
}

/// A manifest as a program reads it that checks nothing.
private struct LenientManifest: Decodable {
    let schemaVersion: Int
    let mediaType: String?
    let config: LenientDescriptor?
    let subject: LenientDescriptor?
    let layers: [LenientDescriptor]?
    let manifests: [LenientDescriptor]?
}

private struct LenientDescriptor: Decodable, Equatable {
    let mediaType: String
    let digest: String
    let size: Int64

    init(_ descriptor: Descriptor) {
        mediaType = descriptor.mediaType.rawValue
        digest = descriptor.digest.description
        size = descriptor.size
    }
}
