internal import GRDB

extension DatabaseError {
    /// Runs `body` with errors of the engine in our own words; other errors pass as they are.
    static func translating<T>(_ body: () throws -> T) throws -> T {
        do {
            return try body()
        } catch let error as GRDB.DatabaseError {
            throw DatabaseError(error)
        }
    }

    /// The same for what may suspend.
    static func translating<T: Sendable>(_ body: () async throws -> T) async throws -> T {
        do {
            return try await body()
        } catch let error as GRDB.DatabaseError {
            throw DatabaseError(error)
        }
    }

    init(_ error: GRDB.DatabaseError) {
        self.init(Self.code(of: error), "the database says: \(error.message ?? error.resultCode.description)")
    }

    private static func code(of error: GRDB.DatabaseError) -> Code {
        switch error.extendedResultCode {
        case .SQLITE_CONSTRAINT_UNIQUE, .SQLITE_CONSTRAINT_PRIMARYKEY: return .uniqueViolation
        case .SQLITE_CONSTRAINT_FOREIGNKEY: return .foreignKeyViolation
        default: break
        }
        switch error.resultCode {
        case .SQLITE_BUSY, .SQLITE_LOCKED: return .busy
        case .SQLITE_FULL: return .full
        case .SQLITE_READONLY: return .readOnly
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: return .damaged
        case .SQLITE_CANTOPEN: return .cannotOpen
        case .SQLITE_IOERR: return .ioFailure
        case .SQLITE_MISUSE: return .closed
        default: return .other
        }
    }
}
