import BerthAccess
import BerthOCI
import BerthRegistry
import BerthTestSupport
import Testing

@Suite("The description of an image in the console")
struct ConsoleDescriptionTests {
    private static let image = "/console/images/acme/app"
    private static let tab = image + "?tab=description"

    private static func prepare(_ scenario: Scenario, isShared: Bool = false) async throws -> Repository {
        try await scenario.push(try SampleManifest.image(), to: "acme/app", tag: "v1").requiring(201)
        if isShared { try await scenario.share("acme/app") }
        return try await repository(scenario)
    }

    private static func repository(_ scenario: Scenario) async throws -> Repository {
        try await scenario.registry.describeRepository(RepositoryName(parsing: "acme/app"), by: .dataOperator)
    }

    @Test(
        "who may pull reads it, who may push edits it, and who manages the image decides who sees it",
        arguments: [
            (.owner, 200, 303, 303), (.manager, 200, 303, 303), (.writer, 200, 303, 403), (.reader, 200, 403, 403),
            (.receiver, 200, 403, 403), (.receiverUser, 200, 403, 403), (.colleague, 403, 403, 403),
            (.stranger, 404, 404, 404), (nil, 303, nil, nil),
        ] as [(Scenario.Persona?, Int, Int?, Int?)])
    func rights(persona: Scenario.Persona?, reading: Int, describing: Int?, publishing: Int?) async throws {
        try await withScenario { scenario in
            let before = try await Self.prepare(scenario, isShared: persona?.rawValue.hasPrefix("bravo") == true)
            let visitor = try await ConsoleVisitor.signedIn(as: persona, in: scenario)
            let page = try await visitor.get(Self.tab)
            #expect(page.status == reading)
            #expect(page.text.contains("do=describe") == (describing == 303))
            #expect(page.text.contains("do=set-visibility") == (publishing == 303))
            let forms = [("describe", "<textarea", describing), ("set-visibility", "type=\"radio\"", publishing)]
            for (action, field, expected) in forms {
                #expect(try await visitor.get(Self.tab + "&do=\(action)").text.contains(field) == (expected == 303))
            }
            guard let describing, let publishing else { return }
            let described = ["do": "describe", "description": "A text.", "category": "database"]
            #expect(try await visitor.post(Self.image, described).status == describing)
            let published = ["do": "set-visibility", "visibility": "public"]
            #expect(try await visitor.post(Self.image, published).status == publishing)
            let after = try await Self.repository(scenario)
            #expect(after.description == (describing == 303 ? "A text." : before.description))
            #expect(after.category == (describing == 303 ? .database : before.category))
            #expect(after.isPublic == (publishing == 303))
        }
    }

    @Test("a text is shown as it was typed, with its lines and as text, to receivers too")
    func text() async throws {
        try await withScenario { scenario in
            _ = try await Self.prepare(scenario, isShared: true)
            let visitor = try await ConsoleVisitor.signedIn(.owner, in: scenario)
            let empty = try await visitor.get(Self.tab).text
            #expect(empty.contains("Nobody has described this image yet."))
            let receiver = try await ConsoleVisitor.signedIn(.receiver, in: scenario)
            #expect(try await receiver.get(Self.tab).text.contains("The owner has not described this image."))
            let typed = "\r\nOne\r\n  <b>two</b> & {{t.frame_skip}}\tthree"
            let answer = try await visitor.post(
                Self.image, ["do": "describe", "description": typed, "category": "lang"]
            ).requiring(303)
            let page = try await visitor.get(try answer.requiredHeader("Location")).requiring(200).text
            let shown = "\nOne\n  &lt;b&gt;two&lt;/b&gt; &amp; {{t.frame_skip}}\tthree"
            #expect(page.contains("<p class=\"prose\">\(shown)</p>") && page.contains("The description was saved."))
            #expect(page.contains("<dd>Programming language</dd>"))
            #expect(try await receiver.get(Self.tab).text.contains(shown))
            let form = try await visitor.get(Self.tab + "&do=describe").text
            #expect(form.contains(">\n\(shown)</textarea>") && form.contains("value=\"lang\" selected"))
        }
    }

