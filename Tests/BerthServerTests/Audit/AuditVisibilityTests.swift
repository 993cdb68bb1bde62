import BerthAccess
import BerthOCI
import BerthRegistry
import BerthTestSupport
import Foundation
import Testing

@Suite("Who may read the audit log")
struct AuditVisibilityTests {
    private static func prepare(_ scenario: Scenario) async throws {
        try await scenario.push(SampleManifest.image(), to: "acme/app", tag: "v1")
        try await scenario.push(SampleManifest.image(), to: "acme/other", tag: "v1")
        try await scenario.push(SampleManifest.image(), to: "bravo/own", tag: "v1", as: .receiver)
        try await scenario.share("acme/app")
        for persona in [Scenario.Persona.receiver, .stranger] {
            _ = try await scenario.send("GET", "/v2/acme/app/manifests/v1", as: persona)
        }
        try await scenario.registry.writeAudit()
    }

    private static func filter(_ repository: String? = nil) throws -> AuditFilter {
        AuditFilter(repository: try repository.map { try RepositoryName(parsing: $0) }, limit: .max)
    }

    @Test("an admin user sees what was done to what its account owns, by whomever, and nothing of others")
    func admins() async throws {
        try await withScenario { scenario in
            try await Self.prepare(scenario)
            let acme = try await scenario.registry.listAudit(Self.filter(), by: scenario.actor(.owner))
            #expect(Set(acme.compactMap { $0.repository?.description }) == ["acme/app", "acme/other"])
            #expect(acme.contains { $0.line == "bravo/bravo pull done acme/app:v1@ * 127.0.0.1" })
            #expect(acme.contains { $0.line == "cargo/cargo pull refused acme/app:v1 127.0.0.1" })
            let bravo = try await scenario.registry.listAudit(Self.filter(), by: scenario.actor(.receiver))
            #expect(Set(bravo.compactMap { $0.repository?.description }) == ["bravo/own"])
            let cargo = try await scenario.registry.listAudit(Self.filter("acme/app"), by: scenario.actor(.stranger))
            #expect(cargo.isEmpty)
            let all = try await scenario.registry.listAudit(Self.filter(), by: .dataOperator)
            #expect(all.count > acme.count + bravo.count)
        }
    }

    @Test("another user sees what was done to a repository that it manages, when it names that")
    func managers() async throws {
        try await withScenario { scenario in
            try await Self.prepare(scenario)
            let registry = scenario.registry
            let manager = try await scenario.actor(.manager)
            let seen = try await registry.listAudit(Self.filter("acme/app"), by: manager)
            #expect(seen.contains { $0.line == "bravo/bravo pull done acme/app:v1@ * 127.0.0.1" })
            #expect(seen.allSatisfy { $0.repository?.description == "acme/app" })
            await refusal(.denied) { _ = try await registry.listAudit(Self.filter(), by: manager) }
            for persona in [Scenario.Persona.writer, .reader, .colleague, .receiverUser] {
                let actor = try await scenario.actor(persona)
                await refusal(.denied) { _ = try await registry.listAudit(Self.filter("acme/app"), by: actor) }
            }
            let nobody = try await scenario.actor(.receiverUser)
            await refusal(.organizationUnknown) {
                _ = try await registry.listAudit(Self.filter("acme/other"), by: nobody)
            }
        }
    }

    @Test("records of an organization stay with the account that owned it when another takes the name")
    func takenNames() async throws {
        try await withScenario { scenario in
            try await Self.prepare(scenario)
            let registry = scenario.registry
            let name = try RepositoryName(parsing: "cargo/app")
            let organization = try OrganizationName(parsing: "cargo")
            try await scenario.push(SampleManifest.image(), to: "cargo/app", tag: "v1", as: .stranger)
            try await registry.removeRepository(name, by: .dataOperator)
            try await registry.removeOrganization(organization, by: .dataOperator)
            try await registry.addOrganization(
                organization, account: AccountReference(parsing: "bravo"), by: .dataOperator)
            try await scenario.push(SampleManifest.image(), to: "cargo/app", tag: "v2", as: .receiver)
            let new = try await registry.listAudit(Self.filter("cargo/app"), by: scenario.actor(.receiver))
            #expect(new.map(\.line) == ["bravo/bravo push done cargo/app:v2@ 127.0.0.1"])
            let old = try await registry.listAudit(Self.filter("cargo/app"), by: scenario.actor(.stranger))
            #expect(old.map(\.action) == [.repositoryRemove, .push])
        }
    }

