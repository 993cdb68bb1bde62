import BerthAccess
import BerthOCI
import Testing

@Suite struct WordsTests {
    @Test(
        "account and user names within the grammar parse",
        arguments: ["a", "0", "acme", "Acme.Corp", "a-b_c.d", "a..b", String(repeating: "a", count: 64)])
    func loginNames(text: String) throws {
        #expect(try AccountName(parsing: text).description == text)
        #expect(try UserName(parsing: text).description == text)
    }

    @Test(
        "account and user names outside the grammar are refused",
        arguments: [
            "", "-a", "_a", ".a", "..", "a b", "a/b", "a@b", "a:b", "é", "a\n", "\u{0}", "a%2f", "ａ",
            String(repeating: "a", count: 65),
        ])
    func badLoginNames(text: String) {
        #expect(throws: ParseFailure.self) { try AccountName(parsing: text) }
        #expect(throws: ParseFailure.self) { try UserName(parsing: text) }
    }

    @Test(
        "regions within the grammar parse",
        arguments: ["region-1", "R", "cn_north-4", "-", String(repeating: "r", count: 64)])
    func regions(text: String) throws {
        #expect(try Region(parsing: text).description == text)
    }

    @Test(
        "regions outside the grammar are refused, one with @ above all",
        arguments: ["", "a@b", "a.b", "a b", "a/b", "é", "a\n", "a\u{0}", String(repeating: "r", count: 65)])
    func badRegions(text: String) {
        #expect(throws: ParseFailure.self) { try Region(parsing: text) }
    }

    @Test("acme stands for acme/acme")
    func qualifiedNames() throws {
        let whole = try QualifiedUserName(parsing: "acme/ci")
        #expect(whole.account == (try AccountName(parsing: "acme")))
        #expect(whole.user == (try UserName(parsing: "ci")))
        #expect(whole.description == "acme/ci")
        #expect(try QualifiedUserName(parsing: "acme") == QualifiedUserName(parsing: "acme/acme"))
    }

    @Test(
        "a qualified name with an empty part or a third one is refused",
        arguments: ["", "/", "acme/", "/ci", "a/b/c", "a//b", "a/b/", "/a/b", "a /b", "a/-b", "a@b/c"])
    func badQualifiedNames(text: String) {
        #expect(throws: ParseFailure.self) { try QualifiedUserName(parsing: text) }
    }

    @Test("permissions have SWR's numbers and grow with them")
    func permissions() {
        #expect(Permission.allCases.map(\.rawValue) == [1, 3, 7])
        #expect(Permission.allCases.sorted() == [.read, .write, .manage])
        #expect(Permission.read.rights.isStrictSubset(of: Permission.write.rights))
        #expect(Permission.write.rights.isStrictSubset(of: Permission.manage.rights))
        #expect(Permission.manage.rights == .all)
        #expect(Permission(rawValue: 2) == nil)
    }

    @Test("permissions are read back from their words, and from nothing else")
    func permissionWords() {
        for permission in Permission.allCases { #expect(Permission(word: permission.description) == permission) }
        for word in ["", "READ", "admin", "7", "read "] { #expect(Permission(word: word) == nil) }
    }
}
