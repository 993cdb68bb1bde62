import BerthAccess
import BerthRegistry
import Foundation
import Mustache
import Testing

@testable import BerthServer

@Suite("What the console says")
struct ConsoleTextTests {
    private static let english = Texts.of(.english).all
    private static let chinese = Texts.of(.chinese).all

    @Test("both languages say the same things, with the same values in them")
    func sameKeys() {
        #expect(Set(Self.english.keys) == Set(Self.chinese.keys))
        for (key, text) in Self.english {
            let places = Set(text.matches(of: #/\{[a-z]+\}/#).map { String($0.output) })
            let others = Set((Self.chinese[key] ?? "").matches(of: #/\{[a-z]+\}/#).map { String($0.output) })
            #expect(places == others, "\(key)")
        }
    }

    @Test("every text that a template names is there, and every template of the folder is known")
    func templates() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../../Sources/BerthServer/Console/Templates").standardizedFileURL
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        #expect(files.count > 5)
        for file in files {
            let source = try String(contentsOf: file, encoding: .utf8)
            for match in source.matches(of: #/\{\{t\.([A-Za-z_.]+)\}\}/#) {
                #expect(Self.english[String(match.1)] != nil, "\(file.lastPathComponent): \(match.1)")
            }
            let name = file.deletingPathExtension().lastPathComponent
            #expect(ConsoleTemplates.library.getTemplate(named: name) != nil, "\(name)")
        }
    }

    @Test(
        "the language is the one that was chosen, else the first of the browser's that is spoken, else English",
        arguments: [
            (nil, nil, Language.english), ("zh", "en", .chinese), ("en", "zh-CN", .english), ("fr", "zh", .chinese),
            (nil, "zh-CN,zh;q=0.9,en;q=0.8", .chinese), (nil, "de,fr;q=0.9,zh-TW;q=0.1", .chinese),
            (nil, "en;q=0.2, zh;q=0.7", .chinese), (nil, "zh;q=0, en", .english), (nil, "de", .english),
            (nil, ",;q=,zh;q=x,,", .chinese), ("", "", .english),
        ] as [(String?, String?, Language)])
    func language(cookie: String?, accepted: String?, expected: Language) {
        #expect(Language(cookie: cookie, accepted: accepted) == expected)
    }

    @Test("counts are in groups of three")
    func figures() {
        #expect(
            [0, 12, 123, 1204, 1_000_000].map { Figures.count($0 as Int) } == ["0", "12", "123", "1,204", "1,000,000"])
    }

    @Test("a share says how soon it ends in its last three days")
    func states() {
        let now = Date(timeIntervalSince1970: 1_800_000_000)
        func label(_ seconds: Double) -> String {
            ShareState(.effective, until: .until(now + seconds), now: now, texts: .of(.english)).label
        }
        #expect(label(59 * 60) == "Ends within the hour")
        #expect(label(90 * 60) == "Ends in 2 hours")
        #expect(label(25 * 3600) == "Ends in 2 days" && label(71 * 3600) == "Ends in 3 days")
        #expect(label(73 * 3600) == "Effective")
        #expect(ShareState(.effective, until: .forever, now: now, texts: .of(.english)).label == "Effective")
        #expect(ShareState(.expired, until: .forever, now: now, texts: .of(.english)).label == "Expired")
    }
}
