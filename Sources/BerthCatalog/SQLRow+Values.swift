import BerthAccess
import BerthDatabase
import BerthOCI
import Foundation

/// Reading typed values out of a row.
///
/// Every function names the table and the column that the value comes from, for the error when it is not what Berth
/// writes there, and the name that the column has in the answer where that is another.
extension SQLRow {
    func text(_ table: String, _ column: String, as label: String? = nil) throws -> String {
        guard case .text(let text) = self[label ?? column] else { throw corrupt(table, column, label, "no text") }
        return text
    }

    func integer(_ table: String, _ column: String, as label: String? = nil) throws -> Int64 {
        guard case .integer(let value) = self[label ?? column] else {
            throw corrupt(table, column, label, "no integer")
        }
        return value
    }

    func bytes(_ table: String, _ column: String) throws -> [UInt8] {
        guard case .bytes(let bytes) = self[column] else { throw corrupt(table, column, nil, "no bytes") }
        return bytes
    }

    func flag(_ table: String, _ column: String) throws -> Bool {
        switch self[column] {
        case .integer(0): return false
        case .integer(1): return true
        default: throw corrupt(table, column, nil, "neither 0 nor 1")
        }
    }

    func isNull(_ label: String) -> Bool { self[label] == .null }

    func date(_ table: String, _ column: String, as label: String? = nil) throws -> Date {
        Date(milliseconds: try integer(table, column, as: label))
    }

    func deadline(as label: String = "deadline") throws -> Deadline {
        isNull(label) ? .forever : .until(try date("shares", "deadline", as: label))
    }

    func digest(_ table: String, _ column: String) throws -> Digest {
        try parsed(table, column) { text throws(ParseFailure) in try Digest(parsing: text) }
    }

    func tag(_ table: String, _ column: String) throws -> TagName {
        try parsed(table, column) { text throws(ParseFailure) in try TagName(parsing: text) }
    }

    func repositoryName(as label: String? = nil) throws -> RepositoryName {
        try parsed("repositories", "name", as: label) { text throws(ParseFailure) in
            try RepositoryName(parsing: text)
        }
    }

    func organizationName() throws -> OrganizationName {
        try parsed("organizations", "name") { text throws(ParseFailure) in try OrganizationName(parsing: text) }
    }

    func region(_ table: String, _ column: String, as label: String? = nil) throws -> Region {
        try parsed(table, column, as: label) { text throws(ParseFailure) in try Region(parsing: text) }
    }

    func accountName(as label: String? = nil) throws -> AccountName {
        try parsed("accounts", "name", as: label) { text throws(ParseFailure) in try AccountName(parsing: text) }
    }

    func userName(as label: String? = nil) throws -> UserName {
        try parsed("users", "name", as: label) { text throws(ParseFailure) in try UserName(parsing: text) }
    }

    func accountID(_ table: String, _ column: String, as label: String? = nil) throws -> AccountID {
        AccountID(rawValue: try text(table, column, as: label))
    }

    func userID(_ table: String, _ column: String) throws -> UserID {
        UserID(rawValue: try text(table, column))
    }

    func creator(_ table: String, id: String = "creator_id", name: String = "created_by") throws -> Creator {
        Creator(
            id: isNull(id) ? nil : UserID(rawValue: try text(table, "creator_id", as: id)),
            name: try text(table, "created_by", as: name))
    }

    func permission(_ table: String, as label: String = "permission") throws -> Permission {
        let value = try integer(table, "permission", as: label)
        guard let permission = Int(exactly: value).flatMap(Permission.init(rawValue:)) else {
            throw corrupt(table, "permission", label, "none of 1, 3 and 7")
        }
        return permission
    }

    func corrupt(_ table: String, _ column: String, _ label: String?, _ reason: String) -> CatalogError {
        let found =
            switch self[label ?? column] {
            case nil: "nothing"
            case .null: "NULL"
            case .integer(let value): "the integer \(value)"
            case .real(let value): "the number \(value)"
            case .text(let text): ParseFailure("", found: text, expected: "").found
            case .bytes(let bytes): "\(bytes.count) bytes"
            }
        return .corrupt(table: table, column: column, reason: "\(reason): found \(found)")
    }

    private func parsed<Value>(
        _ table: String, _ column: String, as label: String? = nil, _ parse: (String) throws(ParseFailure) -> Value
    ) throws -> Value {
        let text = try text(table, column, as: label)
        do {
            return try parse(text)
        } catch {
            throw CatalogError.corrupt(table: table, column: column, reason: error.description)
        }
    }
}
