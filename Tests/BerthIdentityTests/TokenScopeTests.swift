import BerthTestBasics
import Testing

@testable import BerthIdentity

@Suite struct TokenScopeTests {
    @Test("S-36 scopes are repeated or separated by spaces, their actions free of order")
    func forms() {
        let pull = TokenScope(type: "repository", name: "acme/app", actions: ["pull"])
        let both = TokenScope(type: "repository", name: "acme/app", actions: ["push", "pull"])
        let other = TokenScope(type: "repository", name: "acme/base", actions: ["pull"])
        #expect(TokenScope.parse(["repository:acme/app:pull"]) == [pull])
        #expect(TokenScope.parse(["repository:acme/app:pull,push"]) == [both])
        #expect(TokenScope.parse(["repository:acme/app:push,pull"]) == [both])
        #expect(TokenScope.parse(["repository:acme/app:push,pull,push,"]) == [both])
        #expect(TokenScope.parse(["repository:acme/app:pull", "repository:acme/base:pull"]) == [pull, other])
        #expect(TokenScope.parse(["repository:acme/app:pull repository:acme/base:pull"]) == [pull, other])
        #expect(
            TokenScope.parse(["repository:acme/app:pull", "repository:acme/base:pull", "repository:acme/app:push"])
                == [both, other])
        #expect(both.actions == ["pull", "push"] && both.text == "repository:acme/app:pull,push")
    }

    @Test(
        "S-36 the first colon ends the type, the last begins the actions",
        arguments: [
            ("repository:localhost:5000/acme/app:pull", "repository", nil, "localhost:5000/acme/app", ["pull"]),
            ("repository:[::1]:5000/acme/app:pull", "repository", nil, "[::1]:5000/acme/app", ["pull"]),
            ("repository(plugin):acme/app:pull", "repository", "plugin", "acme/app", ["pull"]),
            ("registry:catalog:*", "registry", nil, "catalog", ["*"]),
            ("other:thing:fly", "other", nil, "thing", ["fly"]),
        ] as [(String, String, String?, String, [String])])
    func parts(_ row: (text: String, type: String, resourceClass: String?, name: String, actions: [String])) throws {
        let scope = try #require(TokenScope.parse([row.text]).first)
        #expect(scope.type == row.type && scope.resourceClass == row.resourceClass)
        #expect(scope.name == row.name && scope.actions == row.actions)
        #expect(scope.text == row.text)
    }

    @Test(
        "S-36 what is not a scope asks for nothing",
        arguments: [
            "", " ", ":", "::", ":::", "repository", "repository:acme/app", "repository:acme/app:", ":acme/app:pull",
            "repository::pull", "repository:acme/app:,", "Repository:acme/app:pull", "repository(:acme/app:pull",
            "repository():acme/app:pull", "repository(a)b:acme/app:pull", "repository:acme/app:PULL",
            "repository:acme/app:pull;drop", "repository:ac\u{0}me/app:pull", "repository:é/app:pull",
            "repository:acme/app:**", "repository:acme/app:pull\n",
        ])
    func nonsense(_ text: String) {
        #expect(TokenScope.parse([text]).isEmpty)
        let good = "repository:acme/app:pull"
        #expect(TokenScope.parse([text, good]).map(\.text) == [good])
    }

    @Test("S-37 wildcards and unknown actions are carried as asked, to be cut by what the asker holds")
    func escalation() {
        let scopes = TokenScope.parse(["repository:*:pull", "repository:acme/app:*,delete", "registry:catalog:*"])
        #expect(scopes.map(\.name) == ["*", "acme/app", "catalog"])
        #expect(scopes[1].actions == ["*", "delete"])
    }

    @Test("one request names a bounded number of scopes of bounded length")
    func bounds() {
        let many = (0..<1000).map { "repository:acme/app\($0):pull" }
        #expect(TokenScope.parse(many).count == TokenScope.maximumCount)
        #expect(TokenScope.parse([many.joined(separator: " ")]).count == TokenScope.maximumCount)
        let long = String(repeating: "a", count: TokenScope.maximumNameLength)
        #expect(TokenScope.parse(["repository:\(long):pull"]).count == 1)
        #expect(TokenScope.parse(["repository:\(long)a:pull"]).isEmpty)
        #expect(TokenScope.parse([String(repeating: ":", count: 1_000_000)]).isEmpty)
        #expect(TokenScope.parse([String(repeating: " ", count: 1_000_000)]).isEmpty)
    }

    @Test("whatever parses is written back as a text that parses to the same")
    func property() {
        var generator = SeededGenerator(seed: 36)
        let alphabet = Array("repository():,* a/é:\u{0}\u{7F}AZ09._-")
        var parsed = 0
        for _ in 0..<5000 {
            var text = Bool.random(using: &generator) ? "repository:" : ""
            for _ in 0..<Int.random(in: 0..<24, using: &generator) {
                text.append(alphabet.randomElement(using: &generator) ?? "a")
            }
            if Bool.random(using: &generator) { text += ":pull" }
            for scope in TokenScope.parse([text]) {
                parsed += 1
                #expect(TokenScope.parse([scope.text]) == [scope])
                #expect(!scope.actions.isEmpty && scope.actions == Set(scope.actions).sorted())
                #expect(!scope.name.isEmpty && !scope.name.contains(" "))
            }
        }
        #expect(parsed > 100)
    }
}
