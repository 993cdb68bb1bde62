import BerthTestBasics

/// Makes hostile inputs out of known ones.
struct Mutator {
    /// What parsers of texts trip over.
    static let commonTokens: [String] = [
        "/", "//", ".", "..", "/../", "%", "%2e%2e", "%2F", "%00", "%zz", "\u{0}", "\r\n", "\n", "\t", " ", "\u{7F}",
        "é",
        "e\u{301}", "／", "．", "\u{202E}", "\u{FEFF}", "😀", "K", "=", "&", "+", ";", ":", ",", "-", "'", "\"", "\\",
        "{", "}", "[", "]", "<", "*", "0", "-1", "1", "00", "9223372036854775807", "9223372036854775808",
        "18446744073709551616", "1e309", "-0", "null", "true",
    ]
    /// Bytes that are not UTF-8: a lone continuation, overlong forms, a surrogate, what no character begins with.
    private static let brokenUTF8: [[UInt8]] = [
        [0x80], [0xC0, 0xAF], [0xE0, 0x80, 0xAF], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xFF], [0xC3],
    ]
    /// How many inputs are kept to be mutated.
    private static let maximumPool = 400

    private var generator: SeededGenerator
    private var pool: [[UInt8]]
    private let corpusCount: Int
    private let tokens: [[UInt8]]
    private let maximumLength: Int

    init(_ corpus: [[UInt8]], tokens: [String], seed: UInt64, maximumLength: Int) {
        generator = SeededGenerator(seed: seed)
        pool = corpus
        corpusCount = corpus.count
        self.tokens = (Self.commonTokens + tokens + tokens).map { Array($0.utf8) } + Self.brokenUTF8
        self.maximumLength = maximumLength
    }

    /// The next input: one that is known, changed in one to four ways.
    mutating func next() -> [UInt8] {
        var bytes = generator.pick(pool)
        for _ in 0..<Int.random(in: 1...4, using: &generator) { change(&bytes) }
        return Array(bytes.prefix(maximumLength))
    }

    /// Adds an input to those that are mutated; the corpus itself always stays among them.
    mutating func keep(_ input: [UInt8]) {
        if pool.count < Self.maximumPool {
            pool.append(input)
        } else if corpusCount < pool.count {
            pool[Int.random(in: corpusCount..<pool.count, using: &generator)] = input
        }
    }

    private mutating func change(_ bytes: inout [UInt8]) {
        let range = randomRange(of: bytes)
        switch Int.random(in: 0..<9, using: &generator) {
        case 0 where !bytes.isEmpty:
            bytes[Int.random(in: bytes.indices, using: &generator)] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 1 where !bytes.isEmpty:
            bytes[Int.random(in: bytes.indices, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
        case 2: bytes.removeSubrange(range)
        case 3: bytes.insert(contentsOf: Array(bytes[range]), at: range.upperBound)
        case 4: bytes.removeLast(bytes.count - range.lowerBound)
        case 5:
            let other = generator.pick(pool)
            bytes = Array(bytes[..<range.lowerBound]) + other[randomRange(of: other).lowerBound...]
        case 6: bytes.replaceSubrange(range, with: generator.pick(tokens))
        default: bytes.insert(contentsOf: generator.pick(tokens), at: range.lowerBound)
        }
    }

    /// A place in `bytes`, with up to 16 bytes after it.
    private mutating func randomRange(of bytes: [UInt8]) -> Range<Int> {
        let start = Int.random(in: 0...bytes.count, using: &generator)
        return start..<Int.random(in: start...min(start + 16, bytes.count), using: &generator)
    }
}
