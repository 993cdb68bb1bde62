import Foundation

/// JSON as it is, to see what is really there.
enum JSONValue: Decodable, Equatable {
    case null
    case boolean(Bool)
    case integer(Int64)
    case text(String)
    case list([JSONValue])
    case object([String: JSONValue])

    init(parsing text: String) throws {
        self = try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .boolean(value)
        } else if let value = try? container.decode(Int64.self) {
            self = .integer(value)
        } else if let value = try? container.decode(String.self) {
            self = .text(value)
        } else if let values = try? container.decode([JSONValue].self) {
            self = .list(values)
        } else {
            self = .object(try container.decode([String: JSONValue].self))
        }
    }

    /// A member of an object; `null` where there is none.
    subscript(key: String) -> JSONValue {
        guard case .object(let members) = self else { return .null }
        return members[key] ?? .null
    }

    /// An element of a list; `null` where there is none.
    subscript(index: Int) -> JSONValue {
        list.indices.contains(index) ? list[index] : .null
    }

    var text: String? {
        guard case .text(let value) = self else { return nil }
        return value
    }

    var integer: Int64? {
        guard case .integer(let value) = self else { return nil }
        return value
    }

    var list: [JSONValue] {
        guard case .list(let values) = self else { return [] }
        return values
    }

    /// The keys and types, such as `[{deadline: instant, tags: [text]}]`. A list has the shape of its elements, which
    /// must be one; an instant is RFC 3339 in UTC.
    var shape: String {
        switch self {
        case .null: return "null"
        case .boolean: return "boolean"
        case .integer: return "integer"
        case .text(let value): return value.wholeMatch(of: Self.instant) == nil ? "text" : "instant"
        case .list(let values): return "[" + Set(values.map(\.shape)).sorted().joined(separator: " | ") + "]"
        case .object(let members):
            return "{" + members.sorted { $0.key < $1.key }.map { "\($0): \($1.shape)" }.joined(separator: ", ") + "}"
        }
    }

    private static var instant: Regex<Substring> {
        /[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{3})?Z/
    }
}
