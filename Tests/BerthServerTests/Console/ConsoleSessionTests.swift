import BerthAccess
import BerthRegistry
import BerthServer
import BerthTestSupport
import Testing

@Suite("Being signed in to the console")
struct ConsoleSessionTests {
    @Test("without a session every page leads to signing in, and from there to what was asked for")
    func redirected() async throws {
        try await withScenario { scenario in
            let visitor = ConsoleVisitor(scenario: scenario)
            for path in ["/console/images", "/console/shared", "/console/images/acme/app?tab=sharing"] {
                let answer = try await visitor.get(path).requiring(303)
                let target = try answer.requiredHeader("Location")
                #expect(target.hasPrefix("/console/sign-in?next=%2Fconsole%2F"))
            }
            let answer = try await visitor.signIn("acme", Scenario.Persona.owner.password, next: "/console/shared")
            #expect(answer.status == 303)
            #expect(try answer.requiredHeader("Location") == "/console/shared")
        }
    }

    @Test("the cookie is for no script and no other site")
    func cookie() async throws {
        try await withScenario { scenario in
            let answer = try await ConsoleVisitor(scenario: scenario).signIn("acme", Scenario.Persona.owner.password)
            let cookie = try answer.requiredHeader("Set-Cookie")
            #expect(cookie.contains("; HttpOnly") && cookie.contains("; SameSite=Strict"))
            #expect(cookie.contains("; Path=/console") && !cookie.contains("Secure"))
        }
    }

    @Test("over TLS the cookie is for nothing else, and forms may come from the public address")
    func secureCookie() async throws {
        var configuration = Server.Configuration()
        configuration.publicURL = "https://registry.example.com"
        try await withServer(configuration: configuration) { server in
            let scenario = try await Scenario(on: server)
            var visitor = ConsoleVisitor(scenario: scenario)
            let fields = ["user": "acme", "password": Scenario.Persona.owner.password]
            let origin = "https://registry.example.com"
            let answer = try await visitor.post("/console/sign-in", fields, token: "", origin: origin).requiring(303)
            let cookie = try answer.requiredHeader("Set-Cookie")
            #expect(cookie.hasSuffix("; Secure") && cookie.contains("; HttpOnly; SameSite=Strict"))
            visitor.cookie = String(cookie.prefix { $0 != ";" })
            let ended = try await visitor.post("/console/sign-out", [:], origin: origin).requiring(303)
            #expect(try ended.requiredHeader("Set-Cookie").hasSuffix("; Max-Age=0; Secure"))
            let foreign = "https://registry.example.com.evil.example"
            #expect(try await visitor.post("/console/sign-in", fields, token: "", origin: foreign).status == 403)
            let secure = visitor.origin.replacing("http:", with: "https:")
            for (origin, status) in [
                (visitor.origin, 403), (secure, 303), ("http://registry.example.com", 403), ("https://", 403),
            ] {
                let answer = try await visitor.post("/console/sign-in", fields, token: "", origin: origin)
                #expect(answer.status == status, "\(origin)")
            }
            let language = try await visitor.post("/console/language", ["language": "zh"], token: "", origin: secure)
            #expect(try language.requiring(303).requiredHeader("Set-Cookie").hasSuffix("; Secure"))
        }
    }

    @Test(
        "nothing but a user's password signs in",
        arguments: [
            ("acme", "wrong"), ("acme/acme", ""), ("nobody", "x"), ("", ""), ("region-1@AK", "x"), ("a/b/c", "x"),
        ])
    func wrong(user: String, password: String) async throws {
        try await withScenario { scenario in
            let answer = try await ConsoleVisitor(scenario: scenario).signIn(user, password)
            #expect(answer.status == 401 && answer.header("Set-Cookie") == nil)
            #expect(answer.text.contains("The user name or the password is wrong"))
        }
    }

    @Test("too many wrong passwords are 429, with a sentence")
    func throttled() async throws {
        try await withScenario { scenario in
            let visitor = ConsoleVisitor(scenario: scenario)
            for _ in 0..<10 { _ = try await visitor.signIn("acme", "wrong") }
            let answer = try await visitor.signIn("acme", "wrong")
            #expect(answer.status == 429 && answer.text.contains("too many wrong attempts"))
            #expect(try Int(answer.requiredHeader("Retry-After")) ?? 0 > 0)
        }
    }

    @Test("a session ends when it is left alone for too long, and lives on while it is used")
    func idle() async throws {
        try await withScenario { scenario in
            let visitor = try await ConsoleVisitor.signedIn(.owner, in: scenario)
            for _ in 0..<3 {
                scenario.server.clock.advance(by: 29 * 60)
                #expect(try await visitor.get("/console/images").status == 200)
            }
            scenario.server.clock.advance(by: 30 * 60)
            #expect(try await visitor.get("/console/images").status == 303)
        }
    }

    @Test("a session ends at its age, however much it is used")
    func lifetime() async throws {
        try await withScenario { scenario in
            let visitor = try await ConsoleVisitor.signedIn(.owner, in: scenario)
            for _ in 0..<25 {
                scenario.server.clock.advance(by: 28 * 60)
                #expect(try await visitor.get("/console/images").status == 200)
            }
            scenario.server.clock.advance(by: 20 * 60)
            #expect(try await visitor.get("/console/images").status == 303)
        }
    }

