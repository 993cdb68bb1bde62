import BerthAccess
import BerthRegistry
import BerthTestSupport
import Testing

@Suite("Access keys in the console")
struct ConsoleKeyTests {
    private static let reader = "/console/users/reader"

    /// What the page after adding a key shows in its boxes: the key, its secret, and the line that signs docker in.
    private static func shown(_ page: String) -> [String] {
        page.matches(of: #/<div class="code"><code>([^<]+)</code>/#).map { String($0.1) }.suffix(3)
    }

    private static func keys(_ scenario: Scenario) async throws -> [AccessKey] {
        try await scenario.registry.listAccessKeys(of: Scenario.Persona.reader.qualifiedName(), by: .dataOperator)
    }

    @Test(
        "a key is shown once, with a line that signs docker in; reloading shows no secret and makes no other key",
        arguments: [Scenario.Persona.reader, .owner])
    func adding(persona: Scenario.Persona) async throws {
        try await withScenario { scenario in
            let visitor = try await ConsoleVisitor.signedIn(persona, in: scenario)
            let form = ["do": "add-key", "keys": "0"]
            let answer = try await visitor.post(Self.reader, form).requiring(200)
            #expect(answer.header("Cache-Control") == "no-store" && answer.header("Location") == nil)
            let shown = Self.shown(answer.text)
            let keys = try await Self.keys(scenario)
            try #require(shown.count == 3 && keys.count == 1)
            #expect(shown[0] == keys[0].accessKey && shown[1].count == 40)

            let words = shown[2].split(separator: " ").map(String.init)
            let host = "\(scenario.client.host):\(scenario.client.port)"
            try #require(words.count == 7)
            #expect(words[...3] == ["docker", "login", "-u", "region-1@\(shown[0])"] && words[6] == host)
            let credentials = TestClient.basic(words[3], words[5])
            #expect(try await scenario.client.send("GET", "/token", headers: [credentials]).status == 200)

            let again = try await visitor.post(Self.reader, form).requiring(303)
            let place = try again.requiredHeader("Location")
            for path in [place, Self.reader] {
                let page = try await visitor.get(path).requiring(200).text
                #expect(page.contains(shown[0]) && !page.contains(shown[1]) && !page.contains(words[5]))
            }
            let notice = try await visitor.get(place).text
            #expect(
                notice.contains("The access key \(shown[0]) was added a moment ago. If you did not save its secret"))
            #expect(!answer.text.contains("/console/language"), "choosing a language would lose the secret")
            #expect(notice.contains("/console/language"))
            let fewer = try await visitor.post(Self.reader, ["do": "add-key", "keys": "2"]).requiring(303)
            let page = try await visitor.get(try fewer.requiredHeader("Location")).text
            #expect(page.contains("No access key was added"))
            #expect(try await Self.keys(scenario).count == 1)
            #expect(try await visitor.post(Self.reader, ["do": "add-key", "keys": "1"]).status == 200)
            #expect(try await Self.keys(scenario).count == 2)
        }
    }

    @Test("a key that is disabled or deleted after a page that asks signs in no more")
    func ending() async throws {
        try await withScenario { scenario in
            let visitor = try await ConsoleVisitor.signedIn(.owner, in: scenario)
            let name = try Scenario.Persona.reader.qualifiedName()
            let key = try await scenario.registry.addAccessKey(to: name, by: .dataOperator)
            let credentials = TestClient.basic(key.loginName, key.loginPassword)
            let page = try await visitor.get(Self.reader + "?do=disable-key&key=\(key.accessKey)").requiring(200).text
            #expect(page.contains("Disable the access key \(key.accessKey)?") && !page.contains("your own"))
            #expect(try await scenario.client.send("GET", "/token", headers: [credentials]).status == 200)
            func post(_ action: String) async throws -> String {
                let answer = try await visitor.post(Self.reader, ["do": action, "key": key.accessKey]).requiring(303)
                return try await visitor.get(try answer.requiredHeader("Location")).requiring(200).text
            }
            let disabled = try await post("disable-key")
            #expect(disabled.contains("The access key \(key.accessKey) is disabled."))
            #expect(!disabled.contains("do=disable-key"), "it cannot be disabled twice")
            #expect(try await scenario.client.send("GET", "/token", headers: [credentials]).status == 401)
            let deleted = try await post("delete-key")
            #expect(deleted.contains("The access key was deleted.") && !deleted.contains(">\(key.accessKey)<"))
            #expect(try await Self.keys(scenario).isEmpty)
        }
    }

    @Test(
        "who ends a key of its own is warned, and told why it has to sign in again", arguments: ["disable", "delete"])
    func endingOwn(word: String) async throws {
        try await withScenario { scenario in
            let visitor = try await ConsoleVisitor.signedIn(.reader, in: scenario)
            let key = try await scenario.registry.addAccessKey(
                to: Scenario.Persona.reader.qualifiedName(), by: .dataOperator)
            let page = try await visitor.get(Self.reader + "?do=\(word)-key&key=\(key.accessKey)").requiring(200).text
            #expect(page.contains("This key is your own: you are signed out at once"))
            let answer = try await visitor.post(Self.reader, ["do": "\(word)-key", "key": key.accessKey]).requiring(303)
            let place = try answer.requiredHeader("Location")
            #expect(place == "/console/sign-in?ended=key&next=%2Fconsole%2Fusers%2Freader")
            #expect(try await visitor.get(place).requiring(200).text.contains("Your access key was changed"))
        }
    }

    @Test("the list of users counts the keys of each")
    func counts() async throws {
        try await withScenario { scenario in
            let name = try Scenario.Persona.reader.qualifiedName()
            for _ in 0..<2 { _ = try await scenario.registry.addAccessKey(to: name, by: .dataOperator) }
            let visitor = try await ConsoleVisitor.signedIn(.owner, in: scenario)
            let page = try await visitor.get("/console/users").requiring(200).text
            let rows = page.split(separator: "<tr>").filter { $0.contains("data-label=\"Access keys\"") }
            #expect(rows.count == 5)
            for row in rows {
                let count = row.contains("/console/users/reader\"") ? "2" : "0"
                #expect(row.contains("data-label=\"Access keys\">\(count)</td>"))
            }
        }
    }
}
