/// A value that is bound to a placeholder or was found in a row.
package enum SQLValue: Sendable, Hashable {
    case null
    case integer(Int64)
    /// Written by nobody here; found only in a database that something else has changed.
    case real(Double)
    case text(String)
    case bytes([UInt8])
}

extension SQLValue: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral {
    package init(integerLiteral value: Int64) { self = .integer(value) }
    package init(stringLiteral value: String) { self = .text(value) }
}
