import BerthDatabase
import BerthTestBasics
import Foundation
import Testing

@Suite struct DatabaseTests {
    private let directory: TemporaryDirectory
    private var path: String { directory.file("test.sqlite") }

    init() throws { directory = try TemporaryDirectory() }

    private static let first = Migration(
        1, "things", ["CREATE TABLE things (id {identity}, name {text} NOT NULL UNIQUE, content {bytes})"])
    private static let second = Migration(
        2, "parts",
        ["CREATE TABLE parts (thing BIGINT NOT NULL REFERENCES things (id) ON DELETE CASCADE, number BIGINT)"])

    private func open(_ migrations: [Migration] = [first, second]) throws -> Database {
        try Database(path: path, migrations: migrations)
    }

    private func pragma(_ sql: SQL, _ column: String) async throws -> SQLValue? {
        try await open().write { try $0.first(sql)?[column] }
    }

    @Test("a commit waits for the disk: the writing connection is at synchronous FULL")
    func synchronousIsFull() async throws {
        #expect(try await pragma("PRAGMA synchronous", "synchronous") == 2)
    }

    @Test("readers do not wait for the writer: the journal is a write-ahead log")
    func journalIsWAL() async throws {
        #expect(try await pragma("PRAGMA journal_mode", "journal_mode") == "wal")
    }

