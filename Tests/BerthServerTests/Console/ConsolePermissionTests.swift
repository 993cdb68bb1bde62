import BerthAccess
import BerthOCI
import BerthRegistry
import BerthTestSupport
import Testing

/// Where the console shows who holds what.
enum PermissionPlace: String, CaseIterable, Sendable {
    case organization = "acme"
    case image = "acme/app"

    var path: String { self == .image ? "/console/images/acme/app" : "/console/organizations/acme" }

    /// The page with the list and the form.
    var page: String { self == .image ? path + "?tab=permissions" : path }

    /// The page with more in its address.
    func page(_ query: String) -> String { page + (self == .image ? "&" : "?") + query }
}

extension Scenario {
    /// Who was given what on it, such as `acme/reader read`.
    func permissions(on place: PermissionPlace) async throws -> [String] {
        try await registry.listPermissions(on: PermissionTarget(parsing: place.rawValue), by: .dataOperator)
            .map { "\($0.user) \($0.permission)" }
    }

    func give(_ permission: Permission, on place: PermissionPlace, to persona: Persona) async throws {
        try await registry.setPermission(
            permission, on: PermissionTarget(parsing: place.rawValue), of: persona.qualifiedName(), by: .dataOperator)
    }
}

@Suite("Permissions in the console", .serialized)
struct ConsolePermissionTests {
    private static let given = ["acme/manager manage", "acme/reader read", "acme/writer write"]

    private static func onlyManagers(_ persona: Scenario.Persona, done: Int) -> Int {
        switch persona {
        case .owner, .manager: done
        case .writer, .reader, .colleague: 403
        case .receiver, .receiverUser, .stranger: 404
        }
    }

    @Test(
        "only who manages an organization or an image sees and changes who may do what",
        arguments: PermissionPlace.allCases)
    func authorization(place: PermissionPlace) async throws {
        try await withScenario { scenario in
            try await scenario.push(try SampleManifest.image(), to: "acme/app", tag: "v1").requiring(201)
            try await scenario.give(.read, on: .image, to: .writer)
            for persona in Scenario.Persona.allCases {
                let before = try await scenario.permissions(on: place)
                let visitor = try await ConsoleVisitor.signedIn(persona, in: scenario)
                let isManager = Self.onlyManagers(persona, done: 200) == 200
                let page = try await visitor.get(place.page)
                let isReader = persona == .writer || persona == .reader
                #expect(page.status == (isReader ? 200 : Self.onlyManagers(persona, done: 200)), "\(persona)")
                #expect(page.text.contains(#"value="grant""#) == isManager, "\(persona)")
                #expect(page.text.contains("acme/writer</th>") == isManager, "\(persona)")
                let asking = try await visitor.get(place.page("do=revoke&user=acme/writer"))
                #expect(asking.text.contains(#"value="revoke""#) == isManager, "\(persona)")

                let grant = ["do": "grant", "user": "colleague", "permission": "write"]
                let revoke = ["do": "revoke", "user": "acme/writer"]
                for fields in [grant, revoke] {
                    let answer = try await visitor.post(place.path, fields)
                    #expect(answer.status == Self.onlyManagers(persona, done: 303), "\(persona) \(fields)")
                }
                let after = try await scenario.permissions(on: place)
                guard isManager else {
                    #expect(after == before, "\(persona)")
                    continue
                }
                #expect(after.contains("acme/colleague write") && !after.contains { $0.hasPrefix("acme/writer") })
                try await scenario.registry.removePermission(
                    on: PermissionTarget(parsing: place.rawValue), of: Scenario.Persona.colleague.qualifiedName(),
                    by: .dataOperator)
                try await scenario.give(place == .image ? .read : .write, on: place, to: .writer)
            }
            let nobody = ConsoleVisitor(scenario: scenario)
            for answer in [
                try await nobody.get(place.page),
                try await nobody.post(place.path, ["do": "revoke", "user": "acme/writer"], token: "x"),
            ] {
                #expect(answer.status == 303)
                #expect(try answer.requiredHeader("Location").hasPrefix("/console/sign-in"))
            }
            #expect(try await scenario.permissions(on: .organization) == Self.given)
        }
    }

