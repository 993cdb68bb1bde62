import BerthOCI

/// What part of a representation a `Range` header asks for.
///
/// One range of bytes is served. Several ranges, an unknown unit and text that is no range are answered with the
/// whole, as RFC 9110 allows; ranges that lie outside or run backwards are unsatisfiable.
///
/// RFC 9110, section 14.
package enum RangeRequest: Equatable, Sendable {
    /// Everything: 200.
    case whole
    /// These bytes, first and last inclusive, all within the representation: 206.
    case part(ClosedRange<Int64>)
    /// 416.
    case unsatisfiable

    /// Reads a `Range` header for a representation of `size` bytes.
    ///
    /// - Parameters:
    ///   - ifRange: The `If-Range` header; unless it is exactly `entityTag`, the range is ignored.
    ///   - entityTag: The strong entity tag of the representation, with its quotes.
    package static func parse(
        _ header: String?, size: Int64, ifRange: String? = nil, entityTag: String? = nil
    ) -> RangeRequest {
        guard let header, ifRange == nil || ifRange == entityTag else { return .whole }
        let parts = header.utf8.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, Substring(parts[0]).lowercased() == "bytes" else { return .whole }
        let range = Substring(parts[1]).trimmingSpaces()
        guard let dash = range.utf8.firstIndex(of: UInt8(ascii: "-")),
            let first = number(range[..<dash]), let last = number(range[range.utf8.index(after: dash)...])
        else { return .whole }
        switch (first, last) {
        case (nil, nil): return .whole
        case (nil, let suffix?):
            guard suffix > 0 else { return .unsatisfiable }
            return size == 0 ? .whole : .part(max(0, size - suffix)...(size - 1))
        case (let first?, let end):
            let last = min(end ?? Int64.max, size - 1)
            return first <= last ? .part(first...last) : .unsatisfiable
        }
    }

    /// The `Content-Range` of a 206.
    package static func contentRange(_ part: ClosedRange<Int64>, size: Int64) -> String {
        "bytes \(part.lowerBound)-\(part.upperBound)/\(size)"
    }

    /// The `Content-Range` of a 416.
    package static func unsatisfiedContentRange(size: Int64) -> String { "bytes */\(size)" }

    /// `.some(nil)` for no text, `nil` for text that is no number; a number too large for 64 bits is the largest.
    private static func number(_ text: Substring) -> Int64?? {
        guard !text.isEmpty else { return .some(nil) }
        guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
        return .some(Int64(text) ?? Int64.max)
    }
}

extension Substring {
    fileprivate func trimmingSpaces() -> Substring {
        var text = self
        while text.first == " " || text.first == "\t" { text.removeFirst() }
        while text.last == " " || text.last == "\t" { text.removeLast() }
        return text
    }
}

/// The position of a chunk in an upload: the `Content-Range` header of a PATCH or PUT, `first-last` and no more.
///
/// OCI distribution-spec 1.1, "Pushing a blob in chunks": `^[0-9]+-[0-9]+$`.
package struct ContentRange: Equatable, Sendable {
    package let first: Int64
    /// The last byte, inclusive; never before ``first``.
    package let last: Int64

    /// Parses `first-last`.
    ///
    /// - Throws: ``ParseFailure`` for any other form, a last byte before the first, and numbers beyond 63 bits.
    package init(parsing text: some StringProtocol) throws(ParseFailure) {
        let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard parts.count == 2, let first = Self.number(parts[0]), let last = Self.number(parts[1]), first <= last
        else {
            throw ParseFailure(
                "Content-Range", found: text, expected: "<first>-<last>, the first and last byte of the chunk")
        }
        self.first = first
        self.last = last
    }

    /// The number of bytes in the chunk.
    package var length: Int64 { last - first + 1 }

    private static func number(_ digits: some Collection<UInt8>) -> Int64? {
        guard !digits.isEmpty, digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let number = Int64(String(decoding: digits, as: UTF8.self)), number < Int64.max
        else { return nil }
        return number
    }
}
