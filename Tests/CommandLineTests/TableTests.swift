@testable import berth
import BerthTestSupport
import Foundation
import Testing

@Suite struct TableTests {
    @Test("columns are as wide as their widest cell, and no line ends in white space")
    func alignment() {
        let table = Table(
            columns: ["NAME", "ID", "NOTE"], rows: [["a", "1234567", ""], ["a-long-name", "", "x"], ["b", "2", "y"]])
        #expect(
            table.text == """
                NAME         ID       NOTE
                a            1234567
                a-long-name           x
                b            2        y

                """)
    }

    @Test("wide characters take two columns, combining ones none")
    func widths() {
        let table = Table(columns: ["A", "B"], rows: [["船舶", "x"], ["e\u{301}🚢", "y"], ["abcd", "z"]])
        #expect(table.text == "A     B\n船舶  x\ne\u{301}🚢   y\nabcd  z\n")
    }

    @Test("a cell of more than 60 columns is cut, one of 60 is not")
    func cut() {
        let (fits, long) = (String(repeating: "a", count: 60), String(repeating: "b", count: 61))
        let lines = Table(columns: ["A"], rows: [[fits], [long]]).text.split(separator: "\n")
        #expect(lines[1] == fits[...])
        #expect(lines[2] == String(repeating: "b", count: 59)[...] + "…")
    }

    @Test("what users wrote cannot play with the terminal")
    func printable() {
        let text = Table(columns: ["A"], rows: [["a\u{1B}[31mb\nc\u{202E}d\0"]]).text
        #expect(text == "A\na\u{FFFD}[31mb c\u{FFFD}d\u{FFFD}\n")
    }

    @Test(
        "sizes are in powers of 1,000 with one digit after the point",
        arguments: [
            (Int64(0), "0 B"), (999, "999 B"), (1000, "1.0 kB"), (97_500_000, "97.5 MB"), (999_949, "999.9 kB"),
            (999_950, "1.0 MB"), (1_000_000_000_000, "1.0 TB"), (.max, "9.2 EB"),
        ])
    func sizes(bytes: Int64, text: String) {
        #expect(PlainWords.size(bytes) == text)
    }

    @Test(
        "how far away an instant is, in the largest unit that fits",
        arguments: [
            (0.0, "in 0 seconds"), (59, "in 59 seconds"), (60, "in 1 minute"), (3600, "in 1 hour"),
            (30 * 86_400 - 0.5, "in 30 days"), (86_400, "in 1 day"), (-1, "1 second ago"), (-7200, "2 hours ago"),
        ])
    func distances(seconds: Double, text: String) {
        let now = Date(timeIntervalSince1970: 1_800_000_000)
        #expect(PlainWords.distance(to: now.addingTimeInterval(seconds), from: now) == text)
    }

    @Test("an empty list is (none) and a hint that names the command which fills it; in JSON it is an empty array")
    func emptyLists() async throws {
        try await withSite { site in
            try await site.push(try SampleManifest.image(), to: "ships/ferry")
            try await site.done("user", "add", "acme/ci")
            for (words, hint) in [
                (["repo", "list", "--account", "globex"], "docker push"),
                (["share", "list", "ships/ferry"], "berth share add ships/ferry --with ACCOUNT"),
                (["share", "received", "globex"], "berth share add ORG/REPO --with globex"),
                (["grant", "list", "ships"], "berth grant set ships ACCOUNT/USER"),
                (["key", "list", "acme/ci"], "berth key add acme/ci"),
            ] {
                let said = try await site.installation.run(words).orThrow().output
                #expect(said.hasPrefix("(none)  ") && said.contains(hint), "\(said)")
                #expect(try await site.installation.run(words + ["--json"]).orThrow().output == "[]\n")
            }
        }
    }

    @Test("a list begins with its headings, and every cell stands under its heading")
    func lists() async throws {
        try await withSite { site in
            let lines = try await site.done("org", "list").split(separator: "\n")
            #expect(lines.count == 2)
            let (heading, row) = (lines[0], lines[1])
            for (name, cell) in [("ORGANIZATION", "ships"), ("ACCOUNT", "acme")] {
                let place = try #require(heading.range(of: name)).lowerBound.utf16Offset(in: heading)
                #expect(row.dropFirst(place).hasPrefix(cell))
            }
            #expect(row.hasSuffix(" UTC"))
        }
    }
}
