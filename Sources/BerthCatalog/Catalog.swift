import BerthDatabase

/// Everything that Berth remembers, but for the bytes of blobs: who there is, who may do what, what is where.
///
/// One database file that other processes may use at the same time. A write is durable when it returns and is seen by
/// every read that begins afterwards, in any process.
package final class Catalog: Sendable {
    private let database: Database
    private let versions: CatalogVersion

    /// Opens the catalog, creating it where there is none, and brings its schema up to date.
    ///
    /// - Throws: `DatabaseError`; its code is `newerSchema` for a catalog that a newer Berth has written.
    package init(path: String) throws {
        database = try Database(path: path, migrations: Migration.all)
        versions = try CatalogVersion(of: database)
    }

    /// Asks on one snapshot. One call for all that a request needs is faster and sees no change in between.
    ///
    /// - Throws: What `body` throws.
    package func read<T: Sendable>(_ body: @escaping @Sendable (CatalogReader) throws -> T) async throws -> T {
        try await database.read { try body(CatalogReader(database: $0)) }
    }

    /// Asks and changes in one transaction; no other write, of any process, happens between its first and last line.
    ///
    /// All is undone when `body` throws or the task is cancelled.
    ///
    /// - Throws: What `body` throws, and ``CatalogError/unwritable(_:)`` while nothing can be written.
    package func write<T: Sendable>(_ body: @escaping @Sendable (CatalogWriter) throws -> T) async throws -> T {
        try await record { catalog in
            let result = try body(catalog)
            try catalog.database.execute("UPDATE catalog_version SET number = number + 1")
            return result
        }
    }

    /// Like ``write(_:)``, for what no decision and no pull rests on: counters, the audit log, notes of how far work has
    /// come. It leaves ``version()`` as it is.
    package func record<T: Sendable>(_ body: @escaping @Sendable (CatalogWriter) throws -> T) async throws -> T {
        do {
            return try await database.write { try body(CatalogWriter(database: $0)) }
        } catch let error as DatabaseError {
            switch error.code {
            case .full: throw CatalogError.unwritable(.full)
            case .readOnly: throw CatalogError.unwritable(.readOnly)
            case .busy: throw CatalogError.unwritable(.busy)
            default: throw error
            }
        }
    }

    /// A number that changes whenever anybody commits with ``write(_:)``, in this process or another; equal numbers say
    /// that what was read is still so. Costs microseconds.
    package func version() throws -> Int64 { try versions.current }

    /// Writes a consistent copy while the catalog is in use.
    ///
    /// - Throws: `DatabaseError` when there is a file at `path` or it cannot be written.
    package func backup(to path: String) async throws { try await database.backup(to: path) }

    /// Writes a consistent copy of the catalog in a file that nobody needs to have open.
    ///
    /// - Throws: `DatabaseError` when it cannot be read, there is a file at `path` or it cannot be written.
    package static func copy(_ source: String, to path: String) async throws {
        try await Database.copy(source, to: path)
    }

    /// Checks the whole database; one sentence for each fault, none when it is sound.
    package func integrityCheck() async throws -> [String] { try await database.integrityCheck() }

    /// Closes the catalog; later calls fail.
    package func close() throws {
        try versions.close()
        try database.close()
    }
}

/// Every question to the catalog, within one ``Catalog/read(_:)`` or ``Catalog/write(_:)``.
///
/// `nil` says that something is not there. Lists are in byte order of their key. All functions throw
/// ``CatalogError/corrupt(table:column:reason:)`` for a row that Berth cannot have written, and `DatabaseError`.
package struct CatalogReader {
    let database: SQLConnection
}

/// Every change of the catalog, within one ``Catalog/write(_:)``.
///
/// Functions throw ``CatalogError`` and have then changed nothing. Those that return `Bool` say whether there was
/// something to remove or change.
package struct CatalogWriter {
    /// Asks within the same transaction, and so sees what it has changed so far.
    package let read: CatalogReader

    init(database: SQLConnection) { self.read = CatalogReader(database: database) }

    var database: SQLConnection { read.database }

    /// Inserts one row, with violations in the catalog's words.
    func insert(_ noun: CatalogError.Noun, under parent: CatalogError.Noun, _ sql: SQL, _ values: [SQLValue]) throws {
        do {
            try database.execute(sql, values)
        } catch let error as DatabaseError where error.code == .uniqueViolation {
            throw CatalogError.conflict(noun)
        } catch let error as DatabaseError where error.code == .foreignKeyViolation {
            throw CatalogError.missing(parent)
        }
    }

    /// Runs a deletion.
    ///
    /// - Returns: Whether a row went.
    func delete(_ sql: SQL, _ values: [SQLValue]) throws -> Bool {
        try database.execute(sql, values) > 0
    }
}