    @Test("what is wrong is told at its field, and nobody is given anything", arguments: PermissionPlace.allCases)
    func refused(place: PermissionPlace) async throws {
        try await withScenario { scenario in
            try await scenario.push(try SampleManifest.image(), to: "acme/app", tag: "v1").requiring(201)
            let visitor = try await ConsoleVisitor.signedIn(.manager, in: scenario)
            let before = try await scenario.permissions(on: place)
            let none = "This is no name of a user."
            let foreign = "share the image with that account"
            for (user, words) in [
                ("", "Choose the user"), ("nobody", "There is no user nobody."),
                ("acme/nobody", "There is no user acme/nobody"), ("bravo/user", foreign), ("bravo/nobody", foreign),
                ("-", none), ("a/b/c", none), ("<script>alert(1)</script>", none),
                (String(repeating: "x", count: 100_000), none),
            ] {
                let page = try await visitor.post(place.path, ["do": "grant", "user": user, "permission": "read"])
                #expect(page.status == 422, "\(user.prefix(30))")
                #expect(page.text.contains(words) && page.text.contains(#"id="user-error""#), "\(user.prefix(30))")
                #expect(page.text.contains(#"aria-invalid="true" aria-describedby="user-hint user-error""#))
                #expect(page.text.contains(#"role="alert""#) && !page.text.contains("<script>alert"))
                #expect(page.body.count < 100 * 1024)
            }
            for user in ["a\0b", "\u{1}"] {
                let fields = ["do": "grant", "user": user, "permission": "read"]
                #expect(try await [400, 422].contains(visitor.post(place.path, fields).status))
            }
            for permission in ["", "admin", "7", "Read", "<b>"] {
                let page = try await visitor.post(
                    place.path, ["do": "grant", "user": "acme/reader", "permission": permission])
                #expect(page.status == 422, "\(permission)")
                #expect(page.text.contains(#"id="permission-error""#) && !page.text.contains(#"id="user-error""#))
                #expect(page.text.contains(#"<option value="acme/reader" selected>"#), "what was chosen stays")
            }
            #expect(try await scenario.permissions(on: place) == before)
        }
    }

