import BerthOCI
import BerthTestBasics
import Testing

@Suite struct OrganizationNameTests {
    @Test(
        "names within the grammar parse",
        arguments: ["a", "acme", "a0", "a-b", "a.b", "a_b", "a__b", "a--b", "a---b", String(repeating: "a", count: 64)])
    func accepts(text: String) throws {
        #expect(try OrganizationName(parsing: text).description == text)
    }

    @Test(
        "names outside the grammar are refused, so are reserved ones",
        arguments: [
            "", "0a", "-a", ".a", "_a", "a-", "a.", "a_", "a..b", "library", "a___b", "a-_b", "A", "aB", "a/b", "a b",
            "é", "a\u{0}", "_catalog", "manage", "..", "a%62", String(repeating: "a", count: 65),
        ])
    func refuses(text: String) {
        #expect(throws: ParseFailure.self) { try OrganizationName(parsing: text) }
    }

    @Test("any text parses if and only if the expression, the length and the reserved names say so")
    func agreesWithGrammar() throws {
        let grammar = try Grammar("[a-z][a-z0-9]*(?:(?:\\.|_|__|-+)[a-z0-9]+)*")
        var random = SeededGenerator(seed: 3)
        var accepted = 0
        for _ in 0..<20_000 {
            let seed = random.pick(["a", "acme-0", "manage", String(repeating: "a", count: 64)])
            let text = random.mutated(seed + random.text(of: Array("a0.-_"), maximumLength: 6), with: hostileAlphabet)
            let parsed = try? OrganizationName(parsing: text)
            let isValid = grammar.matches(text) && text.utf8.count <= 64 && !OrganizationName.reserved.contains(text)
            #expect((parsed != nil) == isValid, "\(text.debugDescription)")
            accepted += parsed == nil ? 0 : 1
        }
        #expect(accepted > 500)
    }

    @Test("every organization name can begin a repository name")
    func beginsRepositories() throws {
        var random = SeededGenerator(seed: 4)
        for _ in 0..<5_000 {
            let text = random.text(of: Array("ab0.-_"), maximumLength: 10)
            guard let organization = try? OrganizationName(parsing: text) else { continue }
            #expect(try RepositoryName(parsing: "\(organization)/web").organization == text)
        }
    }
}
