import BerthOCI
import Testing

@Suite struct ManifestReferenceTests {
    private static let digest = "sha256:" + String(repeating: "0", count: 64)

    @Test("a text with a colon is a digest, any other a tag")
    func kinds() throws {
        #expect(try ManifestReference(parsing: "latest") == .tag(TagName(parsing: "latest")))
        #expect(try ManifestReference(parsing: Self.digest) == .digest(Digest(parsing: Self.digest)))
        #expect(try ManifestReference(parsing: Self.digest.replacing(":", with: "-")).description.hasPrefix("sha256-"))
        #expect(try ManifestReference(parsing: Self.digest).description == Self.digest)
    }

    @Test("what is neither is refused", arguments: ["", ":", "a:b", "sha256:", "sha256:0", ".x", "a/b", "a@\(digest)"])
    func refuses(text: String) {
        #expect(throws: ParseFailure.self) { try ManifestReference(parsing: text) }
    }
}
