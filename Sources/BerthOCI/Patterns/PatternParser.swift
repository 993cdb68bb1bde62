/// Reads the text of a pattern.
struct PatternParser {
    private let text: String
    private let bytes: [UInt8]
    private var position = 0
    private var depth = 0

    /// How deep groups may nest.
    private static let maximumDepth = 20
    /// The largest number in a repetition.
    private static let maximumCount = 1000

    init(_ text: String) {
        self.text = text
        bytes = Array(text.utf8)
    }

    /// - Throws: ``ParseFailure``.
    mutating func parse() throws(ParseFailure) -> PatternTree {
        let tree = try choice()
        guard position == bytes.count else { throw failure("no ) without a (") }
        return tree
    }

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    /// Goes on behind `character` if it is next.
    private mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard next == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private func failure(_ expected: String) -> ParseFailure {
        ParseFailure("pattern", found: text, expected: expected + " (at character \(min(position, bytes.count) + 1))")
    }

    private mutating func choice() throws(ParseFailure) -> PatternTree {
        var parts = [try sequence()]
        while skip("|") { parts.append(try sequence()) }
        return parts.count == 1 ? parts[0] : .choice(parts)
    }

    private mutating func sequence() throws(ParseFailure) -> PatternTree {
        var parts: [PatternTree] = []
        while let byte = next, byte != UInt8(ascii: "|"), byte != UInt8(ascii: ")") {
            parts.append(try repetition(of: try part()))
        }
        return parts.isEmpty ? .empty : .sequence(parts)
    }

    private mutating func part() throws(ParseFailure) -> PatternTree {
        guard let byte = next else { throw failure("a character") }
        position += 1
        switch byte {
        case UInt8(ascii: "("): return try group()
        case UInt8(ascii: "["): return .one(try bracketed())
        case UInt8(ascii: "."): return .one(.any)
        case UInt8(ascii: "^"): return .start
        case UInt8(ascii: "$"): return .end
        case UInt8(ascii: "\\"): return .one(try escaped())
        case UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "?"), UInt8(ascii: "{"):
            position -= 1
            throw failure("something to repeat before * + ? {, or \\ before it")
        default: return .one(CharacterClass(byte...byte))
        }
    }

    private mutating func group() throws(ParseFailure) -> PatternTree {
        guard depth < Self.maximumDepth else { throw failure("groups that nest at most \(Self.maximumDepth) deep") }
        if skip("?"), !skip(":") {
            throw failure("( or (?: before a group; looking around and flags are not supported")
        }
        depth += 1
        let tree = try choice()
        depth -= 1
        guard skip(")") else { throw failure("a ) for every (") }
        return tree
    }

    private mutating func repetition(of part: PatternTree) throws(ParseFailure) -> PatternTree {
        let minimum: Int
        let maximum: Int?
        if skip("*") {
            (minimum, maximum) = (0, nil)
        } else if skip("+") {
            (minimum, maximum) = (1, nil)
        } else if skip("?") {
            (minimum, maximum) = (0, 1)
        } else if skip("{") {
            (minimum, maximum) = try counts()
        } else {
            return part
        }
        // As few as possible, or as many: the same tags match.
        _ = skip("?")
        switch part {
        case .start, .end: throw failure("no repetition of ^ or $")
        default: return .repeated(part, minimum: minimum, maximum: maximum)
        }
    }

    private mutating func counts() throws(ParseFailure) -> (Int, Int?) {
        let minimum = try number()
        var maximum: Int? = minimum
        if skip(",") { maximum = next == UInt8(ascii: "}") ? nil : try number() }
        guard skip("}"), minimum <= maximum ?? minimum else { throw failure("{m}, {m,} or {m,n} with m not above n") }
        return (minimum, maximum)
    }

    private mutating func number() throws(ParseFailure) -> Int {
        let digits = bytes[position...].prefix { $0.isDigit }
        guard (1...4).contains(digits.count), let number = Int(String(decoding: digits, as: UTF8.self)),
            number <= Self.maximumCount
        else { throw failure("a number up to \(Self.maximumCount)") }
        position += digits.count
        return number
    }

    /// Reads what follows a backslash.
    private mutating func escaped() throws(ParseFailure) -> CharacterClass {
        guard let byte = next else { throw failure("a character after \\") }
        position += 1
        switch byte {
        case UInt8(ascii: "d"): return .digits
        case UInt8(ascii: "D"): return CharacterClass.digits.inverted
        case UInt8(ascii: "w"): return .word
        case UInt8(ascii: "W"): return CharacterClass.word.inverted
        case UInt8(ascii: "s"): return .space
        case UInt8(ascii: "S"): return CharacterClass.space.inverted
        case _ where CharacterClass.word.contains(byte):
            position -= 1
            throw failure("\\d \\w \\s \\D \\W \\S, or a sign, after \\")
        default: return CharacterClass(byte...byte)
        }
    }

    /// Reads a class after its opening bracket.
    private mutating func bracketed() throws(ParseFailure) -> CharacterClass {
        let isInverted = skip("^")
        var set = CharacterClass()
        var isFirst = true
        while let byte = next, isFirst || byte != UInt8(ascii: "]") {
            isFirst = false
            guard let low = try member(into: &set) else { continue }
            guard next == UInt8(ascii: "-"), position + 1 < bytes.count, bytes[position + 1] != UInt8(ascii: "]") else {
                set.insert(low...low)
                continue
            }
            position += 1
            guard let high = try member(into: &set), low <= high else {
                throw failure("a range from a lower to a higher character")
            }
            set.insert(low...high)
        }
        guard skip("]") else { throw failure("a ] for every [") }
        return isInverted ? set.inverted : set
    }

    /// Reads a member of a class.
    ///
    /// - Returns: The character; `nil` when it was several, which are then in the set.
    private mutating func member(into set: inout CharacterClass) throws(ParseFailure) -> UInt8? {
        guard let byte = next else { throw failure("a ] for every [") }
        position += 1
        guard byte == UInt8(ascii: "\\") else {
            if byte == UInt8(ascii: "["), next == UInt8(ascii: ":") {
                throw failure("\\d, \\w or a range in the place of [: :]")
            }
            return byte
        }
        guard let sign = next, !CharacterClass.word.contains(sign) else {
            set.formUnion(try escaped())
            return nil
        }
        position += 1
        return sign
    }
}
