/// The one pass of ``StrictJSON`` over the bytes of a document.
struct JSONScanner {
    private enum Expectation { case value, name, separator }

    /// An array or object that is still open.
    private struct Container {
        let isObject: Bool
        let node: Int
    }

    /// A name within one object, as the bytes that it stands for.
    private struct Name: Hashable {
        let object: Int
        let bytes: [UInt8]

        func hash(into hasher: inout Hasher) {
            hasher.combine(object)
            bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
        }
    }

    private let bytes: [UInt8]
    private let maximumDepth: Int
    private var position = 0
    private var nodes: [JSONDocument.Node] = []
    private var open: [Container] = []
    private var names: Set<Name> = []

    init(_ bytes: [UInt8], maximumDepth: Int) {
        self.bytes = bytes
        self.maximumDepth = maximumDepth
    }

    mutating func scan() throws(JSONFault) -> JSONDocument {
        try checkText()
        var expected = Expectation.value
        while true {
            skipWhiteSpace()
            switch expected {
            case .value: expected = try value()
            case .name: expected = try name()
            case .separator:
                guard let container = open.last else {
                    guard position == bytes.count else { throw fault(.trailingContent) }
                    return JSONDocument(bytes: bytes, nodes: nodes)
                }
                expected = try separator(in: container)
            }
        }
    }

    /// Checks what concerns the text as a whole.
    private func checkText() throws(JSONFault) {
        guard !bytes.isEmpty else { throw fault(.empty) }
        guard bytes.count <= Int32.max else { throw fault(.tooLong) }
        guard !bytes.starts(with: [0xEF, 0xBB, 0xBF]), !bytes.starts(with: [0xFF, 0xFE]),
            !bytes.starts(with: [0xFE, 0xFF])
        else { throw fault(.byteOrderMark) }
        guard String(validating: bytes, as: UTF8.self) != nil else { throw fault(.notUTF8) }
    }

    private mutating func value() throws(JSONFault) -> Expectation {
        switch try current() {
        case UInt8(ascii: "{"): return try begin(isObject: true)
        case UInt8(ascii: "["): return try begin(isObject: false)
        case UInt8(ascii: "\""):
            try string()
            return .separator
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try number()
        case UInt8(ascii: "t"): try word("true", .true)
        case UInt8(ascii: "f"): try word("false", .false)
        case UInt8(ascii: "n"): try word("null", .null)
        case 0: throw fault(.nul)
        default: throw fault(.unexpectedCharacter)
        }
        return .separator
    }

    private mutating func begin(isObject: Bool) throws(JSONFault) -> Expectation {
        guard open.count < maximumDepth else { throw fault(.tooDeep) }
        open.append(Container(isObject: isObject, node: nodes.count))
        try append(isObject ? .object : .array, from: position, to: position)
        position += 1
        skipWhiteSpace()
        if try current() == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
            end()
            return .separator
        }
        return isObject ? .name : .value
    }

    private mutating func end() {
        position += 1
        let container = open.removeLast()
        nodes[container.node].next = UInt32(nodes.count)
        nodes[container.node].end = UInt32(position)
    }

    private mutating func separator(in container: Container) throws(JSONFault) -> Expectation {
        switch (try current(), container.isObject) {
        case (UInt8(ascii: ","), let isObject):
            position += 1
            return isObject ? .name : .value
        case (UInt8(ascii: "}"), true), (UInt8(ascii: "]"), false):
            end()
            return .separator
        case (0, _): throw fault(.nul)
        default: throw fault(.unexpectedCharacter)
        }
    }

    private mutating func name() throws(JSONFault) -> Expectation {
        guard try current() == UInt8(ascii: "\"") else { throw fault(.unexpectedCharacter) }
        let start = position
        try string()
        if let container = open.last, let node = nodes.last {
            let name = Name(object: container.node, bytes: JSONDocument.text(of: node, in: bytes))
            guard names.insert(name).inserted else { throw JSONFault(reason: .duplicateName, offset: start) }
        }
        skipWhiteSpace()
        guard try current() == UInt8(ascii: ":") else { throw fault(.unexpectedCharacter) }
        position += 1
        return .value
    }

    private mutating func word(_ word: StaticString, _ kind: JSONDocument.Kind) throws(JSONFault) {
        let start = position
        for index in 0..<word.utf8CodeUnitCount {
            guard try current() == word.utf8Start[index] else { throw fault(.unexpectedCharacter) }
            position += 1
        }
        try append(kind, from: start, to: position)
    }

    private mutating func append(
        _ kind: JSONDocument.Kind, from start: Int, to end: Int, isEscaped: Bool = false
    ) throws(JSONFault) {
        guard nodes.count < StrictJSON.maximumNodes else { throw fault(.tooManyNodes) }
        nodes.append(
            JSONDocument.Node(
                kind: kind, isEscaped: isEscaped, start: UInt32(start), end: UInt32(end),
                next: UInt32(nodes.count + 1)))
    }

    private mutating func skipWhiteSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }

    private func current() throws(JSONFault) -> UInt8 {
        guard position < bytes.count else { throw fault(.unexpectedEnd) }
        return bytes[position]
    }

    private func fault(_ reason: JSONFault.Reason) -> JSONFault { JSONFault(reason: reason, offset: position) }
}

