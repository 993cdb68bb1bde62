import BerthDatabase
import BerthTestBasics
import Foundation
import Testing

/// Writes that wait while another one runs are committed in one transaction.
@Suite struct GroupCommitTests {
    private let directory: TemporaryDirectory
    private let database: Database

    init() throws {
        directory = try TemporaryDirectory()
        database = try Database(
            path: directory.file("test.sqlite"),
            migrations: [
                Migration(
                    1, "things",
                    [
                        "CREATE TABLE things (name {text} PRIMARY KEY)",
                        """
                        CREATE TABLE parts (
                            thing {text} NOT NULL REFERENCES things (name) DEFERRABLE INITIALLY DEFERRED
                        )
                        """,
                    ])
            ])
    }

    private func names() async throws -> [String] {
        try await database.read { database in
            try database.rows("SELECT name FROM things ORDER BY name").compactMap { row in
                guard case .text(let name) = row["name"] else { return nil }
                return name
            }
        }
    }

    private static func insert(_ name: String, into database: SQLConnection) throws {
        try database.execute("INSERT INTO things (name) VALUES (?)", [.text(name)])
    }

    /// Holds the writer until all writes wait, and gives how each of them ended.
    private func together(
        _ writes: [@Sendable (SQLConnection) throws -> Void]
    ) async throws -> [Result<Void, any Error>] {
        let (waiting, mayGo) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let database = database
        async let holding: Void = database.write { _ in
            waiting.signal()
            mayGo.wait()
        }
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                waiting.wait()
                continuation.resume()
            }
        }
        let (hasSubmitted, submitted) = AsyncStream<Void>.makeStream()
        let results = try await withThrowingTaskGroup(of: (Int, Result<Void, any Error>).self) { group in
            for number in writes.indices {
                group.addTask {
                    submitted.yield()
                    do {
                        try await database.write(writes[number])
                        return (number, .success(()))
                    } catch {
                        return (number, .failure(error))
                    }
                }
            }
            var count = 0
            for await _ in hasSubmitted {
                count += 1
                if count == writes.count { break }
            }
            mayGo.signal()
            var results = [Result<Void, any Error>?](repeating: nil, count: writes.count)
            for try await (number, result) in group { results[number] = result }
            return results.compactMap(\.self)
        }
        try await holding
        return results
    }

    @Test("all are there afterwards, and one that throws takes nothing of the others with it")
    func throwing() async throws {
        let results = try await together(
            (0..<20).map { number in
                { database in
                    try Self.insert("thing \(number)", into: database)
                    if number % 4 == 0 { throw Refused() }
                }
            })
        for (number, result) in results.enumerated() {
            #expect((try? result.get()) == nil || number % 4 != 0)
            if case .failure(let error) = result { #expect(error is Refused) }
        }
        let expected = (0..<20).filter { $0 % 4 != 0 }.map { "thing \($0)" }.sorted()
        #expect(try await names() == expected)
    }

    @Test("nobody is told of success before the commit: when it fails, all fail and nothing is there")
    func failingCommit() async throws {
        let orphan: @Sendable (SQLConnection) throws -> Void = { database in
            try database.execute("INSERT INTO parts (thing) VALUES ('nothing')")
        }
        let single = try await together([orphan])
        #expect(throws: DatabaseError(.foreignKeyViolation, "")) { try single[0].get() }

        let results = try await together(
            (0..<8).map { number in { try Self.insert("thing \(number)", into: $0) } } + [orphan])
        let failures = results.filter { (try? $0.get()) == nil }
        // Those that had not been submitted when the others began are committed by themselves.
        #expect(try await names().count == results.count - failures.count)
        #expect(throws: DatabaseError(.foreignKeyViolation, "")) { try results[8].get() }
    }

    @Test("after a failure the next write goes on")
    func goingOn() async throws {
        await #expect(throws: Refused.self) { try await database.write { _ in throw Refused() } }
        try await database.write { try Self.insert("one", into: $0) }
        #expect(try await names() == ["one"])
    }
}

private struct Refused: Error {}
