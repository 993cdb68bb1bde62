import BerthAccess
import BerthOCI
import BerthRegistry
import BerthTestSupport
import Testing

@Suite("Organizations in the console", .serialized)
struct ConsoleOrganizationTests {
    private static let list = "/console/organizations"
    private static let acme = "/console/organizations/acme"

    @Test("everybody sees the organizations that it has a permission on, and nobody another account's")
    func visible() async throws {
        try await withScenario { scenario in
            try await scenario.push(try SampleManifest.image(), to: "acme/app", tag: "v1").requiring(201)
            for persona in Scenario.Persona.allCases {
                let visitor = try await ConsoleVisitor.signedIn(persona, in: scenario)
                let page = try await visitor.get(Self.list).requiring(200).text
                let sees = [.owner, .manager, .writer, .reader].contains(persona)
                #expect(page.contains(#"href="/console/organizations/acme""#) == sees, "\(persona)")
                #expect(page.contains(#"href="/console/organizations/bravo""#) == (persona == .receiver), "\(persona)")
                let isAdmin = [.owner, .receiver, .stranger].contains(persona)
                #expect(page.contains(#"value="create-organization""#) == isAdmin, "\(persona)")
                let administrator = persona == .receiverUser ? "bravo/bravo" : "acme/acme"
                #expect(page.contains("ask \(administrator).") == !isAdmin, "\(persona)")
                #expect(page.contains("No organizations yet") == [.colleague, .receiverUser].contains(persona))
            }
            try await scenario.give(.read, on: .image, to: .colleague)
            let visitor = try await ConsoleVisitor.signedIn(.colleague, in: scenario)
            #expect(try await visitor.get(Self.list).text.contains(#"href="/console/organizations/acme""#))
            let page = try await visitor.get(Self.acme).requiring(200).text
            #expect(page.contains("Ask acme/acme.") && page.contains("1 image") && !page.contains("<select"))
        }
    }

    @Test("an organization of another account and one that is not there are one answer")
    func guessing() async throws {
        try await withScenario { scenario in
            for persona in [Scenario.Persona.owner, .reader, .colleague] {
                let visitor = try await ConsoleVisitor.signedIn(persona, in: scenario)
                func answer(_ name: String, _ query: String) async throws -> (Int, String) {
                    let answer = try await visitor.get("\(Self.list)/\(name)\(query)")
                    let id = try answer.requiredHeader("X-Request-Id")
                    return (answer.status, answer.text.replacing(id, with: "ID").replacing(name, with: "NAME"))
                }
                for query in ["", "?do=revoke&user=acme/reader", "?do=grant&user=acme/reader", "?done=created"] {
                    let (there, none) = (try await answer("bravo", query), try await answer("tango", query))
                    #expect(there.0 == 404 && there == none, "\(persona) \(query)")
                }
                for fields in [
                    ["do": "grant", "user": "bravo/user", "permission": "read"], ["do": "grant", "user": "<>"],
                    ["do": "revoke", "user": "bravo/user"], ["do": "delete-organization"], ["do": "share"], [:],
                ] {
                    let there = try await visitor.post("\(Self.list)/bravo", fields)
                    let none = try await visitor.post("\(Self.list)/tango", fields)
                    #expect(there.status == 404 && none.status == 404, "\(persona) \(fields)")
                }
            }
            for name in ["", "A", "a/b", "%00", "..", "%3Cscript%3E", String(repeating: "a", count: 65), "library"] {
                let visitor = try await ConsoleVisitor.signedIn(.owner, in: scenario)
                let answer = try await visitor.get("\(Self.list)/\(name)")
                #expect([400, 404].contains(answer.status) && !answer.text.contains("<script>"), "\(name)")
            }
        }
    }

