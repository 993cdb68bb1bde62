internal import GRDB

extension Database {
    /// Applies the migrations that are still to be applied, each in a transaction of its own.
    ///
    /// Processes that start at the same time apply each migration once: the version is read inside the transaction.
    static func migrate(_ pool: DatabasePool, _ migrations: [Migration]) throws {
        let latest = migrations.last?.number ?? 0
        precondition(migrations.indices.allSatisfy { migrations[$0].number == $0 + 1 }, "migrations count 1, 2, 3 …")
        try DatabaseError.translating {
            var version = try pool.read(currentVersion)
            repeat {
                guard version <= latest else { throw refusal(of: version, latest: latest) }
                guard version < latest else { return }
                version = try pool.write { try step($0, migrations, latest: latest) }
            } while true
        }
    }

    /// Applies the next migration.
    ///
    /// - Returns: The version of the schema now, which another process may have carried further than `migrations`.
    private static func step(_ database: GRDB.Database, _ migrations: [Migration], latest: Int) throws -> Int {
        let version = try currentVersion(database)
        guard version < latest else { return version }
        let migration = migrations[version]
        if version == 0 {
            try database.execute(sql: "CREATE TABLE schema_versions (number INTEGER PRIMARY KEY, name TEXT NOT NULL)")
        }
        for statement in migration.statements { try database.execute(sql: inSQLite(statement)) }
        try database.execute(
            sql: "INSERT INTO schema_versions (number, name) VALUES (?, ?)",
            arguments: [migration.number, migration.name])
        return migration.number
    }

    private static func currentVersion(_ database: GRDB.Database) throws -> Int {
        guard try database.tableExists("schema_versions") else { return 0 }
        return try Int.fetchOne(database, sql: "SELECT MAX(number) FROM schema_versions") ?? 0
    }

    private static func refusal(of version: Int, latest: Int) -> DatabaseError {
        DatabaseError(
            .newerSchema,
            "the database has schema version \(version), but this berth knows versions up to \(latest): "
                + "run the newer berth that wrote it")
    }

    private static func inSQLite(_ statement: SQL) -> String {
        statement.description
            .replacing("{identity}", with: "INTEGER PRIMARY KEY AUTOINCREMENT")
            .replacing("{bytes}", with: "BLOB")
            .replacing("{text}", with: "TEXT")
    }
}
