import Foundation
import Testing

/// docs/hardening.md against the tests: a row that says it is tested is, and one that is not tested says why.
@Suite struct DocumentTests {
    private static let rowIDs = (1...80).map { "S-" + twoDigits($0) } + (1...58).map { "R-" + twoDigits($0) }

    @Test("docs/hardening.md has every row once, in order")
    func everyRow() throws {
        #expect(try Document.rows().map(\.id) == Self.rowIDs)
    }

    @Test("a row has a test named after its id, or a reason why it has none")
    func testOrReason() throws {
        let tested = try Document.testedRows()
        for row in try Document.rows() {
            if row.test.hasPrefix("none: ") {
                #expect(row.test.count > 30, "\(row.id) needs a reason")
                #expect(!tested.contains(row.id), "\(row.id) has a test after all")
            } else {
                #expect(tested.contains(row.id), "\(row.id) has no test named after it")
            }
        }
    }

    private static func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}

/// What docs/hardening.md and the files of tests say.
private enum Document {
    /// A line of the tables: `| S-17 | case | what Berth does | test |`.
    struct Row {
        let id: String
        let test: String
    }

    private static var root: URL {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    }

    static func rows() throws -> [Row] {
        try String(contentsOf: root.appending(path: "docs/hardening.md"), encoding: .utf8)
            .split(separator: "\n").filter { $0.hasPrefix("| S-") || $0.hasPrefix("| R-") }
            .map { line in
                let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
                return Row(id: cells[0], test: cells.last ?? "")
            }
    }

    /// The rows that the name of some test begins with: `@Test("S-05 S-06 an upload belongs to …")`.
    static func testedRows() throws -> Set<String> {
        let tests = root.appending(path: "Tests")
        var found: Set<String> = []
        for path in try FileManager.default.subpathsOfDirectory(atPath: tests.path(percentEncoded: false))
        where path.hasSuffix(".swift") {
            let text = try String(contentsOf: tests.appending(path: path), encoding: .utf8)
            for name in text.matches(of: #/@Test\(\s*"((?:[SR]-\d\d )+)/#) {
                found.formUnion(name.1.split(separator: " ").map(String.init))
            }
        }
        return found
    }
}
