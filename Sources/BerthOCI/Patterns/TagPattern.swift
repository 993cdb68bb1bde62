/// A regular expression for tags, matched in time that grows with its size times the length of the tag, whatever both
/// say: there is no way to make it slow.
///
/// It knows literals, `.`, classes such as `[a-z0-9_]` and `[^-]`, `\d \w \s` and their opposites, groups, `|`, the
/// anchors `^` and `$`, and the repetitions `* + ?` and `{m}`, `{m,}`, `{m,n}`. It knows no references back, no looking
/// around and no flags, which cannot be matched in bounded time or mean nothing for a tag. As in other engines it is
/// searched for: it matches a tag of which any part fits, unless anchors say otherwise.
package struct TagPattern: Sendable, Hashable, CustomStringConvertible {
    /// The most bytes that a pattern may have.
    package static let maximumLength = 256
    /// The most steps that a pattern may have once its repetitions are written out.
    package static let maximumSize = 1000

    private let text: String
    private let program: [PatternStep]

    /// How many steps the pattern has: what matching one character costs at most.
    package var size: Int { program.count }

    /// - Throws: ``ParseFailure`` with what is wrong in the pattern.
    package init(parsing text: String) throws(ParseFailure) {
        guard (1...Self.maximumLength).contains(text.utf8.count), text.utf8.allSatisfy({ $0 < 128 }) else {
            throw ParseFailure("pattern", found: text, expected: "1 to \(Self.maximumLength) ASCII characters")
        }
        var parser = PatternParser(text)
        let tree = try parser.parse()
        guard tree.size < Self.maximumSize else {
            throw ParseFailure(
                "pattern", found: text, expected: "one whose repetitions add up to less than \(Self.maximumSize) steps")
        }
        self.text = text
        program = PatternStep.program(for: tree)
    }

    package var description: String { text }

    /// Whether any part of the text fits the pattern.
    package func matches(_ tag: TagName) -> Bool { matches(tag.description) }

    /// Whether any part of the text fits the pattern.
    package func matches(_ text: String) -> Bool {
        var states = PatternStates(program)
        let bytes = Array(text.utf8)
        states.start(isAtStart: true, isAtEnd: bytes.isEmpty)
        for (index, byte) in bytes.enumerated() {
            if states.isAccepted { return true }
            states.advance(over: byte, isAtEnd: index == bytes.count - 1)
        }
        return states.isAccepted
    }

    package static func == (left: TagPattern, right: TagPattern) -> Bool { left.text == right.text }
    package func hash(into hasher: inout Hasher) { hasher.combine(text) }
}

/// A set of ASCII characters.
struct CharacterClass: Sendable, Hashable {
    private var bits: UInt128 = 0

    init() {}

    init(_ range: ClosedRange<UInt8>) { insert(range) }

    func contains(_ byte: UInt8) -> Bool { byte < 128 && bits & (1 << UInt128(byte)) != 0 }

    mutating func insert(_ range: ClosedRange<UInt8>) {
        for byte in range where byte < 128 { bits |= 1 << UInt128(byte) }
    }

    mutating func formUnion(_ other: CharacterClass) { bits |= other.bits }

    var inverted: CharacterClass {
        var other = self
        other.bits = ~bits
        return other
    }

    static let any = CharacterClass().inverted
    static let digits = CharacterClass(UInt8(ascii: "0")...UInt8(ascii: "9"))
    static let word: CharacterClass = {
        var set = digits
        set.insert(UInt8(ascii: "a")...UInt8(ascii: "z"))
        set.insert(UInt8(ascii: "A")...UInt8(ascii: "Z"))
        set.insert(UInt8(ascii: "_")...UInt8(ascii: "_"))
        return set
    }()
    static let space: CharacterClass = {
        var set = CharacterClass(UInt8(ascii: " ")...UInt8(ascii: " "))
        set.insert(0x09...0x0d)
        return set
    }()
}

/// What a pattern says, as a tree.
indirect enum PatternTree: Sendable {
    case empty
    case one(CharacterClass)
    case start
    case end
    case sequence([PatternTree])
    case choice([PatternTree])
    /// `maximum` is `nil` for any number.
    case repeated(PatternTree, minimum: Int, maximum: Int?)

    /// The number of steps that the tree becomes, at least 1; no more than a little above the largest that is allowed.
    var size: Int {
        switch self {
        case .empty, .one, .start, .end: 1
        case .sequence(let parts): Self.bounded(parts.reduce(0) { $0 + $1.size })
        case .choice(let parts): Self.bounded(parts.reduce(0) { $0 + $1.size + 2 })
        case .repeated(let part, let minimum, let maximum):
            Self.bounded((part.size + 2) * max(1, maximum ?? minimum + 1))
        }
    }

    /// Keeps sums and products of sizes far from overflowing.
    private static func bounded(_ size: Int) -> Int { min(max(size, 1), 1_000_000) }
}
