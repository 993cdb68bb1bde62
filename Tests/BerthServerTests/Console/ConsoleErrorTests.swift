import BerthAccess
import BerthCatalog
import BerthOCI
import BerthRegistry
import BerthTestSupport
import HTTPTypes
import Testing

@testable import BerthServer

@Suite("What the console says of what it refuses")
struct ConsoleErrorTests {
    private static let image = "/console/images/acme/app"
    private static let chinese = ("Accept-Language", "zh-CN")

    /// The text of the page's main part, without markup.
    private static func words(_ page: String) throws -> String {
        let main = try #require(try #/(?s)<main.*</main>/#.firstMatch(in: page))
        return String(main.output).replacing(#/<[^>]*>/#, with: "\n")
    }

    /// Whether three words of Latin letters follow each other, as names of things never do.
    private static func hasEnglish(_ words: String) -> Bool { words.contains(#/[A-Za-z]+,? [A-Za-z]+,? [A-Za-z]+/#) }

    @Test("no refusal is in another language than the page, whatever use case refuses and whoever asks")
    func oneLanguage() async throws {
        try await withScenario { scenario in
            try await scenario.push(try SampleManifest.image(), to: "acme/app", tag: "v1").requiring(201)
            try await scenario.share("acme/app")
            let owner = try await ConsoleVisitor.signedIn(.owner, in: scenario)
            for (path, status) in [
                (Self.image + "?tab=tags&tag=none", 404), (Self.image + "?q=%FF", 400), ("/console/images/x", 404),
                ("/console/images/acme/none", 404), ("/console/organizations/none", 404), ("/console/none", 404),
                ("/console/users/none", 404), (Self.image + "?tab=sharing&do=edit&with=nobody", 404),
            ] {
                let answer = try await owner.get(path, headers: [Self.chinese])
                #expect(answer.status == status, "\(path)")
                let words = try Self.words(answer.text)
                #expect(!Self.hasEnglish(words), "\(path): \(words)")
            }
            for (path, fields, status) in [
                (Self.image, ["do": "delete-image"], 409), (Self.image, ["do": "revoke", "user": "writer"], nil),
                (Self.image, ["do": "cancel", "with": "cargo"], 404), ("/console/images", ["do": "share"], 405),
                (Self.image, ["do": "none"], 404), ("/console/users/reader", ["do": "delete-key", "key": "x"], 404),
            ] as [(String, [String: String], Int?)] {
                let answer = try await owner.post(path, fields, headers: [Self.chinese])
                if let status { #expect(answer.status == status, "\(path) \(fields)") }
                #expect(!Self.hasEnglish(try Self.words(answer.text)), "\(path) \(fields): \(answer.text)")
            }
            for persona in [Scenario.Persona.reader, .colleague, .receiver, .stranger] {
                let visitor = try await ConsoleVisitor.signedIn(persona, in: scenario)
                for path in [Self.image, "/console/users", "/console/users/acme", "/console/organizations/acme"] {
                    let answer = try await visitor.get(path, headers: [Self.chinese])
                    #expect(!Self.hasEnglish(try Self.words(answer.text)), "\(persona) \(path)")
                }
            }
        }
    }

    @Test("who is denied something is told whom to ask")
    func whomToAsk() async throws {
        try await withScenario { scenario in
            let visitor = try await ConsoleVisitor.signedIn(.reader, in: scenario)
            let page = try await visitor.get("/console/users").requiring(403).text
            #expect(try Self.words(page).contains("You have no permission for this. Ask acme/acme for it."))
            let chinese = try await visitor.get("/console/users", headers: [Self.chinese]).requiring(403).text
            #expect(try Self.words(chinese).contains("请联系：acme/acme"))
        }
    }

    @Test("every code that a use case of the console throws has a sentence of its own in both languages")
    func codes() {
        // Unknown organizations and images look alike, so that nobody learns which of them is there.
        let alike: Set<AdministrationError.Code> = [.organizationUnknown, .repositoryUnknown]
        // What is refused at other doors only: pushes, copies, retention, triggers, and management without pages.
        let elsewhere: Set<AdministrationError.Code> = [
            .retentionUnknown, .triggerUnknown, .synchronizationUnknown, .regionUnknown, .repositoryTaken, .tagTaken,
            .permissionTaken, .retentionTaken, .triggerTaken, .agencyTaken, .projectForeign,
            .organizationPermissionTaken, .organizationPermissionUnknown, .nameInvalid, .inUse, .repositoryInUse,
            .repositoryQuota, .tagQuota, .storageQuota,
        ]
        for code in AdministrationError.Code.allCases {
            for language in Language.allCases {
                let text = Texts.of(language).all["error_code_\(code.rawValue)"]
                #expect((text == nil) == (alike.contains(code) || elsewhere.contains(code)), "\(code)")
            }
        }
    }

    @Test(
        "a disk that is full or read-only, and a busy database, are each told as what they are",
        arguments: [
            (CatalogError.unwritable(.full), 507, "full"), (.unwritable(.readOnly), 503, "disk"),
            (.unwritable(.busy), 503, "busy"), (.inUse(.repository), 500, "fault"),
        ] as [(CatalogError, Int, String)])
    func storage(error: CatalogError, status: Int, key: String) {
        let kind = ConsoleErrors.kind(of: error)
        #expect(kind.0.code == status && kind.key == key)
        for language in Language.allCases {
            #expect(
                Texts.of(language).all["error_\(key)_title"] != nil
                    && Texts.of(language).all["error_\(key)_text"] != nil)
        }
    }

    @Test(
        "a wrong query and a wrong form are the same mistake; a method that a page has not is another than a foreign form"
    )
    func mistakes() async throws {
        try await withScenario { scenario in
            let visitor = try await ConsoleVisitor.signedIn(.owner, in: scenario)
            let query = try await visitor.get("/console/images?q=%FF").requiring(400).text
            #expect(query.contains("This was not understood") && !query.contains("UTF"))
            let form = try await scenario.client.send(
                "POST", "/console/sign-in",
                headers: [("Content-Type", "application/x-www-form-urlencoded"), ("Origin", visitor.origin)],
                body: .bytes(Array("user=%FF".utf8)))
            #expect(form.status == 400 && form.text.contains("This was not understood"))
            let method = try await visitor.post("/console/images", ["do": "share"]).requiring(405).text
            #expect(method.contains("This page cannot do that") && !method.contains("another site"))
        }
    }
}
