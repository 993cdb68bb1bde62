import BerthOCI
import BerthTestBasics
import Foundation
import Testing

@Suite struct TagPatternTests {
    @Test(
        "patterns match as everybody knows them",
        arguments: [
            (".*", "v1", true), ("^v\\d+$", "v12", true), ("^v\\d+$", "v12a", false), ("^v\\d+$", "xv12", false),
            ("1.2", "v1.2.3", true), ("^1\\.2$", "1x2", false), ("release", "pre-release-1", true),
            ("^(dev|test)-", "test-7", true), ("^(dev|test)-", "latest-7", false), ("a{2}", "caat", true),
            ("^a{2,3}$", "a", false), ("^a{2,3}$", "aaa", true), ("^a{2,3}$", "aaaa", false),
            ("^a{2,}$", "aaaaaa", true),
            ("^a{0}b$", "b", true), ("^[a-c_]+$", "a_cb", true), ("^[^a-c]+$", "xyz", true),
            ("^[^a-c]+$", "xaz", false),
            ("^[]x-]+$", "x-", true), ("^[\\w.-]+$", "v1.0-rc_1", true), ("^[\\d-]+$", "2026-01-02", true),
            ("^(a|b|cd)*$", "abcdcd", true), ("^(a|b|cd)*$", "abc", false), ("^(?:x)?y$", "y", true),
            ("^a+?$", "aaa", true),
            ("(^a|b$)", "xb", true), ("^$", "a", false), ("a|", "zzz", true), ("()", "q", true),
            ("^(a?){3}$", "aa", true),
            ("^\\S+$", "x", true), ("\\s", "x", false), ("^\\W", "-x", true), ("\\.", "v1.0", true),
            ("x$y", "xy", false),
        ])
    func matches(_ pattern: String, _ tag: String, _ expected: Bool) throws {
        #expect(try TagPattern(parsing: pattern).matches(tag) == expected)
    }

    @Test(
        "what is no pattern, or one that cannot be matched in bounded time, is refused with what was expected",
        arguments: [
            "", "*", "a**", "+a", "(", ")", "a)", "(a", "[", "[a", "[z-a]", "[a-\\d]", "[]", "{2}", "a{", "a{x}", "a{2",
            "a{3,2}",
            "a{1001}", "a{99999999999999999999}", "\\", "\\1", "(a)\\1", "(?=a)", "(?!a)", "(?<=a)", "(?i)a", "(?<n>a)",
            "\\b",
            "\\x41", "[[:alpha:]]", "^*", "$+", "b\u{fc}", "(((a{10}){10}){10}){10}", "((){1000}){1000}",
            "(a{500}){2,}",
            String(repeating: "(", count: 100) + String(repeating: ")", count: 100),
            String(repeating: "a", count: 257),
        ])
    func refuses(_ pattern: String) {
        #expect(throws: ParseFailure.self) { try TagPattern(parsing: pattern) }
    }

    @Test("random patterns match what the reference engine says")
    func agreesWithReference() throws {
        var generator = SeededGenerator(seed: 20_260_102)
        var compared = 0
        for _ in 0..<500 {
            let text = RandomPattern.text(depth: 2, using: &generator)
            guard let pattern = try? TagPattern(parsing: text) else { continue }
            let reference = try Regex(text)
            for _ in 0..<4 {
                let tag = RandomPattern.tag(using: &generator)
                let expected = try reference.firstMatch(in: tag) != nil
                #expect(pattern.matches(tag) == expected, "\(text) on \(tag)")
                compared += 1
            }
        }
        #expect(compared > 1000)
    }

    @Test(
        "hostile patterns, for which an engine that tries all ways would need ages, are answered",
        .timeLimit(.minutes(5)),
        arguments: [
            "(a+)+$", "(a*)*b", "^(a|a)*$", "(a|aa)+$", "((a*)*)*b", "^(a?){60}a{60}$", "(.*)(.*)(.*)(.*)(.*)(.*)x$",
            "^(([a-z])+.)+[A-Z]([a-z])+$", "(a{1,30}){1,9}!",
        ])
    func hostile(_ text: String) throws {
        #expect(try !TagPattern(parsing: text).matches(String(repeating: "a", count: 127) + "-"))
    }
}

/// Patterns and tags over few characters, so that they often meet.
private enum RandomPattern {
    static func text(depth: Int, using generator: inout SeededGenerator) -> String {
        let parts = (0..<Int.random(in: 1...3, using: &generator)).map { _ in part(depth: depth, using: &generator) }
        let text = parts.joined()
        guard depth > 0, Int.random(in: 0..<5, using: &generator) == 0 else { return text }
        return text + "|" + part(depth: depth - 1, using: &generator)
    }

    private static func part(depth: Int, using generator: inout SeededGenerator) -> String {
        let atoms = ["a", "b", "1", "-", ".", "\\.", "[ab]", "[^a]", "[1-9-]", "\\d", "\\w", "\\W"]
        var atom = atoms.randomElement(using: &generator) ?? "a"
        if depth > 0, Int.random(in: 0..<3, using: &generator) == 0 {
            atom = "(" + text(depth: depth - 1, using: &generator) + ")"
        }
        switch Int.random(in: 0..<10, using: &generator) {
        case 0: return atom + "*"
        case 1: return atom + "+"
        case 2: return atom + "?"
        case 3: return atom + "{0,2}"
        case 4: return atom + "{2}"
        case 5: return "^" + atom
        case 6: return atom + "$"
        default: return atom
        }
    }

    static func tag(using generator: inout SeededGenerator) -> String {
        let characters = Array("ab1-._Z")
        return String(
            (0..<Int.random(in: 1...6, using: &generator)).map { _ in
                characters.randomElement(using: &generator) ?? "a"
            })
    }
}
