import BerthOCI
import BerthTestBasics
import Foundation
import Testing

private func fault(of text: String) -> JSONFault? { fault(of: Array(text.utf8)) }

private func fault(of bytes: [UInt8], maximumDepth: Int = StrictJSON.maximumDepth) -> JSONFault? {
    do {
        try StrictJSON.validate(bytes, maximumDepth: maximumDepth)
        return nil
    } catch {
        return error
    }
}

@Suite struct StrictJSONTests {
    @Test(
        "well-formed values pass",
        arguments: [
            "{}", "[]", " \t\r\n{ } \n", "null", "true", "false", "0", "-0", "1.5e-3", "1E+2", "\"\"", "\"é😀\"",
            #""\"\\\/\b\f\n\r\t\u00e9\uD83D\ude00""#, #"{"a":{"a":[{"a":1},{"a":2}]},"b":[[],{}]}"#,
            "\"\u{7F}\u{2028}\"",
            "-9223372036854775809", #"{"":0}"#,
        ])
    func accepts(text: String) {
        #expect(fault(of: text) == nil)
    }

    @Test(
        "malformed values are refused with their reason",
        arguments: [
            ("", JSONFault.Reason.empty), (" ", .unexpectedEnd), ("{", .unexpectedEnd), ("[1", .unexpectedEnd),
            ("\"a", .unexpectedEnd), ("{\"a\"", .unexpectedEnd), ("tru", .unexpectedEnd), ("-", .unexpectedEnd),
            ("\"\\", .unexpectedEnd), ("\"\\u00", .unexpectedEnd), ("1.", .unexpectedEnd), ("1e", .unexpectedEnd),
            ("}", .unexpectedCharacter), ("[}", .unexpectedCharacter), ("{]", .unexpectedCharacter),
            ("[1}", .unexpectedCharacter), ("{\"a\":1]", .unexpectedCharacter), ("[,1]", .unexpectedCharacter),
            ("[1,]", .unexpectedCharacter), ("{\"a\":1,}", .unexpectedCharacter), ("{,}", .unexpectedCharacter),
            ("{a:1}", .unexpectedCharacter), ("{1:1}", .unexpectedCharacter), ("{\"a\" 1}", .unexpectedCharacter),
            ("[1 2]", .unexpectedCharacter), ("trueX", .trailingContent), ("nul1", .unexpectedCharacter),
            ("NaN", .unexpectedCharacter), ("Infinity", .unexpectedCharacter), ("'a'", .unexpectedCharacter),
            ("+1", .unexpectedCharacter), (".5", .unexpectedCharacter), ("[1.]", .badNumber), ("[-]", .badNumber),
            ("[1e]", .badNumber), ("-a", .badNumber), ("01", .trailingContent), ("0x1", .trailingContent),
            ("{}{}", .trailingContent), ("{} x", .trailingContent), ("// no\n1", .unexpectedCharacter),
            ("[1]//", .trailingContent), ("\"\\x\"", .badEscape), ("\"\\u00g0\"", .badEscape),
            ("\"\t\"", .controlCharacter),
            ("\"\n\"", .controlCharacter), ("\u{A0}1", .unexpectedCharacter),
        ])
    func refuses(text: String, reason: JSONFault.Reason) {
        #expect(fault(of: text)?.reason == reason, "\(text)")
    }

    @Test(
        "S-62 two members of one name are refused, however the name is written",
        arguments: [
            #"{"a":1,"a":1}"#, #"{"a":1,"b":2,"a":3}"#, #"{"a":1,"\u0061":2}"#, #"{"/":1,"\/":2}"#,
            #"[{"x":{"a":{},"a":[]}}]"#, #"{"😀":1,"\ud83d\ude00":2}"#, #"{"":1,"":2}"#,
        ])
    func duplicateNames(text: String) {
        #expect(fault(of: text)?.reason == .duplicateName)
    }

    @Test(
        "names that only look the same, or stand in different objects, are not duplicates",
        arguments: [
            #"{"a":{"a":1},"b":{"a":1}}"#, #"[{"a":1},{"a":1}]"#, #"{"a":1,"A":2}"#, "{\"é\":1,\"e\u{301}\":2}",
        ])
    func differentNames(text: String) {
        #expect(fault(of: text) == nil)
    }

    @Test("S-62 a byte order mark is refused")
    func byteOrderMark() {
        #expect(fault(of: [0xEF, 0xBB, 0xBF, 0x7B, 0x7D])?.reason == .byteOrderMark)
        #expect(fault(of: [0xFF, 0xFE, 0x7B, 0x00, 0x7D, 0x00])?.reason == .byteOrderMark)
        #expect(fault(of: [0xFE, 0xFF, 0x00, 0x7B, 0x00, 0x7D])?.reason == .byteOrderMark)
    }

