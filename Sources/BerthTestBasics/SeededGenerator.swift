/// SplitMix64: random numbers that are the same in every run.
package struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }

    /// A text of up to `maximumLength` characters out of `alphabet`.
    package mutating func text(of alphabet: [Character], maximumLength: Int) -> String {
        String((0..<Int.random(in: 0...maximumLength, using: &self)).map { _ in pick(alphabet) })
    }

    /// So many random bytes.
    package mutating func bytes(_ count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count + 8)
        while bytes.count < count { withUnsafeBytes(of: next()) { bytes.append(contentsOf: $0) } }
        return Array(bytes.prefix(count))
    }

    /// One of `elements`, which are not empty.
    package mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[Int.random(in: 0..<elements.count, using: &self)]
    }

    /// `text` with up to two characters replaced, put in or taken out.
    package mutating func mutated(_ text: String, with alphabet: [Character]) -> String {
        var characters = Array(text)
        for _ in 0..<Int.random(in: 0...2, using: &self) {
            let position = Int.random(in: 0...characters.count, using: &self)
            switch Int.random(in: 0..<3, using: &self) {
            case 0: characters.insert(pick(alphabet), at: position)
            case 1 where position < characters.count: characters[position] = pick(alphabet)
            case 2 where position < characters.count: characters.remove(at: position)
            default: break
            }
        }
        return String(characters)
    }
}

/// What names are attacked with: the characters of all grammars and those that other parsers trip over.
package let hostileAlphabet: [Character] =
    Array("abz019AZ._-/:@%+ ~\\\"'?#&;=<>\u{0}\n\r\t\u{7F}") + [
        "é", "e\u{301}", "ſ", "\u{212A}", "／", "．", "０", "\u{200B}", "😀",
    ]
