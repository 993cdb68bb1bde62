import BerthCatalog
import BerthOCI
import BerthRegistry
import BerthTestSupport
import Foundation
import Testing

/// Pushes images one after the other, a minute apart.
private struct Pushes {
    let scenario: Scenario
    let repository = "acme/app"

    var name: RepositoryName { get throws { try RepositoryName(parsing: repository) } }

    /// - Parameter content: What makes the image unlike another; the tag when `nil`.
    @discardableResult
    func push(_ tag: String, content: String? = nil) async throws -> SampleManifest {
        let image = try SampleManifest.image(content ?? tag)
        try await push(image, tag: tag)
        return image
    }

    func push(_ image: SampleManifest, tag: String? = nil) async throws {
        #expect(try await scenario.push(image, to: repository, tag: tag).status == 201)
        scenario.server.clock.advance(by: 60)
    }

    func keep(_ keeps: RetentionRule.Keeps, except exempt: [TagSelector] = []) async throws -> Int64 {
        let rules = try RetentionRules([RetentionRule(keeps: keeps, exempt: exempt)])
        return try await scenario.registry.addRetentionPolicy(rules, to: name, by: .dataOperator)
    }

    func tags() async throws -> [String] {
        try await scenario.registry.applyDueRetention()
        struct List: Decodable {
            let tags: [String]
        }
        return try await scenario.send("GET", "/v2/\(repository)/tags/list").json(List.self).tags
    }

    func has(_ manifest: SampleManifest) async throws -> Bool {
        try await scenario.send("HEAD", "/v2/\(repository)/manifests/\(manifest.digest)").status == 200
    }
}

@Suite("Retention")
struct RetentionTests {
    @Test("the newest tags are kept, at once and after each push")
    func newest() async throws {
        try await withScenario { scenario in
            let pushes = Pushes(scenario: scenario)
            for tag in ["v1", "v2", "v3", "v4"] { try await pushes.push(tag) }
            _ = try await pushes.keep(.newest(2))
            #expect(try await scenario.send("GET", "/v2/acme/app/manifests/v2").status == 404)
            #expect(try await pushes.tags() == ["v3", "v4"])
            try await pushes.push("v5")
            #expect(try await pushes.tags() == ["v4", "v5"])
            try await pushes.push("v4", content: "again")
            try await pushes.push("v6")
            #expect(try await pushes.tags() == ["v4", "v6"])
        }
    }

    @Test("tags older than so many days go, a day later at the latest")
    func days() async throws {
        try await withScenario { scenario in
            let pushes = Pushes(scenario: scenario)
            let clock = scenario.server.clock
            try await pushes.push("old")
            clock.advance(by: 2 * 86400)
            try await pushes.push("young")
            _ = try await pushes.keep(.days(3))
            #expect(try await pushes.tags() == ["old", "young"])
            clock.advance(by: 86400 - 3600)
            #expect(try await pushes.tags() == ["old", "young"])
            clock.advance(by: 3600 + 1)
            #expect(try await pushes.tags() == ["young"])
            clock.advance(by: 4 * 86400)
            #expect(try await pushes.tags() == [])
        }
    }

    @Test("exempt tags stay and do not count")
    func exempt() async throws {
        try await withScenario { scenario in
            let pushes = Pushes(scenario: scenario)
            for tag in ["release-1", "stable", "lts", "v1", "release-2", "v2", "v3"] { try await pushes.push(tag) }
            _ = try await pushes.keep(
                .newest(1),
                except: [
                    .label(try TagLabel(parsing: "stable,lts")), .pattern(try TagPattern(parsing: "^release-\\d+$")),
                ])
            #expect(try await pushes.tags() == ["lts", "release-1", "release-2", "stable", "v3"])
        }
    }

    @Test("a signature neither counts nor goes while its image stays, and goes with it")
    func signatures() async throws {
        try await withScenario { scenario in
            let pushes = Pushes(scenario: scenario)
            func sign(_ image: SampleManifest) async throws -> (tag: String, manifest: SampleManifest) {
                let tag = "sha256-\(image.digest.hex).sig"
                return (tag, try await pushes.push(tag))
            }
            let first = try await pushes.push("v1")
            _ = try await pushes.keep(.newest(1))
            let ofFirst = try await sign(first)
            #expect(try await pushes.tags() == [ofFirst.tag, "v1"])
            let second = try await pushes.push("v2")
            #expect(try await pushes.tags() == ["v2"])
            #expect(try await pushes.has(first) == false)
            #expect(try await pushes.has(ofFirst.manifest) == false)
            let ofSecond = try await sign(second)
            #expect(try await pushes.tags() == [ofSecond.tag, "v2"])
        }
    }