    @Test(
        "a permission is given, changed and taken, and the notice tells only what is so",
        arguments: PermissionPlace.allCases)
    func changes(place: PermissionPlace) async throws {
        try await withScenario { scenario in
            try await scenario.push(try SampleManifest.image(), to: "acme/app", tag: "v1").requiring(201)
            let visitor = try await ConsoleVisitor.signedIn(.owner, in: scenario)
            for permission in ["read", "manage"] {
                let fields = ["do": "grant", "user": "acme/colleague", "permission": permission]
                let answer = try await visitor.post(place.path, fields).requiring(303)
                let page = try await visitor.get(try answer.requiredHeader("Location")).requiring(200).text
                #expect(page.contains("acme/colleague now has a permission on \(place.rawValue)"))
                #expect(try await scenario.permissions(on: place).contains("acme/colleague \(permission)"))
            }
            let form = try await visitor.get(place.page("do=grant&user=acme/colleague")).requiring(200).text
            #expect(form.contains(#"<option value="acme/colleague" selected>"#))
            #expect(form.contains(#"<option value="manage" selected>"#), "changing begins with what is held")

            let question = try await visitor.get(place.page("do=revoke&user=acme/colleague")).requiring(200).text
            #expect(question.contains("Remove the permission of acme/colleague?"))
            #expect(
                try await scenario.permissions(on: place).contains("acme/colleague manage"), "asking changes nothing")
            let revoke = ["do": "revoke", "user": "acme/colleague"]
            let place303 = try await visitor.post(place.path, revoke).requiring(303).requiredHeader("Location")
            #expect(try await visitor.get(place303).text.contains("acme/colleague has no permission of its own"))
            #expect(try await !scenario.permissions(on: place).contains { $0.hasPrefix("acme/colleague") })
            #expect(try await visitor.post(place.path, revoke).status == 409, "there is nothing to take any more")

            try await scenario.give(.read, on: place, to: .reader)
            for query in [
                "done=granted&user=acme/colleague", "done=revoked&user=acme/reader", "done=granted&user=<b>",
                "done=x&user=acme/reader", "done=granted",
            ] {
                let encoded = query.replacing("<", with: "%3C").replacing(">", with: "%3E")
                #expect(
                    try await !visitor.get(place.page(encoded)).requiring(200).text.contains("notice ok"), "\(query)")
            }
            for query in ["do=revoke&user=acme/colleague", "do=revoke&user=nobody", "do=revoke"] {
                #expect(try await visitor.get(place.page(query)).status == 404, "\(query)")
            }
        }
    }

    @Test("who takes its own permission is asked so, and goes on where it may", arguments: PermissionPlace.allCases)
    func ownPermission(place: PermissionPlace) async throws {
        try await withScenario { scenario in
            try await scenario.push(try SampleManifest.image(), to: "acme/app", tag: "v1").requiring(201)
            try await scenario.give(.manage, on: place, to: .colleague)
            let visitor = try await ConsoleVisitor.signedIn(.colleague, in: scenario)
            let page = try await visitor.get(place.page("do=revoke&user=acme/colleague")).requiring(200).text
            #expect(page.contains("This is your own permission"))
            let answer = try await visitor.post(place.path, ["do": "revoke", "user": "acme/colleague"]).requiring(303)
            #expect(try await visitor.get(try answer.requiredHeader("Location")).status == 200)
            #expect(try await visitor.get(place.path).status == 403)
        }
    }

    @Test("an image's list has what its organization gives, for who may see that")
    func organizationsRows() async throws {
        try await withScenario { scenario in
            try await scenario.push(try SampleManifest.image(), to: "acme/app", tag: "v1").requiring(201)
            try await scenario.give(.manage, on: .image, to: .colleague)
            let place = PermissionPlace.image
            let all = try await ConsoleVisitor.signedIn(.owner, in: scenario).get(place.page).requiring(200).text
            #expect(all.contains("acme/reader</th>") && all.contains("Organization acme</td>"))
            #expect(all.contains(#"href="/console/organizations/acme">Edit in acme"#))
            let own = try await ConsoleVisitor.signedIn(.colleague, in: scenario).get(place.page).requiring(200).text
            #expect(own.contains("acme/colleague</th>"))
            #expect(!own.contains("acme/reader</th>") && !own.contains("Organization acme"))
        }
    }

    @Test("administrators and disabled users are marked, and who is choosable is of the account alone")
    func users() async throws {
        try await withScenario { scenario in
            try await scenario.registry.setDisabled(
                true, user: Scenario.Persona.reader.qualifiedName(), by: .dataOperator)
            try await scenario.give(.read, on: .organization, to: .owner)
            let visitor = try await ConsoleVisitor.signedIn(.owner, in: scenario)
            let page = try await visitor.get(PermissionPlace.organization.page).requiring(200).text
            #expect(page.contains("Administrators of acme hold manage on everything, listed here or not."))
            #expect(page.contains("acme/acme<span class=\"muted small\">Administrator"))
            #expect(
                page.contains("acme/acme (administrator)</option>") && page.contains("acme/reader (disabled)</option>"))
            #expect(!page.contains("bravo"))
            let question = PermissionPlace.organization.page("do=revoke&user=acme/acme")
            #expect(
                try await visitor.get(question).requiring(200).text.contains("nothing changes as long as this is so"))
        }
    }

    @Test("in an account of very many users a name is typed, and lists have pages")
    func manyUsers() async throws {
        try await withScenario { scenario in
            let name = String(repeating: "u", count: 60)
            let organization = PermissionTarget.organization(try OrganizationName(parsing: "acme"))
            for number in 0..<200 {
                let user = try QualifiedUserName(parsing: "acme/\(name)\(number)")
                try await scenario.registry.addUser(user, by: .dataOperator)
                try await scenario.registry.setPermission(.read, on: organization, of: user, by: .dataOperator)
            }
            let visitor = try await ConsoleVisitor.signedIn(.owner, in: scenario)
            let path = PermissionPlace.organization.path
            let page = try await visitor.get(path).requiring(200)
            #expect(page.text.contains(#"<input id="user""#) && page.text.contains("1–25 of 203"))
            #expect(page.body.count < 100 * 1024)
            #expect(try await visitor.get(path + "?page=9").requiring(200).text.contains("201–203 of 203"))
            #expect(try await visitor.get(path + "?page=999999").status == 200)
            let fields = ["do": "grant", "user": " reader ", "permission": "write"]
            #expect(try await visitor.post(path, fields).status == 303, "the name within the account is enough")
            #expect(try await scenario.permissions(on: .organization).contains("acme/reader write"))
        }
    }

    @Test("who is refused is on record for the owner", arguments: PermissionPlace.allCases)
    func refusalsAreNoted(place: PermissionPlace) async throws {
        try await withScenario { scenario in
            try await scenario.push(try SampleManifest.image(), to: "acme/app", tag: "v1").requiring(201)
            let visitor = try await ConsoleVisitor.signedIn(.reader, in: scenario)
            let fields = ["do": "grant", "user": "acme/reader", "permission": "manage"]
            _ = try await visitor.post(place.path, fields).requiring(403)
            let entries = try await scenario.auditEntries()
            let refused = entries.filter { $0.action == .permissionSet && $0.result == .refused }
            #expect(refused.map(\.actor.description) == ["acme/reader"])
        }
    }

    @Test("whether another account has a user is not to be learned by taking a permission from it")
    func foreignUsers() async throws {
        try await withScenario { scenario in
            try await scenario.push(try SampleManifest.image(), to: "acme/app", tag: "v1").requiring(201)
            let visitor = try await ConsoleVisitor.signedIn(.manager, in: scenario)
            for path in ["/console/images/acme/app", "/console/organizations/acme"] {
                var answers: Set<String> = []
                for user in ["bravo/user", "bravo/none", "cargo/cargo", "nobody/none"] {
                    let answer = try await visitor.post(path, ["do": "revoke", "user": user])
                    answers.insert("\(answer.status)")
                }
                #expect(answers == ["409"], "\(path)")
            }
        }
    }
}
