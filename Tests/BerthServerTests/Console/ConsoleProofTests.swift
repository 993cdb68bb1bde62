import BerthAccess
import BerthIdentity
import BerthOCI
import BerthRegistry
import BerthTestSupport
import Foundation
import Testing

@Suite("What pages of the console say was done")
struct ConsoleProofTests {
    private static let image = "/console/images/acme/app"

    /// Each form that leads to a page which says what was done.
    private static let forms: [(page: String, fields: [String: String])] = [
        (image, ["do": "share", "with": " bra vo ", "forever": "1"]),
        (image, ["do": "edit", "with": "bravo", "forever": "1", "description": "x"]),
        (image, ["do": "cancel", "with": "bravo"]),
        (image, ["do": "describe", "description": "A text.", "category": "database"]),
        (image, ["do": "set-visibility", "visibility": "public"]),
        (image, ["do": "set-visibility", "visibility": "private"]),
        (image, ["do": "grant", "user": "colleague", "permission": "read"]),
        (image, ["do": "revoke", "user": "colleague"]),
        (image, ["do": "delete-tag", "tag": "v1"]),
        (image, ["do": "delete-image"]),
        ("/console/organizations", ["do": "create-organization", "name": "fresh"]),
        ("/console/organizations/fresh", ["do": "grant", "user": "reader", "permission": "read"]),
        ("/console/organizations/fresh", ["do": "revoke", "user": "reader"]),
        ("/console/organizations/fresh", ["do": "delete-organization"]),
        ("/console/users", ["do": "add-user", "name": "fresh"]),
        ("/console/users/fresh", ["do": "set-password", "password": "a long one", "repeat": "a long one"]),
        ("/console/users/fresh", ["do": "disable-user"]),
        ("/console/users/fresh", ["do": "enable-user"]),
        ("/console/users/fresh", ["do": "delete-user"]),
    ]

    @Test("what was done is said to the session that did it, and to no other address or session")
    func proofs() async throws {
        try await withScenario { scenario in
            try await scenario.push(try SampleManifest.image(), to: "acme/app", tag: "v1").requiring(201)
            let visitor = try await ConsoleVisitor.signedIn(.owner, in: scenario)
            let other = try await ConsoleVisitor.signedIn(.owner, in: scenario)
            for (page, fields) in Self.forms {
                let place = try await visitor.post(page, fields).requiring(303).requiredHeader("Location")
                let told = try await visitor.get(place).requiring(200).text
                #expect(told.contains("notice ok"), "\(place)")
                let bare = String(place[..<(try #require(place.firstRange(of: "&proof=")).lowerBound)])
                for (reader, address) in [
                    (visitor, bare), (visitor, bare + "&proof="), (visitor, bare + "&proof=x"), (other, place),
                    (visitor, place + "&x=1"), (visitor, place.replacing("?", with: "?x=1&")),
                ] {
                    let told = try await reader.get(address)
                    #expect(!told.text.contains("notice ok"), "\(address)")
                }
            }
            for address in ["/console/images?deleted=globex-org/private", "/console/organizations/acme?done=created"] {
                #expect(try await !visitor.get(address).requiring(200).text.contains("notice ok"), "\(address)")
            }
        }
    }

    @Test("proofs differ by address and by secret, and are no token of forms")
    func secrets() {
        let (one, other) = (ConsoleSecret(), ConsoleSecret())
        #expect(one.proof(of: "/a") == one.proof(of: "/a"))
        #expect(Set([one.proof(of: "/a"), one.proof(of: "/b"), other.proof(of: "/a"), one.formToken]).count == 4)
    }

    @Test("who changes what is said of a share keeps its end, to the second", arguments: [true, false])
    func secondsOfDeadlines(hasScript: Bool) async throws {
        try await withScenario { scenario in
            try await scenario.push(try SampleManifest.image(), to: "acme/app", tag: "v1").requiring(201)
            let end = scenario.server.clock.now.addingTimeInterval(3600 + 59.5)
            try await scenario.share("acme/app", until: .until(end))
            let before = try await scenario.registry.listShares(
                of: RepositoryName(parsing: "acme/app"), by: .dataOperator)
            let visitor = try await ConsoleVisitor.signedIn(.owner, in: scenario)
            let page = try await visitor.get(Self.image + "?tab=sharing&do=edit&with=bravo").requiring(200).text
            let given = String(
                try #require(page.firstMatch(of: #/name="until_given" value="([^"]+)"/#)).1)
            let minute = String(given.prefix(16))
            var fields = ["do": "edit", "with": "bravo", "until_given": given, "description": "Another text."]
            fields["until"] = hasScript ? "2020-01-01T00:00" : minute
            fields["until_instant"] = hasScript ? minute + ":00Z" : ""
            _ = try await visitor.post(Self.image, fields).requiring(303)
            let shares = try await scenario.registry.listShares(
                of: RepositoryName(parsing: "acme/app"), by: .dataOperator)
            #expect(shares.map(\.description) == ["Another text."] && shares.map(\.deadline) == before.map(\.deadline))

            fields["until"] = "2099-05-06T07:08"
            fields["until_instant"] = hasScript ? "2099-05-06T07:08:00Z" : ""
            _ = try await visitor.post(Self.image, fields).requiring(303)
            let later = try await visitor.get(Self.image + "?tab=sharing").requiring(200).text
            #expect(later.contains("2099-05-06T07:08:00Z"), "another minute is another end")
        }
    }
}
