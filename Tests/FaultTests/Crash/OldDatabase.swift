import BerthDatabase
import BerthTestBasics
import BerthTestSupport
import Foundation

@testable import BerthCatalog

/// The database of a server as an older Berth would have written it, and what a database looks like from outside.
enum OldDatabase {
    /// What `describe` tells.
    struct Description: Decodable, Sendable, Equatable {
        let version: Int
        /// The statements that made its tables and indexes.
        let schema: [String]
        /// What the integrity check and the check of references found.
        let faults: [String]
    }

    /// Takes the database of a stopped server back to schema version 3, which had no counters, and multiplies its first
    /// repository, so that migrating takes a while.
    static func takeBack(_ installation: BerthInstallation, copies: Int) async throws {
        let path = installation.storage + "/berth.sqlite"
        let old = path + ".old"
        try Database(path: old, migrations: Array(Migration.all.prefix(3))).close()
        try await Tool.run(["python3", "-c", copying, path, old, "\(copies)"]).orThrow()
        for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
        try FileManager.default.moveItem(atPath: old, toPath: path)
    }

    /// The description of a new database of each version, from 3 on.
    static func references() async throws -> [Int: Description] {
        let directory = try TemporaryDirectory()
        var found: [Int: Description] = [:]
        for version in 3...Migration.all.count {
            let path = directory.file("\(version).sqlite")
            try Database(path: path, migrations: Array(Migration.all.prefix(version))).close()
            found[version] = try await describe(path)
        }
        return found
    }

    /// Describes a database that nobody has open, from a copy, so that what a crash left is still there for Berth.
    static func describe(_ path: String) async throws -> Description {
        let directory = try TemporaryDirectory()
        for suffix in ["", "-wal"] where FileManager.default.fileExists(atPath: path + suffix) {
            try FileManager.default.copyItem(atPath: path + suffix, toPath: directory.file("copy") + suffix)
        }
        let result = try await Tool.run(["python3", "-c", describing, directory.file("copy")]).orThrow()
        return try JSONDecoder().decode(Description.self, from: Data(result.output.utf8))
    }

    private static let describing = """
        import json, sqlite3, sys
        database = sqlite3.connect(sys.argv[1])
        rows = lambda text: database.execute(text).fetchall()
        faults = [r for r in rows("PRAGMA integrity_check") if r != ("ok",)] + rows("PRAGMA foreign_key_check")
        print(json.dumps({
            "version": rows("SELECT MAX(number) FROM schema_versions")[0][0],
            "schema": [r[0] for r in rows("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name")],
            "faults": [str(fault) for fault in faults]}))
        """

    /// Copies what an older schema has columns for, in an order in which references hold.
    private static let copying = """
        import sqlite3, sys
        new, old, copies = sys.argv[1:]
        database = sqlite3.connect(old)
        database.execute("ATTACH ? AS new", [new])
        columns = lambda table: [row[1] for row in database.execute(f"PRAGMA main.table_info({table})")]
        tables = [row[0] for row in database.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'")]
        for table in tables:
            if table in ("schema_versions", "sqlite_sequence"): continue
            names = ", ".join(columns(table))
            database.execute(f"INSERT INTO main.{table} ({names}) SELECT {names} FROM new.{table}")
        for copy in range(int(copies)):
            number = 1000 + copy
            values = {"repositories": {"id": number, "name": f"'ships/copy{copy}'"}}
            for table in ("repositories", "repository_blobs", "manifests", "manifest_blobs", "tags"):
                changed = values.get(table, {"repository_id": number})
                names = columns(table)
                selected = ", ".join(str(changed.get(name, name)) for name in names)
                key = "id" if table == "repositories" else "repository_id"
                database.execute(f"INSERT INTO {table} ({', '.join(names)}) SELECT {selected} FROM {table} WHERE {key} = 1")
        database.commit()
        """
}