    @Test(
        "a session ends at once when its user is disabled, gets another password or is removed",
        arguments: ["disabled", "password", "removed"])
    func changed(change: String) async throws {
        try await withScenario { scenario in
            let visitor = try await ConsoleVisitor.signedIn(.reader, in: scenario)
            #expect(try await visitor.get("/console/images").status == 200)
            let user = try Scenario.Persona.reader.qualifiedName()
            switch change {
            case "disabled": try await scenario.registry.setDisabled(true, user: user, by: .dataOperator)
            case "password":
                try await scenario.registry.setPassword(
                    Password(parsing: "another password"), of: user, by: .dataOperator)
            default: try await scenario.registry.removeUser(user, by: .dataOperator)
            }
            #expect(try await visitor.get("/console/images").status == 303)
        }
    }

    @Test("signing out ends the session, not only the cookie")
    func signOut() async throws {
        try await withScenario { scenario in
            let visitor = try await ConsoleVisitor.signedIn(.owner, in: scenario)
            let answer = try await visitor.post("/console/sign-out", [:]).requiring(303)
            #expect(try answer.requiredHeader("Set-Cookie").contains("Max-Age=0"))
            #expect(try await visitor.get("/console/images").status == 303)
        }
    }

    @Test("signing in again ends the session that the browser held")
    func signInAgain() async throws {
        try await withScenario { scenario in
            let visitor = try await ConsoleVisitor.signedIn(.owner, in: scenario)
            let other = try await ConsoleVisitor.signedIn(.owner, in: scenario)
            #expect(try await visitor.signIn("acme", "wrong").status == 401)
            #expect(try await visitor.get("/console/images").status == 200)
            #expect(try await visitor.signIn("acme", Scenario.Persona.owner.password).status == 303)
            #expect(try await visitor.get("/console/images").status == 303)
            #expect(try await other.get("/console/images").status == 200)
        }
    }

    @Test("of several cookies the one of a session counts")
    func severalCookies() async throws {
        try await withScenario { scenario in
            var visitor = try await ConsoleVisitor.signedIn(.owner, in: scenario)
            let good = visitor.cookie
            for bad in ["berth_session=", "berth_session=x", "berth_session=" + String(repeating: "A", count: 43)] {
                for cookie in ["\(bad); \(good)", "\(good); \(bad)"] {
                    visitor.cookie = cookie
                    #expect(try await visitor.get("/console/images").status == 200, "\(cookie)")
                }
            }
        }
    }

    @Test("a form that is sent after the session has ended leads back to its page, and says that it was not sent")
    func formAfterTheEnd() async throws {
        try await withScenario { scenario in
            let visitor = try await ConsoleVisitor.signedIn(.owner, in: scenario)
            let token = try await visitor.formToken()
            scenario.server.clock.advance(by: 31 * 60)
            let page = "/console/images/acme/app?tab=sharing&do=share"
            for (referrer, next) in [
                (visitor.origin + page, page), ("http://evil.example" + page, "/console/images/acme/app"),
                (visitor.origin + "/console/../v2/", "/console/images/acme/app"), ("", "/console/images/acme/app"),
            ] {
                let answer = try await visitor.post(
                    "/console/images/acme/app", ["do": "share"], token: token, headers: [("Referer", referrer)])
                let place = try answer.requiring(303).requiredHeader("Location")
                let text = try await visitor.get(place).requiring(200).text
                #expect(text.contains("the form was not sent"))
                let field = "name=\"next\" value=\"\(next.replacing("&", with: "&amp;"))\""
                #expect(text.contains(field), "\(referrer)")
                #expect(try await !ConsoleVisitor(scenario: scenario).get(place).text.contains("the form was not sent"))
            }
            let ended = try await visitor.post("/console/sign-out", [:], token: token).requiring(303)
            #expect(try ended.requiredHeader("Location") == "/console/sign-in")
        }
    }

    @Test("a form of another session is answered with a way back to its page")
    func formOfAnotherSession() async throws {
        try await withScenario { scenario in
            let visitor = try await ConsoleVisitor.signedIn(.owner, in: scenario)
            let page = "/console/users?do=add-user"
            let answer = try await visitor.post(
                "/console/users", ["do": "add-user"], token: "x", headers: [("Referer", visitor.origin + page)])
            #expect(try answer.requiring(403).text.contains("href=\"\(page)\">Open the page again</a>"))
        }
    }

    @Test("a name that is much too long is not sent back whole")
    func longName() async throws {
        try await withScenario { scenario in
            let name = String(repeating: "é", count: 10_000)
            let answer = try await ConsoleVisitor(scenario: scenario).signIn(name, "x").requiring(401)
            #expect(answer.text.contains("value=\"\(name.prefix(255))\""))
        }
    }

    @Test(
        "where to go on is a page of the console, whatever the address says",
        arguments: [
            "//evil.example", "/\\evil.example", "https:evil.example", "https://evil.example/", "/%09/evil.example",
            "/console//evil.example", "/console/\\evil.example", "/v2/", "/console/../v2/", "/console/%2e%2E/v2/",
            "/console/images/.%2e/x", "javascript:alert(1)",
        ])
    func openRedirect(next: String) async throws {
        try await withScenario { scenario in
            let answer = try await ConsoleVisitor(scenario: scenario)
                .signIn("acme", Scenario.Persona.owner.password, next: next).requiring(303)
            #expect(try answer.requiredHeader("Location") == "/console/images")
        }
    }
}