    @Test("foreign keys are enforced")
    func foreignKeys() async throws {
        #expect(try await pragma("PRAGMA foreign_keys", "foreign_keys") == 1)
        await #expect(throws: DatabaseError(.foreignKeyViolation, "")) {
            try await open().write { _ = try $0.execute("INSERT INTO parts (thing, number) VALUES (7, 1)") }
        }
    }

    @Test("the database and the files beside it are readable by their owner only, also when the file was open to all")
    func fileMode() async throws {
        _ = FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o666])
        let database = try open()
        try await database.write { _ = try $0.execute("INSERT INTO things (name) VALUES ('a')") }
        for name in try FileManager.default.contentsOfDirectory(atPath: directory.path) {
            let attributes = try FileManager.default.attributesOfItem(atPath: directory.file(name))
            #expect(attributes[.posixPermissions] as? Int == 0o600, "\(name)")
        }
        try database.close()
    }

    @Test("a value of every kind comes back as it went in, and only its own kind")
    func values() async throws {
        let hostile = "'; DROP TABLE things; -- \u{1F600}"
        let row = try await open().write { database in
            try database.execute(
                "INSERT INTO things (name, content) VALUES (?, ?)", [.text(hostile), .bytes([0, 255, 39])])
            return try database.first("SELECT id, name, content, NULL AS empty FROM things")
        }
        #expect(row?["id"] == 1)
        #expect(row?["name"] == .text(hostile))
        #expect(row?["content"] == .bytes([0, 255, 39]))
        #expect(row?["empty"] == .null)
        #expect(row?["missing"] == nil)
    }

    @Test("an identity is never given out twice, not even when the last row is removed")
    func identity() async throws {
        let ids = try await open().write { database in
            try database.execute("INSERT INTO things (name) VALUES ('a')")
            let first = try database.first("SELECT id FROM things")?["id"]
            try database.execute("DELETE FROM things")
            try database.execute("INSERT INTO things (name) VALUES ('a')")
            return [first, try database.first("SELECT id FROM things")?["id"]]
        }
        #expect(ids == [1, 2])
    }

    @Test("a transaction that throws leaves nothing, and its error comes through")
    func rollback() async throws {
        struct Stop: Error {}
        let database = try open()
        await #expect(throws: Stop.self) {
            try await database.write {
                try $0.execute("INSERT INTO things (name) VALUES ('a')")
                throw Stop()
            }
        }
        #expect(try await database.read { try $0.rows("SELECT id FROM things").count } == 0)
        await #expect(throws: DatabaseError(.uniqueViolation, "")) {
            try await database.write {
                try $0.execute("INSERT INTO things (name) VALUES ('a')")
                try $0.execute("INSERT INTO things (name) VALUES ('a')")
            }
        }
        #expect(try await database.read { try $0.rows("SELECT id FROM things").count } == 0)
    }

    @Test("a database of a newer program is refused in one sentence and stays as it is")
    func refusesNewer() async throws {
        let newer = try open()
        try await newer.write { _ = try $0.execute("INSERT INTO things (name) VALUES ('a')") }
        try newer.close()
        let error = #expect(throws: DatabaseError.self) { try open([Self.first]) }
        #expect(error?.code == .newerSchema)
        #expect(
            error?.message == "the database has schema version 2, but this berth knows versions up to 1: "
                + "run the newer berth that wrote it")
        let database = try open()
        let tables = try await database.read {
            try $0.rows("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").map { $0["name"] }
        }
        #expect(tables == ["parts", "schema_versions", "sqlite_sequence", "things"])
        #expect(try await database.read { try $0.rows("SELECT number FROM schema_versions").count } == 2)
        #expect(try await database.read { try $0.rows("SELECT id FROM things").count } == 1)
    }

    @Test("a migration that fails leaves the version before it, and the next start goes on from there")
    func migrationsAreTransactional() async throws {
        let broken = Migration(2, "broken", ["CREATE TABLE halves (id BIGINT)", "CREATE TABLE things (id BIGINT)"])
        #expect(throws: DatabaseError.self) { try open([Self.first, broken]) }
        let database = try open([Self.first])
        let tables = try await database.read {
            try $0.rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name IN ('things', 'halves')")
        }
        #expect(tables.map { $0["name"] } == ["things"])
        try database.close()
        _ = try open()
    }

    @Test("many that create one database at the same time all get it, and each migration runs once")
    func concurrentCreation() async throws {
        let path = path
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<8 {
                group.addTask {
                    let database = try Database(path: path, migrations: [Self.first, Self.second])
                    try await database.write {
                        _ = try $0.execute("INSERT INTO things (name) VALUES (?)", [.text("\(number)")])
                    }
                    try database.close()
                }
            }
            try await group.waitForAll()
        }
        let database = try open()
        #expect(try await database.read { try $0.rows("SELECT id FROM things").count } == 8)
        #expect(try await database.read { try $0.rows("SELECT number FROM schema_versions").count } == 2)
    }

    @Test("the change counter stands still while nobody commits and moves with every commit of this process")
    func changeCounter() async throws {
        let database = try open()
        let other = try open()
        let watcher = try database.watch()
        var seen = try watcher.changeCounter()
        _ = try await database.read { try $0.rows("SELECT id FROM things") }
        #expect(try watcher.changeCounter() == seen)
        for (number, writer) in [database, other, database].enumerated() {
            try await writer.write { _ = try $0.execute("INSERT INTO things (name) VALUES (?)", [.text("\(number)")]) }
            let now = try watcher.changeCounter()
            #expect(now != seen)
            seen = now
        }
        #expect(try watcher.changeCounter() == seen)
    }

    @Test("the change counter moves when another process commits")
    func changeCounterAcrossProcesses() async throws {
        let database = try open()
        let watcher = try database.watch()
        let before = try watcher.changeCounter()
        await #expect(processExitsWith: .success) { [path = self.path as String] in
            let other = try Database(path: path, migrations: [DatabaseTests.first, DatabaseTests.second])
            try await other.write { _ = try $0.execute("INSERT INTO things (name) VALUES ('elsewhere')") }
            try other.close()
        }
        #expect(try watcher.changeCounter() != before)
        #expect(try await database.read { try $0.first("SELECT name FROM things")?["name"] } == "elsewhere")
    }

    @Test("a backup is a whole database of mode 0600 that later changes do not touch; it replaces nothing")
    func backup() async throws {
        let database = try open()
        try await database.write { _ = try $0.execute("INSERT INTO things (name) VALUES ('a')") }
        let copy = directory.file("copy.sqlite")
        try await database.backup(to: copy)
        try await database.write { _ = try $0.execute("INSERT INTO things (name) VALUES ('b')") }
        #expect(try FileManager.default.attributesOfItem(atPath: copy)[.posixPermissions] as? Int == 0o600)
        let restored = try Database(path: copy, migrations: [Self.first, Self.second])
        #expect(try await restored.read { try $0.rows("SELECT name FROM things").map { $0["name"] } } == ["a"])
        #expect(try await restored.integrityCheck() == [])
        await #expect(throws: DatabaseError(.cannotOpen, "")) { try await database.backup(to: copy) }
        await #expect(throws: DatabaseError(.cannotOpen, "")) {
            try await database.backup(to: directory.file("missing/copy.sqlite"))
        }
    }

    @Test("the integrity check finds a row that refers to nothing")
    func integrity() async throws {
        let database = try open()
        #expect(try await database.integrityCheck() == [])
        try await database.write {
            try $0.execute("ALTER TABLE parts RENAME TO old_parts")
            try $0.execute("CREATE TABLE parts (thing BIGINT)")
            try $0.execute("INSERT INTO parts (thing) VALUES (9)")
            try $0.execute("DROP TABLE old_parts")
            try $0.execute("ALTER TABLE parts ADD COLUMN owner BIGINT REFERENCES things (id)")
            try $0.execute("PRAGMA defer_foreign_keys = ON")
        }
        #expect(try await database.integrityCheck() == [])
        await #expect(throws: DatabaseError(.foreignKeyViolation, "")) {
            try await database.write { _ = try $0.execute("UPDATE parts SET owner = 5") }
        }
        try await database.write {
            try $0.execute("CREATE TABLE loose (thing BIGINT)")
            try $0.execute("INSERT INTO loose (thing) VALUES (9)")
            try $0.execute("PRAGMA writable_schema = ON")
            try $0.execute(
                "UPDATE sqlite_master SET sql = 'CREATE TABLE loose (thing BIGINT REFERENCES things (id))' "
                    + "WHERE name = 'loose'")
        }
        try database.close()
        #expect(
            try await open().integrityCheck() == ["a row of loose refers to a row of things that is not there"])
    }

    @Test("what is no database, and what cannot be opened, is said in one sentence")
    func unopenable() throws {
        try Data(repeating: 65, count: 5000).write(to: URL(fileURLWithPath: path))
        #expect(throws: DatabaseError(.damaged, "")) { try open() }
        #expect(throws: DatabaseError(.cannotOpen, "")) {
            try Database(path: directory.file("missing/test.sqlite"), migrations: [])
        }
    }

    @Test("a closed database refuses")
    func closed() async throws {
        let database = try open()
        let watcher = try database.watch()
        try database.close()
        try watcher.close()
        await #expect(throws: DatabaseError(.closed, "")) { try await database.read { _ = try $0.rows("SELECT 1") } }
        await #expect(throws: DatabaseError(.closed, "")) { try await database.write { _ = try $0.rows("SELECT 1") } }
        #expect(throws: DatabaseError(.closed, "")) { try watcher.changeCounter() }
    }
}

extension DatabaseWatcher {
    fileprivate func changeCounter() throws -> Int64 { try look { changeCounter, _ in changeCounter } }
}
