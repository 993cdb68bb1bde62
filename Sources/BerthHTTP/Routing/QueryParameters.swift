import BerthOCI
import Hummingbird
import HummingbirdCore

/// The parameters of a query, in their order, percent-decoded.
///
/// Everything is checked when the value is made: a broken `%` sequence, bytes that are not UTF-8 and control
/// characters (which could end a header that the text is repeated in) are refused. Forms may have line ends and tabs.
package struct QueryParameters: Sendable {
    private struct Parameter {
        let name: String
        /// As forms and Go encode it: `+` is a space.
        let value: String
        /// With `+` standing for itself.
        let literal: String
    }

    private let parameters: [Parameter]

    /// No parameters.
    package init() { parameters = [] }

    /// Takes the query of a request.
    ///
    /// - Throws: 400 for a query that cannot be decoded.
    package init(_ uri: URI) throws(RegistryError) {
        do {
            try self.init(parsing: uri.query ?? "")
        } catch {
            throw RegistryError(
                .unsupported, error.description, status: 400, detail: .text(error.found))
        }
    }

    /// Takes a query without its question mark, or the body of a form.
    ///
    /// - Throws: ``ParseFailure`` for a query that cannot be decoded.
    package init(parsing query: some StringProtocol) throws(ParseFailure) {
        try self.init(query, allowsLines: false)
    }

    /// Takes the body of a form whose values may have several lines.
    ///
    /// - Throws: ``ParseFailure`` for one that cannot be decoded.
    package init(parsingForm form: some StringProtocol) throws(ParseFailure) { try self.init(form, allowsLines: true) }

    private init(_ query: some StringProtocol, allowsLines: Bool) throws(ParseFailure) {
        var parameters: [Parameter] = []
        for pair in query.utf8.split(separator: UInt8(ascii: "&")) {
            let equals = pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.endIndex
            let value = pair[equals...].dropFirst()
            parameters.append(
                Parameter(
                    name: try Self.decode(pair[..<equals], plusIsSpace: true, allowsLines: false),
                    value: try Self.decode(value, plusIsSpace: true, allowsLines: allowsLines),
                    literal: try Self.decode(value, plusIsSpace: false, allowsLines: allowsLines)))
        }
        self.parameters = parameters
    }

    /// The first value of a parameter; `+` in it was a space.
    package subscript(_ name: String) -> String? { parameters.first { $0.name == name }?.value }

    /// The first value of a parameter in which `+` stands for itself, as in media types.
    package subscript(literal name: String) -> String? { parameters.first { $0.name == name }?.literal }

    /// All values of a parameter, in their order.
    package func all(_ name: String) -> [String] { parameters.filter { $0.name == name }.map(\.value) }

    package func contains(_ name: String) -> Bool { parameters.contains { $0.name == name } }

    private static func decode(
        _ bytes: some Collection<UInt8>, plusIsSpace: Bool, allowsLines: Bool
    ) throws(ParseFailure) -> String {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(bytes.count)
        var rest = bytes[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+") where plusIsSpace: decoded.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard let high = rest.popFirst().flatMap(PercentEncoding.hexValue),
                    let low = rest.popFirst().flatMap(PercentEncoding.hexValue)
                else {
                    throw failure(bytes, expected: "two hex digits after every %")
                }
                decoded.append(high << 4 | low)
            default: decoded.append(byte)
            }
        }
        let lines: [UInt8] = allowsLines ? [0x09, 0x0A, 0x0D] : []
        guard decoded.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || lines.contains($0) }) else {
            throw failure(bytes, expected: "no control characters")
        }
        guard let text = String(validating: decoded, as: UTF8.self) else {
            throw failure(bytes, expected: "UTF-8")
        }
        return text
    }

    private static func failure(_ bytes: some Collection<UInt8>, expected: String) -> ParseFailure {
        ParseFailure("query parameter", found: String(decoding: bytes, as: UTF8.self), expected: expected)
    }
}
