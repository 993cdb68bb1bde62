import Testing

@Suite struct ArchitectureTests {
    @Test("every file keeps to what its target may import, to 400 lines and, outside the catalog, to no SQL")
    func sources() throws {
        let files = try SourceTree.files()
        #expect(files.count > 100)
        for file in files {
            for offence in Rules.offences(of: file) { Issue.record("\(offence)") }
        }
    }

    @Test("the rules know every target, and no other")
    func targets() throws {
        #expect(try Set(SourceTree.targets()) == Set(Rules.allowedImports.map(\.key)))
    }

    @Test("a target may import only targets above it")
    func layers() {
        var above: [String] = []
        let all = Rules.allowedImports.map(\.key)
        for (target, allowed) in Rules.allowedImports {
            let berth = allowed.filter(all.contains)
            #expect(berth.allSatisfy(above.contains), "\(target)")
            above.append(target)
        }
    }

    @Test("imports and SQL are really found in the sources")
    func scannerSees() throws {
        let files = try SourceTree.files()
        #expect(files.contains { $0.target == "BerthDatabase" && $0.imports.contains("GRDB") })
        #expect(files.contains { $0.target == "BerthHTTP" && $0.imports.contains("Hummingbird") })
        #expect(files.contains { $0.target == "BerthCatalog" && $0.literals.contains { $0.contains("SELECT ") } })
    }
}

/// The rules and the scanner, on files made to break them.
@Suite struct RuleTests {
    private func offences(_ target: String, _ text: String) -> [String] {
        Rules.offences(of: SwiftSource(target: target, path: "\(target)/Sample.swift", text: text))
    }

    @Test(
        "an import that the target may not have is an offence, however it is written",
        arguments: [
            ("BerthOCI", "import NIOCore"), ("BerthOCI", "import Synchronization"), ("BerthOCI", "import BerthAccess"),
            ("BerthAccess", "import BerthCatalog"), ("BerthBlobs", "import BerthCatalog"),
            ("BerthCatalog", "internal import GRDB"), ("BerthServer", "@preconcurrency import GRDB"),
            ("BerthRegistry", "import struct Hummingbird.Response"), ("BerthRegistry", "  import\tNIOHTTP1"),
            ("BerthIdentity", "@testable @_exported public import HummingbirdTLS"),
            ("BerthHTTP", "import BerthRegistry"),
            ("berth", "import BerthDatabase"), ("BerthRegistry", "import Foundation; import BerthHTTP"),
            ("BerthCatalog", "/* why */ import BerthBlobs // here"), ("BerthServer", "import ArgumentParser"),
            ("Unknown", ""),
        ])
    func badImport(target: String, text: String) {
        #expect(!offences(target, text).isEmpty)
    }

    @Test(
        "what only looks like an import is none",
        arguments: [
            "// import NIOCore", "/* /* */ import NIOCore */", "/// import NIOCore", "let text = \"import NIOCore\"",
            "let text = \"\"\"\n    import NIOCore\n    \"\"\"", "let text = #\"\"\"\n\"\"\"\nimport NIOCore\n\"\"\"#",
            "let important = 1", "print(\"\\(name(\"x\")) // \")", "import Foundation", "let `import` = 1",
        ])
    func noImport(text: String) {
        #expect(offences("BerthOCI", text).isEmpty)
    }

    @Test("an offence names the file and both modules")
    func message() {
        #expect(
            offences("BerthOCI", "\nimport NIOCore\n") == ["BerthOCI/Sample.swift: BerthOCI may not import NIOCore"])
        #expect(offences("BerthRegistry", "import GRDB").count == 2)
    }

    @Test("code after literals and comments is still seen")
    func continues() {
        let text = """
            let a = "\\(b("c)")) /*"; let d = #"\\"#; let e = "\\\\" // "
            /* " */
            import NIOCore
            """
        #expect(offences("BerthOCI", text).count == 1)
        #expect(SwiftSource(target: "", path: "", text: text).literals == ["c)", " /*", "\\", "\\"])
    }

    @Test(
        "SQL outside the catalog and the database is an offence",
        arguments: [
            "\"SELECT 1\"", "\"\"\"\n    SELECT a\n    FROM b\n    \"\"\"", "#\"DELETE FROM a\"#", "\"INSERT INTO a\"",
            "\"UPDATE a SET b = ?\"", "\"PRAGMA data_version\"", "\"\\(\"CREATE TABLE \" + name)\"",
            "\"EXISTS (SELECT 1 FROM a)\"",
        ])
    func sql(literal: String) {
        #expect(offences("BerthRegistry", "let a = \(literal)").count == 1)
        #expect(offences("BerthServer", "let a = \(literal)").count == 1)
        #expect(offences("BerthCatalog", "let a = \(literal)").isEmpty)
        #expect(offences("BerthDatabase", "let a = \(literal)").isEmpty)
    }

    @Test(
        "plain words and comments are not SQL",
        arguments: ["\"Select a file\"", "\"please UPDATE it\"", "1 // SELECT 1", "1 /* SELECT 1 */", "\"SELECTED\""])
    func noSQL(text: String) {
        #expect(offences("BerthServer", "let a = \(text)").isEmpty)
    }

    @Test("a file of 400 lines passes, one of 401 does not", arguments: [(400, 0), (401, 1)])
    func length(lines: Int, count: Int) {
        #expect(offences("BerthOCI", String(repeating: "//\n", count: lines)).count == count)
        #expect(offences("BerthOCI", String(repeating: "//\n", count: lines - 1) + "//").count == count)
    }
}
