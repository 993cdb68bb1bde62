internal import Foundation
internal import GRDB

/// The database within one `read` or `write` closure.
///
/// Must not leave the closure that it was given to, and is therefore not `Sendable`. Statements are prepared once a
/// connection and kept, unless a caller says otherwise.
package struct SQLConnection {
    private let database: GRDB.Database

    init(_ database: GRDB.Database) { self.database = database }

    /// All rows of the answer, in its order.
    ///
    /// - Parameter keepsStatement: Whether the prepared statement is kept. One that is put together from parts has so
    ///   many forms that keeping all of them would take more memory than preparing takes time.
    /// - Throws: ``DatabaseError``.
    package func rows(_ sql: SQL, _ values: [SQLValue] = [], keepsStatement: Bool = true) throws -> [SQLRow] {
        try DatabaseError.translating {
            let statement =
                keepsStatement
                ? try database.cachedStatement(sql: sql.description)
                : try database.makeStatement(sql: sql.description)
            let columns = statement.columnNames
            let cursor = try Row.fetchCursor(statement, arguments: Self.arguments(values))
            var rows: [SQLRow] = []
            while let row = try cursor.next() {
                rows.append(SQLRow(columns: columns, values: row.databaseValues.map(SQLValue.init)))
            }
            return rows
        }
    }

    /// The first row of the answer, or `nil` when it is empty.
    ///
    /// - Throws: ``DatabaseError``.
    package func first(_ sql: SQL, _ values: [SQLValue] = []) throws -> SQLRow? {
        try rows(sql, values).first
    }

    /// Runs a statement that changes something.
    ///
    /// - Returns: The number of rows that it inserted, updated or deleted; rows that went by cascade do not count.
    /// - Throws: ``DatabaseError``, and the statement has then changed nothing.
    @discardableResult
    package func execute(_ sql: SQL, _ values: [SQLValue] = []) throws -> Int {
        try DatabaseError.translating {
            let statement = try database.cachedStatement(sql: sql.description)
            try statement.execute(arguments: Self.arguments(values))
            return statement.isReadonly ? 0 : database.changesCount
        }
    }

    private static func arguments(_ values: [SQLValue]) -> StatementArguments {
        StatementArguments(values.map(\.databaseValue))
    }
}

@available(*, unavailable)
extension SQLConnection: Sendable {}

extension SQLValue {
    fileprivate var databaseValue: DatabaseValue {
        switch self {
        case .null: .null
        case .integer(let value): value.databaseValue
        case .real(let value): value.databaseValue
        case .text(let value): value.databaseValue
        case .bytes(let value): Data(value).databaseValue
        }
    }

    fileprivate init(_ value: DatabaseValue) {
        switch value.storage {
        case .null: self = .null
        case .int64(let value): self = .integer(value)
        case .double(let value): self = .real(value)
        case .string(let value): self = .text(value)
        case .blob(let value): self = .bytes([UInt8](value))
        }
    }
}
