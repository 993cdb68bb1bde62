import BerthOCI
import BerthTestBasics
import Testing

@Suite struct TagNameTests {
    @Test(
        "S-58 tags within the grammar parse",
        arguments: ["a", "_", "0", "latest", "v1.2.3-rc.1_X", "__", "a..b", "a--", String(repeating: "T", count: 128)])
    func accepts(text: String) throws {
        #expect(try TagName(parsing: text).description == text)
    }

    @Test(
        "S-58 a tag that is empty, too long or begins with a dot or dash is refused",
        arguments: [
            "", ".x", "-x", ".", "-", "a b", "a/b", "a:b", "a+b", "a%41", "é", "a\n", "a\u{0}", "..", "../x",
            String(repeating: "T", count: 129),
        ])
    func refuses(text: String) {
        #expect(throws: ParseFailure.self) { try TagName(parsing: text) }
    }

    @Test("any text parses if and only if the specification's expression matches it")
    func agreesWithGrammar() throws {
        let grammar = try Grammar("[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}")
        var random = SeededGenerator(seed: 5)
        var accepted = 0
        for _ in 0..<20_000 {
            let seed = random.pick(["", "latest", "v1.0", "-", String(repeating: "x", count: 128)])
            let text = random.mutated(seed, with: hostileAlphabet)
            let parsed = try? TagName(parsing: text)
            #expect((parsed != nil) == grammar.matches(text), "\(text.debugDescription)")
            accepted += parsed == nil ? 0 : 1
        }
        #expect(accepted > 1_000)
    }

    @Test("tags are ordered by their bytes: upper case before _ before lower case")
    func order() throws {
        let tags = try ["b", "a", "B", "_", "1", "a.", "a-"].map { try TagName(parsing: $0) }
        #expect(tags.sorted().map(\.description) == ["1", "B", "_", "a", "a-", "a.", "b"])
    }
}
