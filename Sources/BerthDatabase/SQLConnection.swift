internal import GRDB
internal import GRDBSQLite

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
        try run(sql, values, keepsStatement: keepsStatement) { statement in
            let columns = statement.columnNames
            var rows: [SQLRow] = []
            while try statement.step() { rows.append(SQLRow(columns: columns, values: statement.values)) }
            return rows
        }
    }

    /// The first row of the answer, or `nil` when it is empty.
    ///
    /// - Throws: ``DatabaseError``.
    package func first(_ sql: SQL, _ values: [SQLValue] = []) throws -> SQLRow? {
        try run(sql, values) { statement in
            try statement.step() ? SQLRow(columns: statement.columnNames, values: statement.values) : nil
        }
    }

    /// The integer in the first column of the first row; `nil` when there is no row.
    ///
    /// - Throws: ``DatabaseError``.
    func integer(_ sql: SQL) throws -> Int64? {
        try run(sql, []) { try $0.step() ? $0.firstInteger : nil }
    }

    /// Runs a statement that changes something.
    ///
    /// - Returns: The number of rows that it inserted, updated or deleted; rows that went by cascade do not count.
    /// - Throws: ``DatabaseError``, and the statement has then changed nothing.
    @discardableResult
    package func execute(_ sql: SQL, _ values: [SQLValue] = []) throws -> Int {
        // A full disk ends the whole transaction; what came after it would be a transaction of its own.
        guard database.isInsideTransaction else { throw DatabaseError(.ioFailure, "the transaction has ended") }
        return try run(sql, values) { statement in
            while try statement.step() {}
            return statement.isReadOnly ? 0 : database.changesCount
        }
    }

    private func run<Result>(
        _ sql: SQL, _ values: [SQLValue], keepsStatement: Bool = true, _ body: (RunningStatement) throws -> Result
    ) throws -> Result {
        try DatabaseError.translating {
            let text = sql.description
            let prepared =
                keepsStatement ? try database.cachedStatement(sql: text) : try database.makeStatement(sql: text)
            // The prepared statement owns what `running` points to.
            return try withExtendedLifetime(prepared) {
                let running = try RunningStatement(prepared.sqliteStatement, binding: values)
                defer { running.reset() }
                return try body(running)
            }
        }
    }
}

@available(*, unavailable)
extension SQLConnection: Sendable {}