    @Test("the account, the action, the time and the number of records choose what is shown")
    func filters() async throws {
        try await withScenario { scenario in
            let clock = scenario.server.clock
            try await Self.prepare(scenario)
            clock.advance(by: 3600)
            try await scenario.registry.removeShare(
                of: RepositoryName(parsing: "acme/app"), with: AccountReference(parsing: "bravo"), by: .dataOperator)
            func list(_ change: (inout AuditFilter) throws -> Void) async throws -> [AuditEntry] {
                var filter = try Self.filter()
                try change(&filter)
                return try await scenario.registry.listAudit(filter, by: .dataOperator)
            }
            let bravo = try await list { $0.account = try AccountReference(parsing: "bravo") }
            // What its users did to others' images, and what was done to its own.
            #expect(bravo.contains { $0.line == "bravo/bravo pull done acme/app:v1@ * 127.0.0.1" })
            #expect(bravo.contains { $0.line == "bravo/bravo push done bravo/own:v1@ 127.0.0.1" })
            #expect(!bravo.contains { $0.actor.hasPrefix("cargo") || $0.repository?.description == "acme/other" })
            #expect(Set(bravo.map(\.id)).count == bravo.count)

            let shares = try await list { $0.actions = try AuditActions(parsing: "share") }
            #expect(shares.map(\.action) == [.shareRemove, .shareAdd])
            let removed = try await list { $0.actions = try AuditActions(parsing: "share.remove") }
            #expect(removed == [shares[0]])
            #expect(try await list { $0.since = clock.now.addingTimeInterval(-60) } == removed)

            let all = try await list { _ in }
            #expect(all.map(\.id) == all.map(\.id).sorted(by: >))
            #expect(try await list { $0.limit = 3 } == Array(all.prefix(3)))
            #expect(try await list { ($0.before, $0.limit) = (all[2].id, 2) } == Array(all[3...4]))
        }
    }

    @Test("records of an account that is gone are found by its id")
    func removedAccount() async throws {
        try await withScenario { scenario in
            let registry = scenario.registry
            let accounts = try await registry.listAccounts(by: .dataOperator)
            let id = try #require(accounts.first { $0.name.description == "cargo" }).id
            try await registry.removeOrganization(OrganizationName(parsing: "cargo"), by: .dataOperator)
            try await registry.removeAccount(AccountReference(parsing: "cargo"), by: .dataOperator)
            var filter = try Self.filter()
            filter.account = try AccountReference(parsing: "cargo")
            await refusal(.accountUnknown) { [filter] in _ = try await registry.listAudit(filter, by: .dataOperator) }
            filter.account = .id(id)
            let actions = try await registry.listAudit(filter, by: .dataOperator).map(\.action)
            #expect(actions == [.accountRemove, .organizationRemove, .organizationAdd, .accountAdd])
        }
    }

    @Test(
        "since when is a duration, a date or an instant",
        arguments: [
            ("24h", "2026-11-20T12:00:00Z"), ("90s", "2026-11-21T11:58:30Z"), ("2026-11-21", "2026-11-21T00:00:00Z"),
            ("9999-12-31", "9999-12-31T00:00:00Z"), ("2026-11-21T10:00:00+01:00", "2026-11-21T09:00:00Z"),
        ])
    func times(text: String, instant: String) throws {
        let now = Date(timeIntervalSince1970: 1_795_262_400)
        #expect(try AuditFilter.since(parsing: text, now: now).rfc3339 == instant)
    }

    @Test(
        "what is no time and what is no action is refused",
        arguments: ["", "yesterday", "24", "2026-13-01", "share."])
    func mistakes(text: String) {
        #expect(throws: ParseFailure.self) { try AuditFilter.since(parsing: text, now: Date()) }
        #expect(throws: ParseFailure.self) { try AuditActions(parsing: text) }
    }
}