    @Test("only administrators create an organization, and only for their own account")
    func creating() async throws {
        try await withScenario { scenario in
            let fields = ["do": "create-organization", "name": "acme-team"]
            for persona in [Scenario.Persona.manager, .writer, .reader, .colleague, .receiverUser] {
                let visitor = try await ConsoleVisitor.signedIn(persona, in: scenario)
                for name in ["acme-team", "acme", "No Name"] {
                    let answer = try await visitor.post(Self.list, ["do": "create-organization", "name": name])
                    #expect(answer.status == (name == "No Name" ? 400 : 403), "\(persona) \(name)")
                }
            }
            #expect(try await ConsoleVisitor(scenario: scenario).post(Self.list, fields, token: "x").status == 303)
            #expect(try await scenario.organizations() == ["acme", "bravo", "cargo"])

            let visitor = try await ConsoleVisitor.signedIn(.owner, in: scenario)
            let place = try await visitor.post(Self.list, fields).requiring(303).requiredHeader("Location")
            let page = try await visitor.get(place).requiring(200).text
            #expect(
                page.contains("The organization acme-team was created.") && page.contains("/acme-team/my-image:1.0"))
            let organization = try await scenario.registry.listOrganizations(by: .dataOperator)
                .first { $0.organization.name.description == "acme-team" }
            #expect(organization?.organization.account.description == "acme")
        }
    }

    @Test("what is wrong with a name is told at its field")
    func names() async throws {
        var settings = RegistrySettings()
        settings.quotas = Quotas(organizations: 1)
        try await withScenario(settings: settings) { scenario in
            let visitor = try await ConsoleVisitor.signedIn(.owner, in: scenario)
            let form = "This is no name for an organization."
            for (name, words) in [
                ("", "Enter a name"), ("Acme Team", "such as acme-team."), ("My_Team!", "such as my-team."),
                ("1st", "such as acme-team."), ("library", "The name library is reserved."),
                ("acme", "There is an organization acme already"), ("bravo", "There is an organization bravo already"),
                ("acme-more", "as many organizations as it may"), ("a/b", form), ("a..b", form),
                ("<script>alert(1)</script>", form), (String(repeating: "a", count: 100_000), form), ("组织", form),
            ] {
                let page = try await visitor.post(Self.list, ["do": "create-organization", "name": name])
                #expect(page.status == 422, "\(name.prefix(30))")
                #expect(page.text.contains(words) && page.text.contains(#"id="name-error""#), "\(name.prefix(30))")
                #expect(page.text.contains(#"aria-invalid="true" aria-describedby="name-hint name-error""#))
                #expect(page.text.contains(#"role="alert""#) && !page.text.contains("<script>alert"))
                #expect(page.body.count < 100 * 1024)
            }
            for name in ["a\0", "\u{1}"] {
                let fields = ["do": "create-organization", "name": name]
                #expect(try await [400, 422].contains(visitor.post(Self.list, fields).status))
            }
            #expect(try await visitor.post(Self.list, ["do": "share", "name": "acme-more"]).status == 404)
            #expect(try await scenario.organizations() == ["acme", "bravo", "cargo"])
        }
    }

    @Test("only who manages an organization deletes it, and only without images")
    func deleting() async throws {
        try await withScenario { scenario in
            let fields = ["do": "delete-organization"]
            for (persona, status) in [
                (Scenario.Persona.writer, 403), (.reader, 403), (.colleague, 403), (.receiver, 404), (.stranger, 404),
            ] {
                let visitor = try await ConsoleVisitor.signedIn(persona, in: scenario)
                #expect(try await visitor.post(Self.acme, fields).status == status, "\(persona)")
            }
            #expect(try await ConsoleVisitor(scenario: scenario).post(Self.acme, fields, token: "x").status == 303)
            let manager = try await ConsoleVisitor.signedIn(.manager, in: scenario)
            #expect(try await manager.get(Self.acme).text.contains(#"value="delete-organization""#))
            try await scenario.push(try SampleManifest.image(), to: "acme/app", tag: "v1").requiring(201)
            let obstacle = "Only an empty organization can be deleted, and acme has images: 1."
            let page = try await manager.get(Self.acme).requiring(200).text
            #expect(page.contains(obstacle) && !page.contains(#"value="delete-organization""#))
            let refused = try await manager.post(Self.acme, fields).requiring(409).text
            #expect(refused.contains("The organization was not deleted.") && refused.contains(obstacle))
            #expect(try await scenario.organizations() == ["acme", "bravo", "cargo"])

            let image = try RepositoryName(parsing: "acme/app")
            try await scenario.registry.removeRepository(image, by: .dataOperator)
            let place = try await manager.post(Self.acme, fields).requiring(303).requiredHeader("Location")
            #expect(try await manager.get(place).requiring(200).text.contains("The organization acme was deleted"))
            #expect(try await scenario.organizations() == ["bravo", "cargo"])
            #expect(try await manager.get(Self.acme).status == 404)
        }
    }

    @Test("the notice of what was done tells only what is so")
    func notice() async throws {
        try await withScenario { scenario in
            let visitor = try await ConsoleVisitor.signedIn(.owner, in: scenario)
            for query in [
                "done=deleted&organization=acme", "done=deleted", "done=deleted&organization=%3Cb%3E", "done=x",
                "done=deleted&organization=globex",
            ] {
                let page = try await visitor.get("\(Self.list)?\(query)").requiring(200).text
                #expect(!page.contains("notice ok") && !page.contains("<b>"), "\(query)")
            }
        }
    }

    @Test("many organizations are shown in pages")
    func pages() async throws {
        try await withScenario { scenario in
            for number in 0..<29 {
                try await scenario.registry.addOrganization(
                    OrganizationName(parsing: "team-\(number)"), account: .name(AccountName(parsing: "acme")),
                    by: .dataOperator)
            }
            let visitor = try await ConsoleVisitor.signedIn(.owner, in: scenario)
            let first = try await visitor.get(Self.list).requiring(200).text
            #expect(first.contains("1–25 of 30") && first.contains(#"rel="next" href="/console/organizations?page=2""#))
            #expect(try await visitor.get(Self.list + "?page=2").requiring(200).text.contains("26–30 of 30"))
            for page in ["0", "-1", "x", "99999999999999999999"] {
                #expect(try await visitor.get(Self.list + "?page=" + page).status == 200, "\(page)")
            }
        }
    }
}

extension Scenario {
    /// The names of all organizations.
    fileprivate func organizations() async throws -> [String] {
        try await registry.listOrganizations(by: .dataOperator).map(\.organization.name.description)
    }
}
