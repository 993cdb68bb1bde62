import BerthAccess
import BerthOCI
import BerthRegistry
import BerthTestSupport
import Foundation
import Testing

@Suite("What is shared with an account, in the console")
struct ConsoleReceivingTests {
    @Test("an image comes with its newest tags, what its owner says of the share, and the command that pulls it")
    func rows() async throws {
        try await withScenario { scenario in
            for tag in ["v998", "v999", "v1000", "v1001"] {
                try await scenario.push(try SampleManifest.image(tag), to: "acme/app", tag: tag).requiring(201)
                scenario.server.clock.advance(by: 1)
            }
            try await scenario.registry.shareImage(
                RepositoryName(parsing: "acme/app"), with: AccountReference(parsing: "bravo"), until: .forever,
                description: ShareDescription(parsing: "for the <b>trial</b>"), by: .dataOperator)
            let visitor = try await ConsoleVisitor.signedIn(.receiverUser, in: scenario)
            let page = try await visitor.get("/console/shared").requiring(200).text
            let badges = page.matches(of: #/<span class="badge">([^<]+)</#).map { String($0.1) }
            #expect(badges == ["v1001", "v1000", "v999"] && page.contains("+1"))
            #expect(page.contains("for the &lt;b&gt;trial&lt;/b&gt;") && page.contains("/acme/app:v1001"))
            try await scenario.push(try SampleManifest.image(), to: "acme/app", tag: "latest").requiring(201)
            #expect(try await visitor.get("/console/shared").text.contains("/acme/app:latest"))
        }
    }

    @Test("what has expired comes last and tells nothing of the image; names and owners are found in any case")
    func order() async throws {
        try await withScenario { scenario in
            for name in ["acme/a-first", "acme/b-second", "cargo/third"] {
                let owner: Scenario.Persona = name.hasPrefix("acme") ? .owner : .stranger
                try await scenario.push(try SampleManifest.image(), to: name, tag: "v1", as: owner).requiring(201)
                try await scenario.share(
                    name, until: name == "acme/a-first" ? .until(scenario.server.clock.now + 60) : .forever)
            }
            scenario.server.clock.advance(by: 61)
            let visitor = try await ConsoleVisitor.signedIn(.receiver, in: scenario)
            func names(_ query: String) async throws -> [String] {
                let page = try await visitor.get("/console/shared" + query).requiring(200).text
                return page.matches(of: #/<th scope="row">(?:<a [^>]*>)?([^<]+)/#).map { String($0.1) }
            }
            #expect(try await names("") == ["acme/b-second", "cargo/third", "acme/a-first"])
            #expect(try await names("?q=SECOND") == ["acme/b-second"])
            #expect(try await names("?q=Cargo") == ["cargo/third"])
            let page = try await visitor.get("/console/shared?q=first").text
            #expect(page.contains("Expired") && !page.contains("v1") && !page.contains("docker pull"))
        }
    }
}
