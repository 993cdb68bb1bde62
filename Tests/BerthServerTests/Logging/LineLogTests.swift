import BerthTestBasics
import BerthTestSupport
import Foundation
import Logging
import Synchronization
import Testing

@testable import BerthServer

@Suite("Lines of the log")
struct LineLogTests {
    /// The one line that `event` writes.
    private static func line(
        level: Logger.Level = .info, of event: (Logger) -> Void
    ) throws -> String {
        let lines = LineKeeper()
        event(Logger(label: "test") { _ in LineLog(level: level) { lines.add($0) } })
        #expect(lines.all.count == 1)
        return try #require(lines.all.first)
    }

    @Test("a line is time, level, message and fields in the order of their keys")
    func order() throws {
        let line = try Self.line {
            $0.warning("it is so", metadata: ["b": "2", "a": "1", "c.d": "\(3)", "B": "x"])
        }
        let words = line.split(separator: " ", maxSplits: 1)
        #expect(words[0].wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil)
        #expect(words[1] == "warning it is so B=x a=1 b=2 c.d=3\n")
    }

    @Test("what a logger has of its own stands beside what is said, which comes first")
    func ownFields() throws {
        let line = try Self.line {
            var logger = $0
            logger[metadataKey: "id"] = "own"
            logger[metadataKey: "node"] = "n1"
            logger.info("hello", metadata: ["id": "said"])
        }
        #expect(line.hasSuffix(" info hello id=said node=n1\n"))
    }

    @Test("what is below the level is not written")
    func level() {
        let lines = LineKeeper()
        let logger = Logger(label: "test") { _ in LineLog(level: .notice) { lines.add($0) } }
        logger.info("no")
        logger.debug("no")
        #expect(lines.all.isEmpty)
    }

    @Test(
        "values with white space, quotes, equals signs, backslashes and control characters are quoted, others are not",
        arguments: [
            ("plain", "plain"), ("", #""""#), ("two words", #""two words""#), ("a=b", #""a=b""#),
            (#"say "x""#, #""say \"x\"""#), (#"a\b"#, #""a\\b""#), ("a\nb", #""a\nb""#), ("a\tb", #""a\u{9}b""#),
            ("a\r\nb", #""a\u{d}\nb""#), ("\u{0}", #""\u{0}""#), ("\u{7F}", #""\u{7f}""#), ("\u{85}", #""\u{85}""#),
            ("grün", "grün"), ("größer als", #""größer als""#), ("😀", "😀"), ("e\u{301}", "e\u{301}"),
            ("sha256:0a/b,c;d{e}", "sha256:0a/b,c;d{e}"), ("~!#$%&'()*+-./", "~!#$%&'()*+-./"),
        ])
    func quoting(value: String, expected: String) throws {
        let asString = try Self.line { $0.info("m", metadata: ["k": .string(value)]) }
        let asAnother = try Self.line { $0.info("m", metadata: ["k": .stringConvertible(Substring(value))]) }
        for line in [asString, asAnother] {
            #expect(line.hasSuffix(" info m k=\(expected)\n"), "\(line)")
            #expect(line.utf8.count(where: { $0 == UInt8(ascii: "\n") }) == 1)
        }
    }

    @Test("no value, whatever is in it, makes a second line or another field")
    func hostileValues() throws {
        var generator = SeededGenerator(seed: 16)
        for _ in 0..<2000 {
            let value = generator.text(of: hostileAlphabet, maximumLength: 20)
            let line = try Self.line { $0.info("m", metadata: ["key": .string(value), "zzz": "end"]) }
            #expect(line.hasSuffix(" zzz=end\n"))
            let text = line.dropLast()
            #expect(!text.unicodeScalars.contains { $0.properties.generalCategory == .control }, "\(value)")
            let start = try #require(text.firstRange(of: " key=")).upperBound
            let written = text[start...].dropLast(" zzz=end".count)
            if written.hasPrefix("\"") {
                let inside = written.dropFirst().dropLast()
                    .replacing(#"\\"#, with: "").replacing(#"\""#, with: "")
                #expect(written.unicodeScalars.last == "\"" && !inside.unicodeScalars.contains("\""), "\(written)")
            } else {
                #expect(!written.unicodeScalars.contains { " =\"\\".unicodeScalars.contains($0) }, "\(written)")
            }
        }
    }

    @Test("lines above notice are urgent, others are not")
    func urgency() throws {
        var ends: [CInt] = [-1, -1]
        try #require(pipe(&ends) == 0)
        defer { ends.forEach { close($0) } }
        let writer = LineWriter(descriptor: ends[1])
        let logger = Logger(label: "test") { _ in LineLog(level: .trace, writer: writer) }
        for level in [Logger.Level.warning, .error, .critical] {
            logger.log(level: level, "now")
            var waiting: CInt = 0
            #expect(ioctl(ends[0], UInt(FIONREAD), &waiting) == 0 && waiting > 0, "\(level)")
            var bytes = [UInt8](repeating: 0, count: 4096)
            let count = read(ends[0], &bytes, bytes.count)
            #expect(String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self).hasSuffix("Z \(level) now\n"))
        }
    }

    @Test("times are those of ISO 8601 in UTC, cut down to milliseconds, for any date from 1970 to 2106")
    func times() {
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: false)
        var generator = SeededGenerator(seed: 8601)
        let edges: [Int64] = [
            0, 59, 86_399, 86_400, 68_256_000, 951_782_400, 951_868_799, 1_709_164_800, 4_107_542_399,
        ]
        let random = (0..<3000).map { _ in Int64.random(in: 0..<4_294_967_296, using: &generator) }
        for second in edges + random {
            // A fraction that has no rounding.
            let part = Int64.random(in: 0..<1024, using: &generator)
            let date = Date(timeIntervalSince1970: Double(second) + Double(part) / 1024)
            var text = "> "
            LogTime.append(date, to: &text)
            let whole = Date(timeIntervalSince1970: Double(second)).formatted(style)
            let milliseconds = String(part * 1000 / 1024)
            let fraction = String(repeating: "0", count: 3 - milliseconds.count) + milliseconds
            #expect(text == "> \(whole.dropLast()).\(fraction)Z")
        }
    }
}

private final class LineKeeper: Sendable {
    private let lines = Mutex<[String]>([])

    var all: [String] { lines.withLock(\.self) }

    func add(_ line: String) { lines.withLock { $0.append(line) } }
}
