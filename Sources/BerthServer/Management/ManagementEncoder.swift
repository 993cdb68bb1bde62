/// Writes a body as JSON into one text, as Foundation's `JSONEncoder` does with sorted keys and plain slashes: that one
/// makes an object of each value first, which costs most of an answer with a page of entries.
final class ManagementEncoder {
    private(set) var bytes: [UInt8] = []
    private let keys: ManagementJSON.Keys

    init(keys: ManagementJSON.Keys) { self.keys = keys }

    /// - Throws: `EncodingError` for a number that JSON does not have.
    func encode<Value: Encodable>(_ value: Value) throws {
        if Value.self == String.self, let text = value as? String { return write(text) }
        let encoder = ValueEncoder(into: self, keys: Value.self is any KeyedByText.Type ? .asWritten : keys)
        try value.encode(to: encoder)
        encoder.finish()
    }

    /// Writes words of JSON itself.
    func append(_ word: StaticString) {
        word.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    func write(_ isTrue: Bool) { append(isTrue ? "true" : "false") }

    func write(_ number: some FixedWidthInteger) { bytes.append(contentsOf: String(number).utf8) }

    /// - Throws: `EncodingError` for infinity and what is no number.
    func write(_ number: Double) throws {
        guard number.isFinite else {
            throw EncodingError.invalidValue(number, .init(codingPath: [], debugDescription: "JSON has no \(number)"))
        }
        let text = number.description
        bytes.append(contentsOf: text.hasSuffix(".0") ? text.dropLast(2).utf8 : text[...].utf8)
    }

    func write(_ text: String) {
        var text = text
        bytes.append(UInt8(ascii: "\""))
        text.withUTF8 { utf8 in
            var plain = 0
            for (index, byte) in utf8.enumerated() where Self.isEscaped(byte) {
                bytes.append(contentsOf: utf8[plain..<index])
                writeEscaped(byte)
                plain = index + 1
            }
            bytes.append(contentsOf: utf8[plain...])
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Writes the name of a member with its colon.
    ///
    /// - Returns: Where the name itself is.
    func write(key: some CodingKey, keys: ManagementJSON.Keys) -> Range<Int> {
        let start = bytes.count + 1
        let name = key.stringValue
        write(keys == .asWritten ? name : ManagementJSON.snakeCase(name))
        let end = bytes.count - 1
        bytes.append(UInt8(ascii: ":"))
        return start..<end
    }

    /// Puts the members of an object, which end the text, into the order of their names, with commas and brackets.
    func close(_ members: [Member], from start: Int) {
        let ordered = bytes.withUnsafeBufferPointer { text in
            members.sorted { text[$0.name].lexicographicallyPrecedes(text[$1.name]) }
        }
        var object: [UInt8] = []
        object.reserveCapacity(bytes.count - start + members.count + 2)
        for member in ordered {
            object.append(UInt8(ascii: object.isEmpty ? "{" : ","))
            object.append(contentsOf: bytes[member.all])
        }
        if object.isEmpty { object.append(UInt8(ascii: "{")) }
        object.append(UInt8(ascii: "}"))
        bytes.replaceSubrange(start..., with: object)
    }

    private static func isEscaped(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    private func writeEscaped(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): append("\\\"")
        case UInt8(ascii: "\\"): append("\\\\")
        case 0x08: append("\\b")
        case 0x09: append("\\t")
        case 0x0A: append("\\n")
        case 0x0C: append("\\f")
        case 0x0D: append("\\r")
        default:
            let digits = String(byte, radix: 16)
            bytes.append(contentsOf: (byte < 0x10 ? "\\u000" : "\\u00").utf8)
            bytes.append(contentsOf: digits.utf8)
        }
    }

    /// A member of an object that is not closed yet.
    struct Member {
        let name: Range<Int>
        /// With name and value.
        let all: Range<Int>
    }
}

/// A dictionary, whose keys are content and stay as they are.
private protocol KeyedByText {}

extension Dictionary: KeyedByText where Key == String, Value: Encodable {}
