/// Reads JSON the way a registry has to: once, exactly, and in bounded time and memory.
///
/// A manifest is read by many programs, and content that two of them understand differently is an attack. So whatever
/// parsers are known to disagree on is refused: two members of one name in an object (compared after escapes are
/// resolved), a byte order mark, bytes that are not UTF-8, unpaired surrogates, NUL in any notation, and numbers out of
/// the range of a double. The scan is one pass over the bytes with a stack of its own, so that neither depth nor length
/// can exhaust the thread's.
///
/// RFC 8259; RFC 7493 (I-JSON).
package enum StrictJSON {
    /// How deep arrays and objects may stand inside one another.
    package static let maximumDepth = 64
    /// How many names and values one document may have, all together.
    package static let maximumNodes = 262_144
    /// The longest number, in characters.
    package static let maximumNumberLength = 64

    /// Checks that `bytes` are one JSON value, with white space around it at most.
    ///
    /// - Throws: ``JSONFault`` with the reason and the place of the first fault.
    package static func validate(
        _ bytes: some Collection<UInt8>, maximumDepth: Int = StrictJSON.maximumDepth
    ) throws(JSONFault) {
        _ = try parse(bytes, maximumDepth: maximumDepth)
    }

    /// Checks `bytes` as ``validate(_:maximumDepth:)`` does and keeps where everything stands.
    static func parse(
        _ bytes: some Collection<UInt8>, maximumDepth: Int = StrictJSON.maximumDepth
    ) throws(JSONFault) -> JSONDocument {
        var scanner = JSONScanner(Array(bytes), maximumDepth: maximumDepth)
        return try scanner.scan()
    }
}

/// Why bytes are not acceptable JSON, and where.
package struct JSONFault: Error, Equatable, CustomStringConvertible {
    /// What is wrong. The raw value says it in words.
    package enum Reason: String, Sendable {
        case empty = "there is nothing"
        case tooLong = "the text is longer than 2 GiB"
        case byteOrderMark = "a byte order mark is not allowed"
        case notUTF8 = "the bytes are not UTF-8"
        case nul = "the character NUL is not allowed"
        case controlCharacter = "a control character must be escaped"
        case badEscape = "an escape must be one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX"
        case unpairedSurrogate = "a surrogate stands alone"
        case badNumber = "a number is malformed"
        case hugeNumber = "a number is too long or out of range"
        case duplicateName = "an object has two members of one name"
        case tooDeep = "arrays and objects are nested too deep"
        case tooManyNodes = "there are too many values"
        case unexpectedEnd = "the text ends too early"
        case unexpectedCharacter = "this character cannot stand here"
        case trailingContent = "only white space may follow the value"
    }

    package let reason: Reason
    /// The place of the fault, in bytes from the beginning.
    package let offset: Int

    package var description: String { "\(reason.rawValue) (byte \(offset))" }
}