// MARK: - Strings

extension JSONScanner {
    /// Takes a string, from its opening to its closing quotation mark, and keeps what is between them.
    private mutating func string() throws(JSONFault) {
        position += 1
        let start = position
        var isEscaped = false
        while true {
            switch try current() {
            case UInt8(ascii: "\""):
                try append(.string, from: start, to: position, isEscaped: isEscaped)
                position += 1
                return
            case UInt8(ascii: "\\"):
                isEscaped = true
                try escape()
            case 0: throw fault(.nul)
            case 1..<0x20: throw fault(.controlCharacter)
            default: position += 1
            }
        }
    }

    private mutating func escape() throws(JSONFault) {
        let start = position
        position += 1
        switch try current() {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            position += 1
        case UInt8(ascii: "u"):
            switch try codeUnit() {
            case 0: throw JSONFault(reason: .nul, offset: start)
            case 0xD800...0xDBFF:
                guard position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
                    bytes[position + 1] == UInt8(ascii: "u")
                else { throw JSONFault(reason: .unpairedSurrogate, offset: start) }
                position += 1
                guard (0xDC00...0xDFFF).contains(try codeUnit()) else {
                    throw JSONFault(reason: .unpairedSurrogate, offset: start)
                }
            case 0xDC00...0xDFFF: throw JSONFault(reason: .unpairedSurrogate, offset: start)
            default: break
            }
        default: throw JSONFault(reason: .badEscape, offset: start)
        }
    }

    /// Takes `uXXXX`.
    private mutating func codeUnit() throws(JSONFault) -> UInt16 {
        position += 1
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let digit = try current().hexDigitValue else { throw fault(.badEscape) }
            unit = unit << 4 | UInt16(digit)
            position += 1
        }
        return unit
    }
}

// MARK: - Numbers

extension JSONScanner {
    /// Takes `-? (0 | [1-9][0-9]*) (\.[0-9]+)? ([eE][+-]?[0-9]+)?`.
    private mutating func number() throws(JSONFault) {
        let start = position
        skip(UInt8(ascii: "-"))
        if !skip(UInt8(ascii: "0")) { try digits() }
        if skip(UInt8(ascii: ".")) { try digits() }
        let hasExponent = skip(UInt8(ascii: "e")) || skip(UInt8(ascii: "E"))
        if hasExponent {
            _ = skip(UInt8(ascii: "+")) || skip(UInt8(ascii: "-"))
            try digits()
        }
        guard position - start <= StrictJSON.maximumNumberLength else {
            throw JSONFault(reason: .hugeNumber, offset: start)
        }
        if hasExponent {
            guard Double(String(decoding: bytes[start..<position], as: UTF8.self))?.isFinite == true else {
                throw JSONFault(reason: .hugeNumber, offset: start)
            }
        }
        try append(.number, from: start, to: position)
    }

    private mutating func digits() throws(JSONFault) {
        let start = position
        while position < bytes.count, bytes[position].isDigit { position += 1 }
        guard position > start else { throw fault(position < bytes.count ? .badNumber : .unexpectedEnd) }
    }

    @discardableResult
    private mutating func skip(_ byte: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }
}
