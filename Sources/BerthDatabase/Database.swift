internal import Foundation
internal import GRDB
internal import NIOPosix

/// A database in one file, shared with other processes that open it.
///
/// Writes are serial, in this process and among all; a read sees one snapshot and waits for no write. A commit is on
/// the disk when `write` returns. Closures run off the caller's thread and must not block on anything but the
/// database.
package final class Database: Sendable {
    private let pool: DatabasePool
    /// Where reads run. As many as the pool has connections, so that none of them waits for one.
    private let readers: NIOThreadPool
    private let writes: GroupCommit
    private let path: String

    /// Opens the database, creating it with mode 0600 where there is none, and brings its schema up to date.
    ///
    /// - Throws: ``DatabaseError`` with code `newerSchema`, before schema or rows are changed, when the schema has a
    ///   version that is not among `migrations`; other codes when the file cannot be opened or is damaged.
    package init(path: String, migrations: [Migration]) throws {
        let pool = try Self.open(path)
        self.pool = pool
        self.readers = NIOThreadPool(numberOfThreads: Self.configuration.maximumReaderCount)
        self.writes = GroupCommit(pool)
        self.path = path
        try DatabaseError.translating {
            try pool.writeWithoutTransaction { database in
                // Opening a pool sets NORMAL, which may lose the last commits in a power cut, whatever was set before.
                try database.execute(sql: "PRAGMA synchronous = FULL")
                // What undoes a savepoint stays in memory; beyond 64 KiB it would be a file for each transaction.
                try database.execute(sql: "PRAGMA temp_store = MEMORY")
                // Pages that every push changes are copied to their place once in 16 MiB of log instead of 4.
                try database.execute(sql: "PRAGMA wal_autocheckpoint = 4000")
            }
        }
        try Self.migrate(pool, migrations)
        readers.start()
    }

    deinit { readers.shutdownGracefully { _ in } }

    /// Runs queries on one snapshot; what has begun is finished, whatever happens to the caller.
    ///
    /// - Throws: What `body` throws, ``DatabaseError``, and `CancellationError` when the task is cancelled before it
    ///   begins.
    package func read<T: Sendable>(_ body: @escaping @Sendable (SQLConnection) throws -> T) async throws -> T {
        try await readers.runIfActive { [pool] in
            try DatabaseError.translating { try pool.read { try body(SQLConnection($0)) } }
        }
    }

    /// Runs queries and changes that are all or nothing and have the database to themselves from their beginning.
    ///
    /// Writes that come at the same time are committed together (``GroupCommit``). All changes are undone when `body`
    /// throws or the task is cancelled before its end.
    ///
    /// - Throws: What `body` throws, ``DatabaseError``, and `CancellationError` when the task is cancelled.
    package func write<T: Sendable>(
        _ body: @escaping @Sendable (SQLConnection) throws -> T
    ) async throws -> T {
        do {
            return try await DatabaseError.translating { try await writes.write { try body(SQLConnection($0)) } }
        } catch let error as DatabaseError where error.code == .ioFailure || error.code == .cannotOpen {
            throw DatabaseError(Self.reason(ofFailureAt: path) ?? error.code, error.message)
        }
    }

    /// What the engine calls an error of reading and writing and is the disk's being full or read-only.
    private static func reason(ofFailureAt path: String) -> DatabaseError.Code? {
        if access(path, W_OK) != 0, errno == EROFS { return .readOnly }
        var volume = statvfs()
        guard statvfs(path, &volume) == 0 else { return nil }
        return volume.f_bavail == 0 ? .full : nil
    }

    /// Opens a connection that tells when somebody has committed.
    ///
    /// - Throws: ``DatabaseError``.
    package func watch() throws -> DatabaseWatcher { try DatabaseWatcher(path: path) }

    /// Writes a consistent copy while the database is in use; it waits for no write and no write waits for it.
    ///
    /// - Throws: What ``copy(_:to:)`` throws.
    package func backup(to path: String) async throws { try await Self.copy(self.path, to: path) }

    /// Writes a consistent copy of the database in a file, of whatever schema it is.
    ///
    /// The copy is on the disk when this returns. A crash leaves an incomplete file at `path`.
    ///
    /// - Throws: ``DatabaseError`` with code `cannotOpen` when there is a file at `path` or none can be made.
    package static func copy(_ source: String, to path: String) async throws {
        try Self.createFile(at: path)
        try await DatabaseError.translating {
            let queue = try DatabaseQueue(path: source, configuration: Self.configuration)
            try await queue.writeWithoutTransaction { try $0.execute(sql: "VACUUM INTO ?", arguments: [path]) }
            try queue.close()
        }
        try Self.synchronize(path)
        try Self.synchronize((path as NSString).deletingLastPathComponent)
    }

    /// Checks every page and every reference between rows.
    ///
    /// - Returns: One sentence for each fault; empty when the database is sound.
    package func integrityCheck() async throws -> [String] {
        try await DatabaseError.translating {
            try await pool.read { database in
                let pages = try String.fetchAll(database, sql: "PRAGMA integrity_check").filter { $0 != "ok" }
                let references = try Row.fetchAll(database, sql: "PRAGMA foreign_key_check").map { row in
                    let table: String? = row[0]
                    let parent: String? = row[2]
                    return "a row of \(table ?? "?") refers to a row of \(parent ?? "?") that is not there"
                }
                return pages + references
            }
        }
    }

    /// Closes all connections but those of watchers; later calls fail with ``DatabaseError``.
    package func close() throws {
        try DatabaseError.translating { try pool.close() }
    }
}