    @Test(
        "S-62 bytes that are not UTF-8 are refused",
        arguments: [
            [0x80], [0xC0, 0x80], [0xC3], [0xE2, 0x82], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xFF],
        ])
    func invalidUTF8(sequence: [UInt8]) {
        #expect(fault(of: [0x22] + sequence + [0x22])?.reason == .notUTF8)
    }

    @Test(
        "S-62 NUL is refused raw, escaped and between values",
        arguments: ["\"\u{0}\"", #""\u0000""#, "\u{0}1", "[1\u{0}]"])
    func nul(text: String) {
        #expect(fault(of: text)?.reason == .nul)
    }

    @Test(
        "unpaired surrogates are refused",
        arguments: [#""\ud800""#, #""\udc00""#, #""\ud800x""#, #""\ud800\n""#, #""\ud800\ud800""#, #""\udc00\ud800""#])
    func surrogates(text: String) {
        #expect(fault(of: text)?.reason == .unpairedSurrogate)
    }

    @Test("S-62 numbers that are too long or no double are refused")
    func hugeNumbers() {
        #expect(fault(of: "1e400")?.reason == .hugeNumber)
        #expect(fault(of: "[-1E999999999999]")?.reason == .hugeNumber)
        #expect(fault(of: String(repeating: "9", count: 65))?.reason == .hugeNumber)
        #expect(fault(of: String(repeating: "9", count: 64)) == nil)
        #expect(fault(of: "1e308") == nil)
    }

    @Test("S-62 nesting is counted: the deepest allowed passes, one more is refused")
    func depth() {
        func nested(_ depth: Int) -> [UInt8] {
            Array((String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8)
        }
        #expect(fault(of: nested(StrictJSON.maximumDepth)) == nil)
        #expect(fault(of: nested(StrictJSON.maximumDepth + 1))?.reason == .tooDeep)
        #expect(fault(of: nested(3), maximumDepth: 2)?.reason == .tooDeep)
    }

    @Test("S-62 bombs are refused within a second")
    func bombs() {
        let million = 1_000_000
        let bombs: [(String, JSONFault.Reason)] = [
            (String(repeating: "[", count: 4 * million), .tooDeep),
            (String(repeating: #"{"a":"#, count: 100_000), .tooDeep),
            ("[" + String(repeating: "0,", count: million) + "0]", .tooManyNodes),
            ("[" + String(repeating: "{},", count: million) + "{}]", .tooManyNodes),
            ("{" + (0..<140_000).map { "\"\($0)\":0" }.joined(separator: ",") + "}", .tooManyNodes),
            (String(repeating: "9", count: 4 * million), .hugeNumber),
            (String(repeating: " ", count: 4 * million), .unexpectedEnd),
        ]
        for (bomb, reason) in bombs {
            let bytes = Array(bomb.utf8)
            var found: JSONFault?
            let elapsed = processorTime { found = fault(of: bytes) }
            #expect(found?.reason == reason, "\(bomb.prefix(8))…")
            #expect(elapsed < .seconds(1), "\(bomb.prefix(8))…")
        }
    }

    @Test("the fault says where it is")
    func offset() {
        #expect(fault(of: #"{"a":1,"a":2}"#)?.offset == 7)
        #expect(fault(of: "[1,\u{0}]")?.description == "the character NUL is not allowed (byte 3)")
    }
}

@Suite struct StrictJSONPropertyTests {
    private static func randomValue(depth: Int, _ random: inout SeededGenerator) -> Any {
        let texts: [Character] = Array("ab\"\\/\u{8}\u{C}\n\r\t\u{1}\u{1F}é😀\u{2028} ")
        switch Int.random(in: 0..<(depth > 0 ? 7 : 5), using: &random) {
        case 0: return NSNull()
        case 1: return Bool.random(using: &random)
        case 2: return Int.random(in: -1_000_000...1_000_000, using: &random)
        case 3: return Double.random(in: -1e9...1e9, using: &random)
        case 4: return random.text(of: texts, maximumLength: 6)
        case 5: return (0..<Int.random(in: 0...3, using: &random)).map { _ in randomValue(depth: depth - 1, &random) }
        default:
            var object: [String: Any] = [:]
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                object[random.text(of: texts, maximumLength: 3)] = randomValue(depth: depth - 1, &random)
            }
            return object
        }
    }

    @Test("whatever Foundation writes is accepted")
    func acceptsWhatFoundationWrites() throws {
        var random = SeededGenerator(seed: 6)
        for _ in 0..<2_000 {
            let bytes = try JSONSerialization.data(withJSONObject: [Self.randomValue(depth: 5, &random)])
            #expect(fault(of: [UInt8](bytes)) == nil, "\(String(decoding: bytes, as: UTF8.self))")
        }
    }

    @Test("whatever is accepted after random damage, Foundation reads too")
    func foundationReadsWhatIsAccepted() throws {
        let damage = Array("{}[]\",:\\u0dD8cf19-+.eEtrn /\u{0}\n".utf8) + [0x80, 0xC3, 0xEF, 0xFF]
        var random = SeededGenerator(seed: 7)
        var accepted = 0
        for _ in 0..<20_000 {
            var bytes = [UInt8](try JSONSerialization.data(withJSONObject: [Self.randomValue(depth: 3, &random)]))
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = random.pick(damage)
            }
            guard fault(of: bytes) == nil else { continue }
            accepted += 1
            #expect(throws: Never.self, "\(String(decoding: bytes, as: UTF8.self))") {
                try JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)
            }
        }
        #expect(accepted > 500)
    }

    @Test("no cut of a value is a value")
    func cutsAreRefused() {
        let whole = Array(#"{"a":[1.5e3,true,null,"\u00e9\ud83d\ude00"],"b":{"c":"é😀"}}"#.utf8)
        #expect(fault(of: whole) == nil)
        for end in 0..<whole.count { #expect(fault(of: Array(whole[..<end])) != nil, "\(end)") }
    }

    @Test("arbitrary bytes neither crash nor hang", .timeLimit(.minutes(1)))
    func arbitraryBytes() {
        var random = SeededGenerator(seed: 8)
        for _ in 0..<5_000 {
            let bytes = (0..<Int.random(in: 0...64, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            _ = fault(of: bytes)
        }
    }
}