    @Test("a tag that one of several rules keeps is kept")
    func severalRules() async throws {
        try await withScenario { scenario in
            let pushes = Pushes(scenario: scenario)
            try await pushes.push("v1")
            try await pushes.push("v2")
            scenario.server.clock.advance(by: 10 * 86400)
            try await pushes.push("v3")
            try await pushes.push("v4")
            let rules = try RetentionRules([
                RetentionRule(keeps: .newest(3), exempt: []), RetentionRule(keeps: .days(5), exempt: []),
            ])
            _ = try await scenario.registry.addRetentionPolicy(rules, to: pushes.name, by: .dataOperator)
            #expect(try await pushes.tags() == ["v2", "v3", "v4"])
        }
    }

    @Test("a manifest goes with its last tag, unless an index or a referrer needs it")
    func manifests() async throws {
        try await withScenario { scenario in
            let pushes = Pushes(scenario: scenario)
            let shared = try SampleManifest.image("shared")
            let only = try SampleManifest.image("only")
            let plain = try SampleManifest.image("plain")
            let signed = try SampleManifest.image("signed")
            for image in [shared, only] { try await pushes.push(image) }
            try await pushes.push(try SampleManifest.index(of: [shared.descriptor, only.descriptor]), tag: "multi-1")
            try await pushes.push(plain, tag: "plain")
            try await pushes.push(plain, tag: "plain-too")
            try await pushes.push(signed, tag: "signed")
            try await pushes.push(
                try SampleManifest.image(
                    "signature", artifactType: "application/vnd.example", subject: signed.descriptor))
            let kept = try SampleManifest.index(of: [shared.descriptor])
            try await pushes.push(kept, tag: "multi-2")
            _ = try await pushes.keep(.newest(1))
            #expect(try await pushes.tags() == ["multi-2"])
            #expect(try await pushes.has(kept))
            #expect(try await pushes.has(shared))
            #expect(try await !pushes.has(only))
            #expect(try await !pushes.has(plain))
            #expect(try await pushes.has(signed))
        }
    }

    @Test("each removed tag is one entry of the history, the newest first, and outlives the policy")
    func history() async throws {
        try await withScenario { scenario in
            let pushes = Pushes(scenario: scenario)
            for tag in ["v1", "v2", "v3"] { try await pushes.push(tag) }
            let id = try await pushes.keep(.newest(1))
            try await scenario.registry.removeRetentionPolicy(id, of: pushes.name, by: .dataOperator)
            let (removed, total) = try await scenario.registry.retentionHistory(
                of: pushes.name, offset: 0, limit: 1, by: .dataOperator)
            #expect(total == 2)
            #expect(removed.map(\.tag.description) == ["v1"])
            #expect(removed.first?.policy == id)
            #expect(removed.first?.rule.keeps == .newest(1))
            #expect(removed.first?.removedAt == scenario.server.clock.now)
        }
    }