    @Test(
        "30,000 characters are taken and one more is refused at its field, with what was typed", arguments: ["a", "🚢"])
    func length(character: String) async throws {
        try await withScenario { scenario in
            _ = try await Self.prepare(scenario)
            let visitor = try await ConsoleVisitor.signedIn(.owner, in: scenario)
            let most = String(repeating: character, count: 30_000)
            let fields = ["do": "describe", "description": most, "category": "other"]
            #expect(try await visitor.post(Self.image, fields).status == 303)
            #expect(try await Self.repository(scenario).description == most)
            let longer = ["do": "describe", "description": most + "bcd", "category": "arm"]
            let page = try await visitor.post(Self.image, longer).requiring(422).text
            #expect(page.contains("30,003 characters; at most 30,000 are allowed. Shorten it by 3."))
            #expect(page.contains("bcd</textarea>") && page.contains("30,003 / 30,000"))
            #expect(page.contains("value=\"arm\" selected") && page.contains("role=\"alert\""))
            #expect(try await Self.repository(scenario).description == most)
        }
    }

    @Test("an image that is shared is not made public, and the form says what to do")
    func shared() async throws {
        try await withScenario { scenario in
            _ = try await Self.prepare(scenario, isShared: true)
            let visitor = try await ConsoleVisitor.signedIn(.owner, in: scenario)
            let sentence = "The image is shared with 1 account. Cancel each share on the tab Sharing first"
            #expect(try await visitor.get(Self.tab + "&do=set-visibility").text.contains(sentence))
            let fields = ["do": "set-visibility", "visibility": "public"]
            let page = try await visitor.post(Self.image, fields).requiring(422).text
            #expect(page.contains("id=\"visibility-error\">\(sentence)") && page.contains("role=\"alert\""))
            #expect(page.contains("value=\"public\" checked"))
            #expect(try await !Self.repository(scenario).isPublic)
            _ = try await visitor.post(Self.image, ["do": "cancel", "with": "bravo"]).requiring(303)
            let answer = try await visitor.post(Self.image, fields).requiring(303)
            let place = try answer.requiredHeader("Location")
            #expect(try await visitor.get(place).text.contains("The image is public now."))
            #expect(try await Self.repository(scenario).isPublic)
            _ = try await visitor.post(Self.image, ["do": "set-visibility", "visibility": "private"]).requiring(303)
            #expect(try await !visitor.get(place).text.contains("The image is public now."), "it is so no more")
        }
    }

    @Test("what no form of the console sends is refused, and changes nothing")
    func nonsense() async throws {
        try await withScenario { scenario in
            let before = try await Self.prepare(scenario)
            let visitor = try await ConsoleVisitor.signedIn(.owner, in: scenario)
            for (fields, status, part) in [
                (["do": "describe", "description": "x"], 422, "id=\"category-error\""),
                (["do": "describe", "description": "x", "category": "<b>"], 422, "id=\"category-error\""),
                (["do": "describe", "description": "a\u{0}b", "category": "arm"], 400, ""),
                (["do": "set-visibility"], 422, "id=\"visibility-error\""),
                (["do": "set-visibility", "visibility": "<b>"], 422, "id=\"visibility-error\""),
            ] {
                let answer = try await visitor.post(Self.image, fields)
                #expect(answer.status == status && answer.text.contains(part) && !answer.text.contains("<b>"))
            }
            #expect(try await Self.repository(scenario) == before)
            for query in ["done=described", "done=described&at=2026-01-01T00:00:00Z", "done=public", "done=x"] {
                let page = try await visitor.get(Self.tab + "&" + query).requiring(200).text
                #expect(!page.contains("notice ok"), "\(query)")
            }
        }
    }
}
