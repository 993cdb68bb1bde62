import BerthAccess
import BerthDatabase
import BerthOCI
import Foundation

/// A value that has one form in SQL.
protocol SQLBindable {
    var sqlValue: SQLValue { get }
}

/// The values of a statement, in the order of its placeholders; `nil` is NULL.
func bind(_ values: (any SQLBindable)?...) -> [SQLValue] {
    values.map { $0?.sqlValue ?? .null }
}

/// The most rows of an answer, as it is bound to LIMIT.
struct Limit: SQLBindable {
    let rows: Int
    init(_ rows: Int) { self.rows = rows }
    var sqlValue: SQLValue { .integer(Int64(max(0, rows))) }
}

/// The present, as it is compared with stored instants.
struct Present: SQLBindable {
    let date: Date
    init(_ date: Date) { self.date = date }
    var sqlValue: SQLValue { .integer(date.lastMillisecond) }
}

extension String: SQLBindable { var sqlValue: SQLValue { .text(self) } }
extension Substring: SQLBindable { var sqlValue: SQLValue { .text(String(self)) } }
extension Int: SQLBindable { var sqlValue: SQLValue { .integer(Int64(self)) } }
extension Int64: SQLBindable { var sqlValue: SQLValue { .integer(self) } }
extension Bool: SQLBindable { var sqlValue: SQLValue { .integer(self ? 1 : 0) } }
extension Date: SQLBindable { var sqlValue: SQLValue { .integer(milliseconds) } }
extension [UInt8]: SQLBindable { var sqlValue: SQLValue { .bytes(self) } }

extension Digest: SQLBindable { var sqlValue: SQLValue { .text(description) } }
extension MediaType: SQLBindable { var sqlValue: SQLValue { .text(rawValue) } }
extension TagName: SQLBindable { var sqlValue: SQLValue { .text(description) } }
extension RepositoryName: SQLBindable { var sqlValue: SQLValue { .text(description) } }
extension OrganizationName: SQLBindable { var sqlValue: SQLValue { .text(description) } }

extension Region: SQLBindable { var sqlValue: SQLValue { .text(description) } }
extension AccountName: SQLBindable { var sqlValue: SQLValue { .text(description) } }
extension UserName: SQLBindable { var sqlValue: SQLValue { .text(description) } }
extension AccountID: SQLBindable { var sqlValue: SQLValue { .text(rawValue) } }
extension ProjectID: SQLBindable { var sqlValue: SQLValue { .text(rawValue) } }
extension UserID: SQLBindable { var sqlValue: SQLValue { .text(rawValue) } }
extension Permission: SQLBindable { var sqlValue: SQLValue { .integer(Int64(rawValue)) } }

extension OrganizationID: SQLBindable { var sqlValue: SQLValue { .integer(rawValue) } }
extension RepositoryID: SQLBindable { var sqlValue: SQLValue { .integer(rawValue) } }

extension Deadline: SQLBindable {
    /// NULL is forever.
    var sqlValue: SQLValue {
        switch self {
        case .forever: .null
        case .until(let end): .integer(end.milliseconds)
        }
    }
}
