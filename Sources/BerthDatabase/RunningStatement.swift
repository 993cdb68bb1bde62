internal import GRDB
internal import GRDBSQLite

/// A prepared statement from the binding of its values to its reset, stepped by hand: what GRDB makes of each row costs
/// several times what SQLite needs to find it.
struct RunningStatement {
    /// Tells SQLite to copy what is bound.
    private static let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    private let pointer: OpaquePointer

    /// - Throws: `GRDB.DatabaseError` when there are not as many values as placeholders, or a value is too large.
    init(_ pointer: OpaquePointer, binding values: [SQLValue]) throws {
        self.pointer = pointer
        precondition(
            values.count == Int(sqlite3_bind_parameter_count(pointer)), "a statement has a value for each placeholder")
        for (index, value) in values.enumerated() {
            let code = bind(value, at: CInt(index + 1))
            guard code == SQLITE_OK else {
                reset()
                throw failure(code)
            }
        }
    }

    /// Goes on to the next row; `false` when there is none.
    ///
    /// - Throws: `GRDB.DatabaseError`.
    func step() throws -> Bool {
        let code = sqlite3_step(pointer)
        switch code {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default: throw failure(code)
        }
    }

    /// Ends the statement, so that its transaction can end, and lets go of its values.
    func reset() {
        // Both repeat at most the failure that the last step has told.
        sqlite3_reset(pointer)
        sqlite3_clear_bindings(pointer)
    }

    var isReadOnly: Bool { sqlite3_stmt_readonly(pointer) != 0 }

    var columnNames: [String] {
        (0..<sqlite3_column_count(pointer)).map { index in
            sqlite3_column_name(pointer, index).map { String(cString: $0) } ?? ""
        }
    }

    /// The values of the row that it stands on.
    var values: [SQLValue] { (0..<sqlite3_data_count(pointer)).map(value) }

    /// The first column of the row that it stands on, as an integer.
    var firstInteger: Int64 { sqlite3_column_int64(pointer, 0) }

    private func value(at index: CInt) -> SQLValue {
        switch sqlite3_column_type(pointer, index) {
        case SQLITE_INTEGER: return .integer(sqlite3_column_int64(pointer, index))
        case SQLITE_FLOAT: return .real(sqlite3_column_double(pointer, index))
        case SQLITE_TEXT:
            guard let start = sqlite3_column_text(pointer, index) else { return .text("") }
            let bytes = UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(pointer, index)))
            return .text(String(decoding: bytes, as: UTF8.self))
        case SQLITE_BLOB:
            let bytes = UnsafeRawBufferPointer(
                start: sqlite3_column_blob(pointer, index), count: Int(sqlite3_column_bytes(pointer, index)))
            return .bytes([UInt8](bytes))
        default: return .null
        }
    }

    private func bind(_ value: SQLValue, at index: CInt) -> CInt {
        switch value {
        case .null: return sqlite3_bind_null(pointer, index)
        case .integer(let value): return sqlite3_bind_int64(pointer, index, value)
        case .real(let value): return sqlite3_bind_double(pointer, index, value)
        case .text(var text):
            return text.withUTF8 { bytes in
                bytes.withMemoryRebound(to: CChar.self) { characters in
                    // An empty text has no address, and no address would be NULL.
                    sqlite3_bind_text64(
                        pointer, index, characters.baseAddress ?? UnsafePointer(bitPattern: 1),
                        sqlite3_uint64(characters.count), Self.copied, UInt8(SQLITE_UTF8))
                }
            }
        case .bytes(let value):
            return value.withUnsafeBytes { bytes in
                guard !bytes.isEmpty else { return sqlite3_bind_zeroblob(pointer, index, 0) }
                return sqlite3_bind_blob64(
                    pointer, index, bytes.baseAddress, sqlite3_uint64(bytes.count), Self.copied)
            }
        }
    }

    private func failure(_ code: CInt) -> GRDB.DatabaseError {
        let connection = sqlite3_db_handle(pointer)
        return GRDB.DatabaseError(
            resultCode: ResultCode(rawValue: sqlite3_extended_errcode(connection)),
            message: String(cString: sqlite3_errmsg(connection)))
    }
}
