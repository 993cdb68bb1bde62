import BerthAccess
import BerthOCI
import BerthRegistry
import BerthTestSupport
import Testing

@Suite("Users in the console")
struct ConsoleUserTests {
    private static let acme = "/console/users/acme"
    private static let reader = "/console/users/reader"

    /// The users of acme and their keys, as the registry has them.
    private static func state(_ scenario: Scenario) async throws -> [String] {
        let users = try await scenario.registry.listUsers(of: AccountReference(parsing: "acme"), by: .dataOperator)
        var lines: [String] = []
        for user in users {
            let keys = try await scenario.registry.listAccessKeys(of: user.name, by: .dataOperator)
            lines.append("\(user) \(keys)")
        }
        return lines
    }

    @Test(
        "administrators see the users of their account, everyone sees itself, and nobody sees those of others",
        arguments: [
            (.owner, [200, 200, 200, 200]), (.manager, [403, 403, 403, 403]), (.writer, [403, 403, 403, 403]),
            (.reader, [403, 403, 403, 200]), (.colleague, [403, 403, 403, 403]), (.receiver, [200, 200, 404, 404]),
            (.receiverUser, [403, 403, 404, 404]), (nil, [303, 303, 303, 303]),
        ] as [(Scenario.Persona?, [Int])])
    func seeing(persona: Scenario.Persona?, expected: [Int]) async throws {
        try await withScenario { scenario in
            let visitor = try await ConsoleVisitor.signedIn(as: persona, in: scenario)
            var statuses: [Int] = []
            for path in ["/console/users", "/console/users?do=add-user", Self.acme, Self.reader] {
                let answer = try await visitor.get(path)
                statuses.append(answer.status)
                if answer.status != 200 { #expect(!answer.text.contains("<table"), "\(path)") }
            }
            #expect(statuses == expected)
        }
    }

    @Test(
        "only administrators change users, and each user its own keys",
        arguments: [
            (.manager, 403), (.writer, 403), (.colleague, 403), (.receiver, 404), (.receiverUser, 404), (nil, 303),
        ] as [(Scenario.Persona?, Int)])
    func changing(persona: Scenario.Persona?, expected: Int) async throws {
        try await withScenario { scenario in
            let key = try await scenario.registry.addAccessKey(
                to: Scenario.Persona.reader.qualifiedName(), by: .dataOperator)
            let before = try await Self.state(scenario)
            let visitor = try await ConsoleVisitor.signedIn(as: persona, in: scenario)
            let token = persona == nil ? "" : try await visitor.formToken()
            for fields in [
                ["do": "add-key", "keys": "1"], ["do": "disable-key", "key": key.accessKey],
                ["do": "delete-key", "key": key.accessKey], ["do": "disable-user"], ["do": "enable-user"],
                ["do": "delete-user"],
                ["do": "set-password", "password": "a new password", "repeat": "a new password"],
            ] {
                let status = try await visitor.post(Self.reader, fields, token: token).status
                #expect(status == expected, "\(fields)")
            }
            for name in ["new", ""] {
                let adding = try await visitor.post("/console/users", ["do": "add-user", "name": name], token: token)
                let ofAdministrator = name.isEmpty ? 422 : 303
                #expect(adding.status == (persona == .receiver ? ofAdministrator : persona == nil ? 303 : 403))
            }
            #expect(try await Self.state(scenario) == before)
        }
    }

    @Test("a user without rights changes nothing but its own keys, and no key of another on its own page")
    func ownPage() async throws {
        try await withScenario { scenario in
            let foreign = try await scenario.registry.addAccessKey(
                to: Scenario.Persona.owner.qualifiedName(), by: .dataOperator)
            let before = try await Self.state(scenario)
            let visitor = try await ConsoleVisitor.signedIn(.reader, in: scenario)
            for fields in [
                ["do": "disable-key", "key": foreign.accessKey], ["do": "delete-key", "key": foreign.accessKey],
                ["do": "disable-user"], ["do": "delete-user"], ["do": "enable-user"],
                ["do": "set-password", "password": "a new password", "repeat": "a new password"],
                ["do": "set-password", "password": "x"],
            ] {
                let expected = fields["key"] == nil ? 403 : 404
                #expect(try await visitor.post(Self.reader, fields).status == expected, "\(fields)")
            }
            #expect(try await Self.state(scenario) == before)
            let page = try await visitor.get(Self.reader).text
            #expect(!page.contains("set-password") && !page.contains("disable-user") && !page.contains("delete-user"))
            #expect(try await visitor.get(Self.reader + "?do=delete-key&key=\(foreign.accessKey)").status == 404)
            #expect(try await visitor.post(Self.reader, ["do": "add-key", "keys": "0"]).status == 200)
        }
    }

    @Test("a user is added with a password, as administrator or not, and signs in with it")
    func adding() async throws {
        try await withScenario { scenario in
            let visitor = try await ConsoleVisitor.signedIn(.owner, in: scenario)
            for (name, admin) in [("new", "1"), ("plain", "")] {
                let fields = [
                    "do": "add-user", "name": name, "password": "the first one", "repeat": "the first one",
                    "admin": admin,
                ]
                let place = try await visitor.post("/console/users", fields).requiring(303).requiredHeader("Location")
                #expect(place.hasPrefix("/console/users/\(name)?done=added&proof="))
                #expect(try await visitor.get(place).text.contains("The user acme/\(name) was added."))
                let signedIn = try await ConsoleVisitor(scenario: scenario).signIn("acme/\(name)", "the first one")
                #expect(signedIn.status == 303)
            }
            let users = try await scenario.registry.listUsers(of: AccountReference(parsing: "acme"), by: .dataOperator)
            #expect(users.filter(\.isAdmin).map(\.name.description) == ["acme/acme", "acme/new"])
        }
    }

    @Test(
        "what is wrong with a new user is said at its field, and what was typed stays but for the password",
        arguments: [
            ("", "long enough", "long enough", ["name"]), ("re ader", "long enough", "long enough", ["name"]),
            ("<b>", "long enough", "long enough", ["name"]),
            (String(repeating: "a", count: 255), "long enough", "long enough", ["name"]),
            ("reader", "long enough", "long enough", ["name"]), ("new", "short", "short", ["password"]),
            ("new", "long enough", "long enouph", ["repeat"]), ("new", "", "long enough", ["password"]),
            ("new", "tab\tinside it", "tab\tinside it", ["password"]), ("", "short", "", ["name", "password"]),
        ])
    func addingRefused(name: String, password: String, again: String, fields: [String]) async throws {
        try await withScenario { scenario in
            let before = try await Self.state(scenario)
            let visitor = try await ConsoleVisitor.signedIn(.owner, in: scenario)
            let page = try await visitor.post(
                "/console/users",
                ["do": "add-user", "name": name, "password": password, "repeat": again, "admin": "1"]
            ).requiring(422).text
            let marked = ["name", "password", "repeat"].filter { page.contains("id=\"\($0)-error\"") }
            #expect(marked == fields)
            #expect(page.contains("role=\"alert\"") && page.contains("name=\"admin\" value=\"1\" checked"))
            #expect(page.contains("value=\"\(name.replacing("<", with: "&lt;").replacing(">", with: "&gt;"))\""))
            #expect(!page.contains("long enough") && !page.contains("<b>"))
            #expect(try await Self.state(scenario) == before)
        }
    }

    @Test("another password signs the user out and in with it alone")
    func settingPassword() async throws {
        try await withScenario { scenario in
            let visitor = try await ConsoleVisitor.signedIn(.owner, in: scenario)
            let reader = try await ConsoleVisitor.signedIn(.reader, in: scenario)
            for (password, again, field) in [("short", "short", "password"), ("long enough", "longenough", "repeat")] {
                let fields = ["do": "set-password", "password": password, "repeat": again]
                let page = try await visitor.post(Self.reader, fields).requiring(422).text
                #expect(page.contains("id=\"\(field)-error\"") && page.contains("role=\"alert\""))
                #expect(!page.contains("long enough"))
            }
            #expect(try await reader.get("/console/images").status == 200)
            let fields = ["do": "set-password", "password": "the next one", "repeat": "the next one"]
            let place = try await visitor.post(Self.reader, fields).requiring(303).requiredHeader("Location")
            #expect(try await visitor.get(place).text.contains("The password of acme/reader was set."))
            #expect(try await reader.get("/console/images").status == 303)
            #expect(try await reader.signIn("acme/reader", Scenario.Persona.reader.password).status == 401)
            #expect(try await reader.signIn("acme/reader", "the next one").status == 303)
        }
    }

    @Test("who sets its own password is told why it has to sign in again, and links of others tell nothing")
    func ownPassword() async throws {
        try await withScenario { scenario in
            let visitor = try await ConsoleVisitor.signedIn(.owner, in: scenario)
            let fields = ["do": "set-password", "password": "the next one", "repeat": "the next one"]
            let place = try await visitor.post(Self.acme, fields).requiring(303).requiredHeader("Location")
            #expect(place == "/console/sign-in?ended=password&next=%2Fconsole%2Fusers%2Facme")
            let page = try await visitor.get(place).requiring(200).text
            #expect(page.contains("Your password was changed, which signed you out."))
            let stranger = try await ConsoleVisitor(scenario: scenario).get(place).requiring(200).text
            #expect(!stranger.contains("signed you out"))
            let answer = try await visitor.signIn("acme", "the next one", next: Self.acme).requiring(303)
            #expect(try answer.requiredHeader("Location") == Self.acme)
        }
    }

    @Test("a user is disabled, enabled and deleted, each after a page that asks")
    func lifecycle() async throws {
        try await withScenario { scenario in
            let visitor = try await ConsoleVisitor.signedIn(.owner, in: scenario)
            let reader = ConsoleVisitor(scenario: scenario)
            let name = try Scenario.Persona.reader.qualifiedName()
            let before = try await Self.state(scenario)
            #expect(try await visitor.get(Self.reader + "?do=disable-user").text.contains("Disable acme/reader?"))
            #expect(try await visitor.get(Self.reader + "?do=delete-user").text.contains("Delete acme/reader?"))
            #expect(try await Self.state(scenario) == before, "asking changes nothing")
            func post(_ action: String) async throws -> String {
                let answer = try await visitor.post(Self.reader, ["do": action]).requiring(303)
                return try await visitor.get(try answer.requiredHeader("Location")).requiring(200).text
            }
            let disabled = try await post("disable-user")
            #expect(disabled.contains("acme/reader is disabled.") && disabled.contains("Enable user"))
            #expect(try await reader.signIn("acme/reader", Scenario.Persona.reader.password).status == 401)
            let enabled = try await post("enable-user")
            #expect(enabled.contains("acme/reader is enabled again.") && enabled.contains("Disable user"))
            #expect(try await reader.signIn("acme/reader", Scenario.Persona.reader.password).status == 303)
            let deleted = try await post("delete-user")
            #expect(deleted.contains("The user acme/reader was deleted.") && !deleted.contains("users/reader\""))
            await refusal(.userUnknown) { _ = try await scenario.registry.showUser(name, by: .dataOperator) }
            #expect(try await visitor.get(Self.reader).status == 404)
        }
    }

    @Test("who administers is offered neither to disable nor to delete itself, and is warned where it asks for it")
    func oneself() async throws {
        try await withScenario { scenario in
            let visitor = try await ConsoleVisitor.signedIn(.owner, in: scenario)
            let page = try await visitor.get(Self.acme).requiring(200).text
            #expect(page.contains("set-password") && !page.contains("disable-user") && !page.contains("delete-user"))
            for action in ["disable-user", "delete-user"] {
                #expect(try await visitor.get(Self.acme + "?do=" + action).text.contains("This is you."))
                #expect(try await !visitor.get(Self.reader + "?do=" + action).text.contains("This is you."))
            }
        }
    }

    @Test(
        "the last administrator can neither disable nor delete itself; another one is told why it is signed out",
        arguments: [("disable-user", "You disabled your own user"), ("delete-user", "You deleted your own user")])
    func endingOneself(action: String, words: String) async throws {
        try await withScenario { scenario in
            let visitor = try await ConsoleVisitor.signedIn(.owner, in: scenario)
            let before = try await Self.state(scenario)
            let page = try await visitor.post(Self.acme, ["do": action]).requiring(409).text
            #expect(page.contains("role=\"alert\"") && page.contains("acme/acme is the only administrator"))
            #expect(try await Self.state(scenario) == before)

            try await scenario.registry.addUser(
                QualifiedUserName(parsing: "acme/second"), isAdmin: true, by: .dataOperator)
            let place = try await visitor.post(Self.acme, ["do": action]).requiring(303).requiredHeader("Location")
            #expect(try await visitor.get(place).requiring(200).text.contains(words))
            #expect(try await !ConsoleVisitor(scenario: scenario).get(place).requiring(200).text.contains(words))
        }
    }

    @Test("a key is disabled and deleted at the page of its own user alone")
    func foreignKeys() async throws {
        try await withScenario { scenario in
            let key = try await scenario.registry.addAccessKey(
                to: Scenario.Persona.manager.qualifiedName(), by: .dataOperator)
            let before = try await Self.state(scenario)
            let visitor = try await ConsoleVisitor.signedIn(.owner, in: scenario)
            for action in ["disable-key", "delete-key"] {
                for page in [Self.reader, Self.acme] {
                    let answer = try await visitor.post(page, ["do": action, "key": key.accessKey])
                    #expect(answer.status == 404, "\(action) \(page)")
                }
            }
            #expect(try await Self.state(scenario) == before)
        }
    }

    @Test(
        "addresses and forms that ask for what is not there are answered so",
        arguments: [
            "/console/users/none", "/console/users/", "/console/users/a/b", "/console/users/%3Cb%3E",
            "/console/users/acme?do=share", "/console/users/acme?do=delete-key",
            "/console/users/acme?do=disable-key&key=%3Cscript%3E", "/console/users/acme/",
        ])
    func nothing(path: String) async throws {
        try await withScenario { scenario in
            let visitor = try await ConsoleVisitor.signedIn(.owner, in: scenario)
            let answer = try await visitor.get(path)
            #expect(answer.status == 404 && !answer.text.contains("<script>"))
            for (path, fields, status) in [
                (Self.acme, ["do": "share"], 404), (Self.acme, [:], 404), ("/console/users", ["do": "add-key"], 404),
                (Self.acme, ["do": "delete-key", "key": "<script>"], 404),
                ("/console/users", ["do": "add-user", "name": "a\u{0}b"], 400),
            ] {
                let answer = try await visitor.post(path, fields)
                #expect(answer.status == status && !answer.text.contains("<script>"), "\(fields)")
            }
        }
    }

    @Test("an address alone makes no page say that something was done")
    func notices() async throws {
        try await withScenario { scenario in
            let visitor = try await ConsoleVisitor.signedIn(.owner, in: scenario)
            for path in [
                "/console/users?done=deleted&user=reader", "/console/users?done=deleted&user=%3Cb%3E",
                Self.reader + "?done=disabled", Self.reader + "?done=key-disabled&key=X",
                Self.reader + "?done=keys-changed&keys=0", Self.reader + "?done=none",
                Self.reader + "?done=password", Self.reader + "?done=enabled", Self.reader + "?done=key-deleted&key=X",
                Self.reader + "?done=added", "/console/users?done=deleted&user=gone",
            ] {
                let page = try await visitor.get(path).requiring(200).text
                #expect(!page.contains("role=\"status\"") && !page.contains("<b>"), "\(path)")
            }
        }
    }

    @Test("many users are listed page by page, each once")
    func paging() async throws {
        try await withScenario { scenario in
            for number in 0..<30 {
                try await scenario.registry.addUser(
                    QualifiedUserName(parsing: "acme/crowd-\(number)"), by: .dataOperator)
            }
            let visitor = try await ConsoleVisitor.signedIn(.owner, in: scenario)
            let pages = [
                try await visitor.get("/console/users").text, try await visitor.get("/console/users?page=2").text,
            ]
            #expect(pages[0].contains("1–25 of 35") && pages[1].contains("26–35 of 35"))
            for number in 0..<30 {
                let link = "href=\"/console/users/crowd-\(number)\""
                #expect(pages.filter { $0.contains(link) }.count == 1)
            }
        }
    }
}
