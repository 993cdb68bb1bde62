internal import GRDB

/// A connection that never writes, so that every commit counts as another's on it.
package final class DatabaseWatcher: Sendable {
    private let queue: DatabaseQueue

    init(path: String) throws {
        var configuration = Database.configuration
        configuration.readonly = true
        let watching = configuration
        queue = try DatabaseError.translating { try DatabaseQueue(path: path, configuration: watching) }
    }

    /// Asks what takes microseconds, on the caller's thread, beside a number that changes whenever anybody commits, in
    /// this process or another.
    ///
    /// Two equal numbers say that nothing was committed in between; the size of a difference means nothing. Numbers of
    /// different watchers are not comparable. One caller at a time is served, and others wait.
    ///
    /// - Parameter body: Given the number as it was before. What it reads may be newer, and the number has changed by
    ///   the next time then.
    /// - Throws: What `body` throws, and ``DatabaseError``.
    package func look<T>(_ body: (_ changeCounter: Int64, SQLConnection) throws -> T) throws -> T {
        try DatabaseError.translating {
            try queue.unsafeRead { database in
                let connection = SQLConnection(database)
                return try body(try connection.integer("PRAGMA data_version") ?? 0, connection)
            }
        }
    }

    /// Closes the connection; later calls fail with ``DatabaseError``.
    package func close() throws { try DatabaseError.translating { try queue.close() } }
}
