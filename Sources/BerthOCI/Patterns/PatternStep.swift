/// One step of a pattern's program. Steps follow one another unless they say where to go on.
enum PatternStep: Sendable {
    /// Reads one character of the class.
    case read(CharacterClass)
    /// Goes on at both places.
    case fork(Int, Int)
    case jump(Int)
    case atStart
    case atEnd
    case accept

    static func program(for tree: PatternTree) -> [PatternStep] {
        var program: [PatternStep] = []
        append(tree, to: &program)
        program.append(.accept)
        return program
    }

    private static func append(_ tree: PatternTree, to program: inout [PatternStep]) {
        switch tree {
        case .empty: break
        case .one(let characters): program.append(.read(characters))
        case .start: program.append(.atStart)
        case .end: program.append(.atEnd)
        case .sequence(let parts):
            for part in parts { append(part, to: &program) }
        case .choice(let parts): append(choice: parts[...], to: &program)
        case .repeated(let part, let minimum, let maximum):
            for _ in 0..<minimum { append(part, to: &program) }
            if let maximum {
                appendOptional(part, count: maximum - minimum, to: &program)
            } else {
                let fork = program.count
                program.append(.fork(fork + 1, fork))
                append(part, to: &program)
                program.append(.jump(fork))
                program[fork] = .fork(fork + 1, program.count)
            }
        }
    }

    private static func append(choice parts: ArraySlice<PatternTree>, to program: inout [PatternStep]) {
        var ends: [Int] = []
        for (index, part) in zip(parts.indices, parts) {
            guard index < parts.endIndex - 1 else {
                append(part, to: &program)
                break
            }
            let fork = program.count
            program.append(.fork(fork + 1, fork))
            append(part, to: &program)
            ends.append(program.count)
            program.append(.jump(fork))
            program[fork] = .fork(fork + 1, program.count)
        }
        for end in ends { program[end] = .jump(program.count) }
    }

    /// The part, up to `count` times: after each it may be over.
    private static func appendOptional(_ part: PatternTree, count: Int, to program: inout [PatternStep]) {
        var forks: [Int] = []
        for _ in 0..<count {
            forks.append(program.count)
            program.append(.fork(program.count + 1, program.count))
            append(part, to: &program)
        }
        for fork in forks { program[fork] = .fork(fork + 1, program.count) }
    }
}

/// All places of a program at which a match may stand, each at most once: this is what bounds the time.
struct PatternStates {
    private let program: [PatternStep]
    private var current: [Int] = []
    /// For each place the number of the character at which it was added last.
    private var added: [Int]
    private var position = 0
    private(set) var isAccepted = false

    init(_ program: [PatternStep]) {
        self.program = program
        added = Array(repeating: -1, count: program.count)
    }

    /// Begins a match at the first character.
    mutating func start(isAtStart: Bool, isAtEnd: Bool) { add(0, isAtStart: isAtStart, isAtEnd: isAtEnd) }

    /// Reads a character, and begins another match after it.
    mutating func advance(over byte: UInt8, isAtEnd: Bool) {
        let places = current
        current.removeAll(keepingCapacity: true)
        position += 1
        for place in places {
            guard case .read(let characters) = program[place], characters.contains(byte) else { continue }
            add(place + 1, isAtStart: false, isAtEnd: isAtEnd)
        }
        add(0, isAtStart: false, isAtEnd: isAtEnd)
    }

    /// Adds a place, and all that can be reached from it without reading.
    private mutating func add(_ first: Int, isAtStart: Bool, isAtEnd: Bool) {
        var pending = [first]
        while let place = pending.popLast() {
            guard added[place] != position else { continue }
            added[place] = position
            switch program[place] {
            case .read: current.append(place)
            case .fork(let one, let other): pending += [other, one]
            case .jump(let next): pending.append(next)
            case .atStart: if isAtStart { pending.append(place + 1) }
            case .atEnd: if isAtEnd { pending.append(place + 1) }
            case .accept: isAccepted = true
            }
        }
    }
}
