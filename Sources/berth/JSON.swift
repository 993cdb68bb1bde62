import BerthAccess
import BerthRegistry
import Foundation

/// A JSON value as the commands print it: what is absent is `null`, never left out.
enum JSON: Encodable, ExpressibleByDictionaryLiteral {
    case null
    case string(String)
    case integer(Int64)
    case boolean(Bool)
    case array([JSON])
    case object([String: JSON])

    init(dictionaryLiteral elements: (String, JSON)...) {
        self = .object(Dictionary(elements) { $1 })
    }

    /// A text of whatever describes itself, or `null`.
    static func text(_ value: (some CustomStringConvertible)?) -> JSON {
        value.map { .string($0.description) } ?? .null
    }

    static func integer(_ value: Int) -> JSON { .integer(Int64(value)) }

    /// RFC 3339 in UTC.
    static func instant(_ value: Date) -> JSON { .string(value.rfc3339) }

    /// RFC 3339 in UTC; `null` for a share without an end.
    static func deadline(_ value: Deadline) -> JSON {
        switch value {
        case .forever: .null
        case .until(let end): .instant(end)
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .string(let value): try container.encode(value)
        case .integer(let value): try container.encode(value)
        case .boolean(let value): try container.encode(value)
        case .array(let values): try container.encode(values)
        case .object(let members): try container.encode(members)
        }
    }

    /// One line, with the keys of objects in order.
    func text() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}
