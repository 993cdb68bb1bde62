import BerthOCI
import BerthTestBasics
import Testing

@Suite struct RepositoryNameTests {
    @Test(
        "S-58 names within the grammar and the length parse and print as they were written",
        arguments: [
            "a/b", "0/0", "acme/web", "acme/team/web", "acme/a__b", "acme/a--b", "acme/a-----b", "acme/a.b_c-d",
            "a/" + String(repeating: "b", count: 253), String(repeating: "a/", count: 99) + "a",
        ])
    func accepts(text: String) throws {
        let name = try RepositoryName(parsing: text)
        #expect(name.description == text)
        #expect("\(name.organization)/\(name.name)" == text)
        #expect(!name.organization.contains("/"))
    }

    @Test(
        "S-58 names outside the grammar or the length are refused",
        arguments: [
            "", "/", "a", "acme", "acme/", "/web", "acme//web", "acme/web/", "Acme/web", "acme/WEB", "acme/a..b",
            "acme/a___b", "acme/a._b", "acme/.a", "acme/a.", "acme/-a", "acme/a-", "acme/_a", "acme/a_", "acme/a b",
            "acme/a%2fb", "acme/..", "../etc/passwd", "acme/./web", "acme/é", "acme/e\u{301}", "acme/w\u{0}b",
            "acme/web\n", " acme/web", "acme\\web", "acme／web", "acme/web:1", "acme/web@sha256",
            "a/" + String(repeating: "b", count: 254), String(repeating: "a/", count: 128),
        ])
    func refuses(text: String) {
        #expect(throws: ParseFailure.self) { try RepositoryName(parsing: text) }
    }

    @Test("S-58 a name of a million separators is refused in linear time", .timeLimit(.minutes(1)))
    func isLinear() {
        for text in ["a/" + String(repeating: "a-", count: 500_000), String(repeating: "a/", count: 500_000)] {
            #expect(throws: ParseFailure.self) { try RepositoryName(parsing: text) }
        }
    }

    @Test("any text parses if and only if the specification's expression, two components and 255 bytes say so")
    func agreesWithGrammar() throws {
        let component = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*"
        let grammar = try Grammar("\(component)(?:/\(component))+")
        let near: [Character] = Array("ab0._-/")
        var random = SeededGenerator(seed: 2)
        var accepted = 0
        for round in 0..<20_000 {
            var text = random.text(of: near, maximumLength: 12)
            if round.isMultiple(of: 2) { text = "a\(text)/b" }
            text = random.mutated(text, with: hostileAlphabet)
            if round.isMultiple(of: 100) { text += "/" + String(repeating: "c", count: 250) }
            let parsed = try? RepositoryName(parsing: text)
            let isValid = grammar.matches(text) && text.utf8.count <= RepositoryName.maximumLength
            #expect((parsed != nil) == isValid, "\(text.debugDescription)")
            #expect(parsed.map { $0.description.utf8.elementsEqual(text.utf8) } ?? true)
            accepted += parsed == nil ? 0 : 1
        }
        #expect(accepted > 500)
    }

    @Test("the organization of a name is its first component, whatever follows")
    func parts() throws {
        let name = try RepositoryName(parsing: "acme/team/web")
        #expect(name.organization == "acme")
        #expect(name.name == "team/web")
    }

    @Test("names are ordered by their bytes")
    func order() throws {
        let names = try ["b/a", "a/b", "a-b/a", "a/a0"].map { try RepositoryName(parsing: $0) }
        #expect(names.sorted().map(\.description) == ["a-b/a", "a/a0", "a/b", "b/a"])
    }
}
