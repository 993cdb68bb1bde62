import BerthAccess
import BerthOCI
import BerthRegistry
import BerthTestSupport
import Foundation
import Testing

@Suite("Lists in the console")
struct ConsoleListTests {
    /// The names in the first column of *My images*.
    private static func names(_ page: String) -> [String] {
        page.matches(of: #/<th scope="row"><a href="\/console\/images\/([^"]+)"/#).map { String($0.1) }
    }

    @Test("an image is found by what the list shows of it, with and without those that are not shared")
    func search() async throws {
        try await withScenario { scenario in
            for name in ["acme/web/frontend", "acme/api"] {
                try await scenario.push(try SampleManifest.image(), to: name, tag: "v1").requiring(201)
                try await scenario.share(name)
            }
            let visitor = try await ConsoleVisitor.signedIn(.owner, in: scenario)
            for mode in ["", "&shared=1"] {
                for text in ["web/frontend", "web/front", "WEB", "acme/web", "acme/web/frontend", "me%2Fweb"] {
                    let page = try await visitor.get("/console/images?q=\(text)\(mode)").requiring(200).text
                    #expect(Self.names(page) == ["acme/web/frontend"], "\(text)\(mode)")
                }
                for text in ["acme", "acme/", "Acme%2F"] {
                    let page = try await visitor.get("/console/images?q=\(text)\(mode)").requiring(200).text
                    #expect(Self.names(page).count == 2, "\(text)\(mode)")
                }
                for text in ["bravo/", "acme/front", "%25", "web_"] {
                    let page = try await visitor.get("/console/images?q=\(text)\(mode)").requiring(200).text
                    #expect(Self.names(page).isEmpty, "\(text)\(mode)")
                    #expect(page.contains("No image matches") && !page.contains("class=\"paging\""))
                }
            }
        }
    }

    @Test("a page past the end is the last page, and nothing has no pages")
    func pastTheEnd() async throws {
        try await withScenario { scenario in
            for number in 10..<37 {
                try await scenario.push(try SampleManifest.image(), to: "acme/app-\(number)", tag: "v1").requiring(201)
                try await scenario.push(try SampleManifest.image(), to: "acme/app-10", tag: "t\(number)").requiring(201)
                try await scenario.share("acme/app-\(number)")
                let user = try QualifiedUserName(parsing: "acme/crowd-\(number)")
                try await scenario.registry.addUser(user, by: .dataOperator)
                try await scenario.registry.setPermission(
                    .read, on: .organization(OrganizationName(parsing: "acme")), of: user, by: .dataOperator)
                try await scenario.registry.addOrganization(
                    OrganizationName(parsing: "org-\(number)"), account: .name(AccountName(parsing: "acme")),
                    by: .dataOperator)
            }
            let owner = try await ConsoleVisitor.signedIn(.owner, in: scenario)
            let receiver = try await ConsoleVisitor.signedIn(.receiver, in: scenario)
            for (visitor, path) in [
                (owner, "/console/images?"), (owner, "/console/images?shared=1&"), (receiver, "/console/shared?"),
                (owner, "/console/images/acme/app-10?tab=tags&"), (owner, "/console/users?"),
                (owner, "/console/organizations?"), (owner, "/console/organizations/acme?"),
                (owner, "/console/images/acme/app-10?tab=permissions&"),
            ] {
                let last = try await visitor.get(path + "page=2").requiring(200).text
                for number in ["3", "9", "1000000", "99999999999"] {
                    let page = try await visitor.get(path + "page=\(number)").requiring(200).text
                    let rows = page.matches(of: #/<th scope="row"/#).count
                    #expect(rows > 0 && rows == last.matches(of: #/<th scope="row"/#).count, "\(path)\(number)")
                    #expect(page.contains(">26–") && !page.contains("rel=\"next\""), "\(path)\(number)")
                    let previous = try #require(try #/rel="prev" href="[^"]*page=(\d+)/#.firstMatch(in: page))
                    #expect(previous.1 == "1", "\(path)\(number)")
                }
            }
            for path in ["/console/images?q=none&", "/console/shared?q=none&", "/console/images/acme/app-10?q=none&"] {
                for number in ["1", "9"] {
                    let visitor = path.contains("/shared") ? receiver : owner
                    let page = try await visitor.get(path + "page=\(number)").requiring(200).text
                    #expect(!page.contains("class=\"paging\""), "\(path)")
                }
            }
        }
    }

    @Test("the column that is marked is the one that the list is in the order of")
    func order() async throws {
        try await withScenario { scenario in
            try await scenario.push(try SampleManifest.image(), to: "acme/app", tag: "v1").requiring(201)
            let visitor = try await ConsoleVisitor.signedIn(.owner, in: scenario)
            for (query, column) in [
                ("sort=visibility", "Visibility"), ("sort=visibility&shared=1", "Updated"), ("sort=x", "Updated"),
                ("sort=size&shared=1", "Size"),
            ] {
                let page = try await visitor.get("/console/images?" + query).requiring(200).text
                let marked = page.matches(of: #/aria-sort="[a-z]+">(?:<a [^>]*>)?([A-Za-z]+)/#).map { String($0.1) }
                #expect(marked == [column], "\(query)")
            }
        }
    }

    @Test("who sees no images is shown what the user can do: push, create an organization, or ask")
    func firstUse() async throws {
        try await withScenario { scenario in
            let push = "docker push"
            for persona in [Scenario.Persona.owner, .manager, .writer] {
                let page = try await ConsoleVisitor.signedIn(persona, in: scenario).get("/console/images").text
                #expect(page.contains(push) && page.contains("/acme/my-image:1.0"), "\(persona)")
            }
            for persona in [Scenario.Persona.reader, .colleague] {
                let page = try await ConsoleVisitor.signedIn(persona, in: scenario).get("/console/images").text
                #expect(!page.contains(push) && page.contains("Ask acme/acme for the permission write"), "\(persona)")
            }
            try await scenario.registry.addOrganization(
                OrganizationName(parsing: "zoo"), account: .name(AccountName(parsing: "acme")), by: .dataOperator)
            try await scenario.registry.setPermission(
                .write, on: .organization(OrganizationName(parsing: "zoo")),
                of: QualifiedUserName(parsing: "acme/reader"),
                by: .dataOperator)
            let page = try await ConsoleVisitor.signedIn(.reader, in: scenario).get("/console/images").text
            #expect(page.contains("/zoo/my-image:1.0") && !page.contains("/acme/my-image:1.0"))
            try await scenario.registry.removeOrganization(OrganizationName(parsing: "cargo"), by: .dataOperator)
            let admin = try await ConsoleVisitor.signedIn(.stranger, in: scenario).get("/console/images").text
            #expect(!admin.contains(push) && admin.contains("href=\"/console/organizations\">Create an organization"))
        }
    }

    @Test("who shares nothing is not told to search for another name")
    func noneShared() async throws {
        try await withScenario { scenario in
            try await scenario.push(try SampleManifest.image(), to: "acme/app", tag: "v1").requiring(201)
            let visitor = try await ConsoleVisitor.signedIn(.owner, in: scenario)
            let page = try await visitor.get("/console/images?shared=1").requiring(200).text
            #expect(page.contains("No image is shared with another account.") && !page.contains("No image matches"))
        }
    }

    @Test("links lead to the page of an organization only for who has a permission there")
    func organizationLinks() async throws {
        try await withScenario { scenario in
            let name = try RepositoryName(parsing: "acme/app")
            try await scenario.push(try SampleManifest.image(), to: "acme/app", tag: "v1").requiring(201)
            try await scenario.registry.updateRepository(name, isPublic: true, by: .dataOperator)
            let link = "href=\"/console/organizations/acme\""
            for persona in [Scenario.Persona.owner, .reader, .colleague] {
                let visitor = try await ConsoleVisitor.signedIn(persona, in: scenario)
                let isLinked = try await visitor.get("/console/images/acme/app").requiring(200).text.contains(link)
                #expect(isLinked == (persona != .colleague), "\(persona)")
                let status = try await visitor.get("/console/organizations/acme").status
                #expect((status == 200) == isLinked, "\(persona)")
            }
            let colleague = try Scenario.Persona.colleague.qualifiedName()
            try await scenario.registry.setPermission(.read, on: .repository(name), of: colleague, by: .dataOperator)
            let visitor = try await ConsoleVisitor.signedIn(.colleague, in: scenario)
            for path in ["/console/images", "/console/images/acme/app"] {
                #expect(try await visitor.get(path).requiring(200).text.contains(link), "\(path)")
            }
            #expect(try await visitor.get("/console/organizations/acme").status == 200)
        }
    }
}