    @Test("a repository has one policy; changing it applies it, and its template stays")
    func onePolicy() async throws {
        try await withScenario { scenario in
            let pushes = Pushes(scenario: scenario)
            for tag in ["v1", "v2", "v3"] { try await pushes.push(tag) }
            let id = try await pushes.keep(.newest(3))
            await #expect(throws: AdministrationError(.retentionTaken, "")) { _ = try await pushes.keep(.newest(1)) }
            let days = try RetentionRules([RetentionRule(keeps: .days(1), exempt: [])])
            let one = try RetentionRules([RetentionRule(keeps: .newest(1), exempt: [])])
            let name = try pushes.name
            let registry = scenario.registry
            await #expect(throws: AdministrationError(.valueInvalid, "")) {
                try await registry.updateRetentionPolicy(id, of: name, to: days, by: .dataOperator)
            }
            await #expect(throws: AdministrationError(.retentionUnknown, "")) {
                try await registry.updateRetentionPolicy(id + 1, of: name, to: one, by: .dataOperator)
            }
            #expect(try await pushes.tags().count == 3)
            try await registry.updateRetentionPolicy(id, of: name, to: one, by: .dataOperator)
            #expect(try await pushes.tags() == ["v3"])
            try await registry.removeRetentionPolicy(id, of: name, by: .dataOperator)
            #expect(try await registry.retentionPolicies(of: name, by: .dataOperator).isEmpty)
            try await pushes.push("v4")
            #expect(try await pushes.tags() == ["v3", "v4"])
        }
    }

    @Test("who may manage sets it, who may pull in the account sees it, and nobody else")
    func rights() async throws {
        try await withScenario { scenario in
            let pushes = Pushes(scenario: scenario)
            try await pushes.push("v1")
            try await scenario.share(pushes.repository)
            let name = try pushes.name
            let rules = try RetentionRules([RetentionRule(keeps: .newest(5), exempt: [])])
            for persona in Scenario.Persona.allCases where persona != .owner && persona != .manager {
                let actor = Administrator.caller(try await scenario.caller(persona))
                await #expect(throws: AdministrationError.self, "\(persona)") {
                    _ = try await scenario.registry.addRetentionPolicy(rules, to: name, by: actor)
                }
                let sees: [Scenario.Persona] = [.writer, .reader]
                guard !sees.contains(persona) else {
                    #expect(try await scenario.registry.retentionPolicies(of: name, by: actor).isEmpty)
                    continue
                }
                await #expect(throws: AdministrationError.self, "\(persona)") {
                    _ = try await scenario.registry.retentionPolicies(of: name, by: actor)
                }
            }
            let manager = Administrator.caller(try await scenario.caller(.manager))
            _ = try await scenario.registry.addRetentionPolicy(rules, to: name, by: manager)
        }
    }

    @Test(
        "rules out of bounds are refused",
        arguments: [RetentionRule.Keeps.days(0), .days(366), .newest(0), .newest(1001), .days(-1), .newest(.max)])
    func bounds(_ keeps: RetentionRule.Keeps) {
        #expect(throws: ParseFailure.self) { try RetentionRule(keeps: keeps, exempt: []) }
    }

    @Test("too many rules, selectors or patterns are refused")
    func tooMany() throws {
        let rule = try RetentionRule(keeps: .newest(1), exempt: [])
        #expect(throws: ParseFailure.self) { try RetentionRules([]) }
        #expect(throws: ParseFailure.self) { try RetentionRules(Array(repeating: rule, count: 11)) }
        let label = TagSelector.label(try TagLabel(parsing: "a"))
        #expect(throws: ParseFailure.self) {
            try RetentionRule(keeps: .newest(1), exempt: Array(repeating: label, count: 21))
        }
        let large = TagSelector.pattern(try TagPattern(parsing: "(a{10}){20}"))
        let heavy = try RetentionRule(keeps: .newest(1), exempt: Array(repeating: large, count: 20))
        #expect(throws: ParseFailure.self) { try RetentionRules([heavy]) }
        #expect(throws: ParseFailure.self) { try TagLabel(parsing: "a,,b") }
        #expect(throws: ParseFailure.self) { try TagLabel(parsing: "") }
    }

    @Test("the history of a repository is bounded")
    func boundedHistory() async throws {
        try await withScenario { scenario in
            let pushes = Pushes(scenario: scenario)
            let image = try await pushes.push("v1")
            let name = try pushes.name
            let now = scenario.server.clock.now
            try await scenario.registry.catalog.write { catalog in
                let repository = try #require(try catalog.read.repository(named: name)).id
                for number in 0..<1500 {
                    try catalog.setTag(
                        TagName(parsing: "n\(number)"), to: image.digest, in: repository,
                        now: now.addingTimeInterval(Double(number)))
                }
            }
            _ = try await pushes.keep(.newest(1))
            #expect(try await pushes.tags() == ["n1499"])
            let history = try await scenario.registry.retentionHistory(
                of: name, offset: 999, limit: 10, by: .dataOperator)
            #expect(history.total == 1000)
            #expect(history.removed.count == 1)
        }
    }
}
