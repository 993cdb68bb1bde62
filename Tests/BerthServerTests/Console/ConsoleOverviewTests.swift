import BerthAccess
import BerthRegistry
import BerthTestSupport
import Foundation
import Testing

@Suite("The overview of the console")
struct ConsoleOverviewTests {
    @Test("the numbers are those of one's own account, of every user of it, and nothing of another's")
    func numbers() async throws {
        try await withScenario { scenario in
            for name in ["acme/app", "acme/tool"] {
                for tag in ["v1", "v2"] {
                    try await scenario.push(try SampleManifest.image(name), to: name, tag: tag).requiring(201)
                }
            }
            try await scenario.share("acme/app")
            try await scenario.share("acme/tool", until: .until(scenario.server.clock.now.addingTimeInterval(60)))
            for _ in 0..<3 {
                #expect(try await scenario.send("GET", "/v2/acme/app/manifests/v1", as: .receiver).status == 200)
            }
            try await scenario.registry.recordTraffic()
            scenario.server.clock.advance(by: 61)

            func figures(of persona: Scenario.Persona) async throws -> [String: String] {
                let page = try await ConsoleVisitor.signedIn(persona, in: scenario).get("/console/").requiring(200).text
                let figure = #/<div><dt>(?:<a [^>]*>)?([^<]+)(?:</a>)?</dt><dd>([^<]+)</dd>/#
                return page.matches(of: figure).reduce(into: [:]) { $0[String($1.1)] = String($1.2) }
            }
            for persona in [Scenario.Persona.owner, .colleague] {
                let found = try await figures(of: persona)
                #expect(found["Images"] == "2" && found["Organizations"] == "1", "\(found)")
                #expect(found["Downloads, 30 days"] == "3" && found["Shared with you"] == "0")
            }
            #expect(try await figures(of: .owner)["Images you share"] == "1")
            let receiver = try await figures(of: .receiver)
            #expect(receiver["Images"] == "0" && receiver["Storage"] == "0 B" && receiver["Downloads, 30 days"] == "0")
            #expect(receiver["Shared with you"] == "1")
        }
    }

    @Test("both plots have a table of the same numbers for who cannot see them")
    func tables() async throws {
        try await withScenario { scenario in
            let visitor = try await ConsoleVisitor.signedIn(.owner, in: scenario)
            let page = try await visitor.get("/console/").requiring(200)
            #expect(page.text.matches(of: #/role="img" aria-label="[^"]{20,}"/#).count == 2)
            #expect(page.text.matches(of: #/<tr><th scope="row">\d{4}-\d\d-\d\d</th>/#).count == 60)
            #expect(page.body.count < 100 * 1024 && page.text.contains("Push the first image"))
        }
    }
}
