import BerthHTTP
import BerthOCI
import Foundation
import HTTPTypes
import Hummingbird

/// JSON as the management API reads and writes it.
enum ManagementJSON {
    /// The largest body of a request, in bytes: room for the longest description with every character escaped.
    static let maximumBody = 1024 * 1024
    private static let maximumDepth = 16

    /// How the names of a Swift type become those of its JSON.
    enum Keys: Sendable {
        /// `createdAt` is `created_at`.
        case snakeCase
        /// They are the same.
        case asWritten
    }

    /// A member that is `null` where there is nothing: an optional one is left out.
    struct Nullable<Value: Encodable>: Encodable {
        let value: Value?

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            try container.encode(value)
        }
    }

    /// One object with the members of two, which have none in common: what several answers share, and what is one's own.
    struct Joined<First: Encodable, Second: Encodable>: Encodable {
        private let first: First
        private let second: Second

        init(_ first: First, _ second: Second) {
            self.first = first
            self.second = second
        }

        func encode(to encoder: any Encoder) throws {
            try first.encode(to: encoder)
            try second.encode(to: encoder)
        }
    }

    /// The members of each object in the order of their names.
    static func encode(_ value: some Encodable, keys: Keys = .snakeCase) throws -> [UInt8] {
        let encoder = ManagementEncoder(keys: keys)
        try encoder.encode(value)
        return encoder.bytes
    }

    /// Reads the body of a request. Members that the type does not have are passed over.
    ///
    /// - Throws: ``ManagementError`` with 400: the body is not JSON, a field has another type, or one is missing.
    static func decode<Value: Decodable>(
        _ type: Value.Type = Value.self, from body: [UInt8], keys: Keys = .snakeCase
    ) throws -> Value {
        do {
            try StrictJSON.validate(body, maximumDepth: maximumDepth)
        } catch {
            throw ManagementError(.badRequest, .malformedBody, "the body is not JSON: \(error)")
        }
        let decoder = JSONDecoder()
        if keys == .snakeCase {
            decoder.keyDecodingStrategy = .custom { Member(snakeCase: $0.last?.stringValue ?? "") }
        }
        func place(_ path: [any CodingKey]) -> String { Self.place(path, keys: keys) }
        do {
            return try decoder.decode(type, from: Data(body))
        } catch let error as ManagementError {
            throw error
        } catch DecodingError.keyNotFound(let key, let context) {
            let path = place(context.codingPath + [key])
            throw ManagementError(.badRequest, .missingField, "the body has no field \(path)")
        } catch DecodingError.valueNotFound(let type, let context) {
            throw ManagementError(
                .badRequest, .missingField,
                "the field \(place(context.codingPath)) is null: expected \(word(for: type))")
        } catch DecodingError.typeMismatch(let type, let context) {
            throw ManagementError(
                .badRequest, .malformedBody,
                "\(place(context.codingPath)) has the wrong type: expected \(word(for: type))")
        } catch {
            throw ManagementError(.badRequest, .malformedBody, "the body cannot be read")
        }
    }

    private static func place(_ path: [any CodingKey], keys: Keys) -> String {
        guard !path.isEmpty else { return "the body" }
        return path.map { key in
            if let index = key.intValue { return "[\(index)]" }
            return keys == .asWritten ? key.stringValue : snakeCase(key.stringValue)
        }.joined(separator: ".")
    }

    /// What the JSON calls a member of a Swift type, whose names are of ASCII letters.
    static func snakeCase(_ name: String) -> String {
        let capitals = UInt8(ascii: "A")...UInt8(ascii: "Z")
        guard name.utf8.contains(where: capitals.contains) else { return name }
        var text: [UInt8] = []
        for byte in name.utf8 {
            let isCapital = capitals.contains(byte)
            if isCapital { text.append(UInt8(ascii: "_")) }
            text.append(isCapital ? byte | 0x20 : byte)
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func word(for type: any Any.Type) -> String {
        switch type {
        case is String.Type: "a text"
        case is Bool.Type: "true or false"
        case is any FixedWidthInteger.Type: "a whole number"
        case is any FloatingPoint.Type: "a number"
        default: "\(type)".contains("Array") ? "a list" : "an object"
        }
    }
}

/// A member of a request's body under the name that Swift has for it.
private struct Member: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    /// Only the one spelling of a name is that name: `is_public` is `isPublic`, while `isPublic` and `is__public` are
    /// members that no type has.
    init(snakeCase name: String) {
        let words = name.split(separator: "_")
        let camelCase =
            words.prefix(1).joined() + words.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
        stringValue = ManagementJSON.snakeCase(camelCase) == name ? camelCase : "_" + name
    }

    init(stringValue: String) { self.stringValue = stringValue }

    init?(intValue: Int) { nil }
}

extension Response {
    /// An answer of the management API with a body.
    static func management(
        _ body: some Encodable, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:],
        keys: ManagementJSON.Keys = .snakeCase
    ) throws -> Response {
        .json(try ManagementJSON.encode(body, keys: keys), status: status, headers: headers)
    }

    /// An answer of the management API without a body.
    static func management(_ status: HTTPResponse.Status) -> Response { Response(status: status) }
}
