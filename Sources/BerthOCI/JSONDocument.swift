/// A JSON document that ``StrictJSON`` has checked: its bytes, and where in them each name and value stands.
///
/// The nodes are in the order of the text. The members of an object follow it as name, value, name, value.
struct JSONDocument: Sendable {
    enum Kind: Sendable { case object, array, string, number, `true`, `false`, null }

    struct Node: Sendable {
        let kind: Kind
        /// Whether a string has escapes in it.
        let isEscaped: Bool
        /// The bytes of the value; of a string those between its quotation marks.
        let start: UInt32
        var end: UInt32
        /// The first node that is not part of this value.
        var next: UInt32
    }

    let bytes: [UInt8]
    let nodes: [Node]

    /// The document's one value.
    var root: JSONValue { JSONValue(document: self, index: 0) }

    /// The text of a string as UTF-8, its escapes resolved.
    ///
    /// - Precondition: the escapes have been checked.
    static func text(of node: Node, in bytes: [UInt8]) -> [UInt8] {
        let raw = bytes[Int(node.start)..<Int(node.end)]
        guard node.isEscaped else { return Array(raw) }
        var text = [UInt8]()
        text.reserveCapacity(raw.count)
        var rest = raw
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\"), let escape = rest.popFirst() else {
                text.append(byte)
                continue
            }
            switch escape {
            case UInt8(ascii: "b"): text.append(0x08)
            case UInt8(ascii: "f"): text.append(0x0C)
            case UInt8(ascii: "n"): text.append(0x0A)
            case UInt8(ascii: "r"): text.append(0x0D)
            case UInt8(ascii: "t"): text.append(0x09)
            case UInt8(ascii: "u"): append(scalar: &rest, to: &text)
            default: text.append(escape)
            }
        }
        return text
    }

    private static func append(scalar rest: inout ArraySlice<UInt8>, to text: inout [UInt8]) {
        func codeUnit() -> UInt16 {
            let digits = rest.prefix(4)
            rest = rest.dropFirst(4)
            return digits.reduce(0) { $0 << 4 | UInt16($1.hexDigitValue ?? 0) }
        }
        var units = [codeUnit()]
        if UTF16.isLeadSurrogate(units[0]) {
            rest = rest.dropFirst(2)
            units.append(codeUnit())
        }
        text.append(contentsOf: String(decoding: units, as: UTF16.self).utf8)
    }
}

/// One value of a ``JSONDocument``.
struct JSONValue: Sendable {
    let document: JSONDocument
    let index: Int

    private var node: JSONDocument.Node { document.nodes[index] }

    var isNull: Bool { node.kind == .null }

    var isTrue: Bool { node.kind == .true }

    /// The text of a string; `nil` for any other value.
    var text: String? {
        guard node.kind == .string else { return nil }
        return String(decoding: JSONDocument.text(of: node, in: document.bytes), as: UTF8.self)
    }

    /// A number that is written without fraction and exponent and fits; `nil` for any other value.
    var integer: Int64? {
        guard node.kind == .number else { return nil }
        return Int64(String(decoding: document.bytes[Int(node.start)..<Int(node.end)], as: UTF8.self))
    }

    /// The elements of an array; `nil` for any other value.
    var elements: [JSONValue]? {
        guard node.kind == .array else { return nil }
        var elements: [JSONValue] = []
        var position = index + 1
        while position < Int(node.next) {
            elements.append(JSONValue(document: document, index: position))
            position = Int(document.nodes[position].next)
        }
        return elements
    }

    /// The members of an object in the order of the text; `nil` for any other value.
    var members: [(name: String, value: JSONValue)]? {
        guard node.kind == .object else { return nil }
        var members: [(name: String, value: JSONValue)] = []
        var position = index + 1
        while position < Int(node.next) {
            let name = JSONDocument.text(of: document.nodes[position], in: document.bytes)
            members.append(
                (String(decoding: name, as: UTF8.self), JSONValue(document: document, index: position + 1)))
            position = Int(document.nodes[position + 1].next)
        }
        return members
    }
}

extension UInt8 {
    /// The value of a hex digit of either case; `nil` for any other character.
    var hexDigitValue: UInt8? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
