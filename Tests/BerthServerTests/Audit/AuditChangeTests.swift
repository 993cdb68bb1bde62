import BerthAccess
import BerthCatalog
import BerthDatabase
import BerthOCI
import BerthRegistry
import BerthTestSupport
import Foundation
import Testing

/// A change, and what the audit log tells of it.
private struct Change: Sendable {
    let lines: [String]
    let make: @Sendable (Scenario, Administrator) async throws -> Void

    init(_ lines: String..., make: @escaping @Sendable (Scenario, Administrator) async throws -> Void) {
        self.lines = lines
        self.make = make
    }
}

@Suite("What the audit log tells of changes")
struct AuditChangeTests {
    private static let app: @Sendable () throws -> RepositoryName = { try RepositoryName(parsing: "acme/app") }
    private static let ci: @Sendable () throws -> QualifiedUserName = { try QualifiedUserName(parsing: "acme/ci") }
    private static let organization: @Sendable () throws -> PermissionTarget = {
        .organization(try OrganizationName(parsing: "acme"))
    }

    /// Made one after the other by the admin user of acme.
    private static let changes = [
        Change("acme/acme organization.add done - 192.0.2.7 (boats of acme)") {
            try await $0.registry.addOrganization(
                OrganizationName(parsing: "boats"), account: AccountReference(parsing: "acme"), by: $1)
        },
        Change("acme/acme organization.remove done - 192.0.2.7 (boats of acme)") {
            try await $0.registry.removeOrganization(OrganizationName(parsing: "boats"), by: $1)
        },
        Change("acme/acme user.add done - 192.0.2.7 (acme/ci)") {
            try await $0.registry.addUser(ci(), by: $1)
        },
        Change("acme/acme user.password done - 192.0.2.7 (acme/ci)") {
            try await $0.registry.setPassword(Password(parsing: "a new password"), of: ci(), by: $1)
        },
        Change("acme/acme user.disable done - 192.0.2.7 (acme/ci)") {
            try await $0.registry.setDisabled(true, user: ci(), by: $1)
            try await $0.registry.setDisabled(true, user: ci(), by: $1)
        },
        Change("acme/acme user.enable done - 192.0.2.7 (acme/ci)") {
            try await $0.registry.setDisabled(false, user: ci(), by: $1)
        },
        Change("acme/acme permission.set done - 192.0.2.7 (write for acme/ci on all of acme)") {
            try await $0.registry.setPermission(.write, on: organization(), of: ci(), by: $1)
        },
        Change("acme/acme permission.remove done - 192.0.2.7 (of acme/ci on all of acme)") {
            try await $0.registry.removePermission(on: organization(), of: ci(), by: $1)
        },
        Change("acme/acme permission.set done acme/app 192.0.2.7 (read for acme/ci)") {
            try await $0.registry.addPermissions([entry($0, .read)], on: .repository(app()), by: $1)
        },
        Change("acme/acme permission.set done acme/app 192.0.2.7 (manage for acme/ci)") {
            try await $0.registry.updatePermissions([entry($0, .manage)], on: .repository(app()), by: $1)
        },
        Change("acme/acme permission.remove done acme/app 192.0.2.7 (of acme/ci)") {
            try await $0.registry.removePermissions(
                of: [entry($0, .manage).userID], on: .repository(app()), by: $1)
        },
        Change("acme/acme user.remove done - 192.0.2.7 (acme/ci)") {
            try await $0.registry.removeUser(ci(), by: $1)
        },
        Change("acme/acme share.add done acme/app 192.0.2.7 (with bravo until 2100-01-01T00:00:00Z)") {
            _ = try await $0.registry.shareImage(
                app(), with: AccountReference(parsing: "bravo"), until: DeadlineText.parse(until: "2099-12-31"), by: $1)
        },
        Change("acme/acme share.update done acme/app 192.0.2.7 (with bravo forever)") {
            try await $0.registry.updateShare(
                of: app(), with: AccountReference(parsing: "bravo"), until: .forever, by: $1)
        },
        Change("acme/acme share.remove done acme/app 192.0.2.7 (with bravo)") {
            try await $0.registry.removeShare(of: app(), with: AccountReference(parsing: "bravo"), by: $1)
        },
        Change("acme/acme repository.add done acme/made 192.0.2.7 (private)") {
            try await $0.registry.createRepository(RepositoryName(parsing: "acme/made"), isPublic: false, by: $1)
        },
        Change("acme/acme repository.update done acme/made 192.0.2.7 (made public, description, category arm)") {
            try await $0.registry.updateRepository(
                RepositoryName(parsing: "acme/made"), isPublic: true,
                description: RepositoryDescription(parsing: "text"), category: .arm, by: $1)
        },
        Change("acme/acme repository.remove done acme/made 192.0.2.7 (with 0 tags)") {
            try await $0.registry.removeRepository(RepositoryName(parsing: "acme/made"), by: $1)
        },
        Change("acme/acme push done acme/app:v2@ 192.0.2.7 (copied from tag v1)") {
            try await $0.registry.copyTag(
                TagName(parsing: "v1"), to: TagName(parsing: "v2"), in: app(), replacing: false, by: $1)
        },
        Change("acme/acme delete done acme/app:v2@ 192.0.2.7") {
            try await $0.registry.removeTag(TagName(parsing: "v2"), in: app(), by: $1)
        },
        Change(
            "acme/acme repository.update done acme/app 192.0.2.7 (trigger deploy added)",
            "acme/acme repository.update done acme/app 192.0.2.7 (trigger deploy turned off)",
            "acme/acme repository.update done acme/app 192.0.2.7 (trigger deploy removed)"
        ) {
            let definition = try TriggerDefinition(
                TriggerFields(
                    name: "deploy", action: "update", appType: "deployments", application: "web",
                    clusterID: "cluster-1", clusterName: "prod", clusterNamespace: "default", container: "main",
                    mode: "cce", type: "all", condition: ".*"))
            try await $0.registry.addTrigger(definition, isEnabled: true, to: app(), by: $1)
            try await $0.registry.setTriggerEnabled(false, named: "deploy", of: app(), by: $1)
            try await $0.registry.removeTrigger(named: "deploy", of: app(), by: $1)
        },
        Change(
            "acme/acme repository.update done acme/app 192.0.2.7 (retention set)",
            "acme/acme repository.update done acme/app 192.0.2.7 (retention removed)"
        ) {
            let rules = try RetentionRules([RetentionRule(keeps: .newest(100), exempt: [])])
            let policy = try await $0.registry.addRetentionPolicy(rules, to: app(), by: $1)
            try await $0.registry.removeRetentionPolicy(policy, of: app(), by: $1)
        },
    ]

    private static func entry(_ scenario: Scenario, _ permission: Permission) async throws -> PermissionEntry {
        let users = try await scenario.registry.listUsers(of: AccountReference(parsing: "acme"), by: .dataOperator)
        let user = try #require(users.first { $0.name.description == "acme/ci" })
        return PermissionEntry(userID: user.id, userName: user.name.user, permission: permission)
    }

    @Test("every change has one record: who, what, to which image, from where")
    func changes() async throws {
        try await withScenario { scenario in
            try await scenario.push(SampleManifest.image(), to: "acme/app", tag: "v1")
            let actor = try await scenario.actor(.owner)
            for change in Self.changes {
                #expect(try await scenario.told { try await change.make(scenario, actor) } == change.lines)
            }
        }
    }

    @Test("what the command line does is told as done by the operator, from nowhere")
    func commandLine() async throws {
        try await withScenario { scenario in
            try await scenario.push(SampleManifest.image(), to: "acme/app", tag: "v1")
            try await scenario.share("acme/app")
            let registry = scenario.registry
            let delta = try AccountName(parsing: "delta")
            let account = try await scenario.accountID("bravo")
            let lines = try await scenario.told {
                try await registry.addAccount(delta, by: .dataOperator)
                try await registry.removeOrganization(OrganizationName(parsing: "bravo"), by: .dataOperator)
                try await registry.removeAccount(AccountReference(parsing: "bravo"), by: .dataOperator)
            }
            #expect(
                lines == [
                    "operator account.add done -  (delta in region-1)",
                    "operator organization.remove done -  (bravo of bravo)",
                    "operator share.remove done acme/app  (with bravo, which was removed)",
                    "operator account.remove done -  (bravo with id \(account))",
                ])
        }
    }

    @Test("keys and logins are told by their names, and no secret and no password is")
    func credentials() async throws {
        try await withScenario { scenario in
            let registry = scenario.registry
            let actor = try await scenario.actor(.owner)
            let name = try Scenario.Persona.owner.qualifiedName()
            let last = try await scenario.lastAuditID()
            let login = try await registry.makeTemporaryLogin(.key, lifetime: 900, accessKey: nil, by: actor)
            let key = try await registry.addAccessKey(to: name, by: actor)
            try await registry.disableAccessKey(key.accessKey, by: actor)
            let again = try await scenario.actor(.owner)
            try await registry.removeAccessKey(key.accessKey, by: again)
            let password = try Password(parsing: "the-next-password")
            try await registry.setPassword(password, of: name, by: try await scenario.actor(.owner))
            for wrong in ["the-wrong-password", "the-next-password"] {
                let response = try await scenario.client.send(
                    "GET", "/token", headers: [TestClient.basic("acme", wrong)])
                #expect(response.status == (wrong == "the-next-password" ? 200 : 401))
            }
            let entries = try await scenario.auditEntries(after: last)
            let lines = entries.filter { $0.action != .signIn }.map(\.line)
            #expect(
                lines == [
                    "acme/acme login.add done - 192.0.2.7 (\(login.username) until \(login.expiresAt.rfc3339))",
                    "acme/acme key.add done - 192.0.2.7 (\(key.accessKey) of acme/acme)",
                    "acme/acme key.disable done - 192.0.2.7 (\(key.accessKey) of acme/acme)",
                    "acme/acme key.remove done - 192.0.2.7 (\(key.accessKey) of acme/acme)",
                    "acme/acme user.password done - 192.0.2.7 (acme/acme)",
                ])
            let all = "\(entries)"
            for secret in [
                key.secretKey, key.loginPassword, login.password, "the-next-password", "the-wrong-password",
                Scenario.Persona.owner.password,
            ] {
                #expect(!all.contains(secret))
            }
        }
    }

    @Test("a push and a deletion with docker's API are told with their tags and digests")
    func distribution() async throws {
        try await withScenario { scenario in
            let image = try SampleManifest.image()
            let last = try await scenario.lastAuditID()
            try await scenario.push(image, to: "acme/app", tag: "v1", as: .writer)
            let path = "/v2/acme/app/manifests/\(image.digest)"
            let tagged = try await scenario.send(
                "PUT", path + "?tag=a&tag=b&tag=c", headers: [("Content-Type", image.mediaType.rawValue)],
                body: .bytes(image.bytes))
            #expect(tagged.status == 201)
            #expect(try await scenario.send("DELETE", "/v2/acme/app/manifests/c").status == 202)
            #expect(try await scenario.send("DELETE", path).status == 202)
            let layer = try #require(image.blobs.last)
            #expect(try await scenario.send("DELETE", "/v2/acme/app/blobs/\(layer.digest)").status == 202)
            let entries = try await scenario.auditEntries(after: last).filter { $0.action != .signIn }
            #expect(
                entries.map(\.line) == [
                    "acme/writer push done acme/app:v1@ 127.0.0.1",
                    "acme/acme push done acme/app:a@ 127.0.0.1 (also as b, c)",
                    "acme/acme delete done acme/app:c@ 127.0.0.1",
                    "acme/acme delete done acme/app@ 127.0.0.1 (with tags a, b, v1)",
                    "acme/acme delete done acme/app@ 127.0.0.1 (blob)",
                ])
            #expect(entries.dropLast().allSatisfy { $0.digest == image.digest })
            #expect(entries.last?.digest == layer.digest)
            #expect(entries.allSatisfy { $0.account == "acme" && $0.at == scenario.server.clock.now })
        }
    }

    @Test("the management API is told with the address that a request came from")
    func management() async throws {
        try await withScenario { scenario in
            try await scenario.push(SampleManifest.image(), to: "acme/app", tag: "v1")
            let path = "/v2/manage/namespaces/acme/repos/app/access-domains"
            let body = #"{"access_domain":"bravo","permit":"read","deadline":"forever"}"#
            let lines = try await scenario.told {
                let status = try await scenario.manage("POST", path, json: body).status
                #expect(status == 201)
            }
            #expect(lines.last == "acme/acme share.add done acme/app 127.0.0.1 (with bravo forever)")
        }
    }

    @Test("what retention removes is told as done by it")
    func retention() async throws {
        try await withScenario { scenario in
            let clock = scenario.server.clock
            for tag in ["v1", "v2"] {
                try await scenario.push(SampleManifest.image(tag), to: "acme/app", tag: tag)
                clock.advance(by: 60)
            }
            let rules = try RetentionRules([RetentionRule(keeps: .newest(1), exempt: [])])
            let lines = try await scenario.told {
                _ = try await scenario.registry.addRetentionPolicy(rules, to: Self.app(), by: .dataOperator)
            }
            #expect(
                lines == [
                    "operator repository.update done acme/app  (retention set)",
                    "retention delete done acme/app:v1@ ", "retention delete done acme/app@ ",
                ])
        }
    }

    @Test("a change that is refused leaves no record of a change that was made")
    func refusedChanges() async throws {
        try await withScenario { scenario in
            try await scenario.push(SampleManifest.image(), to: "acme/app", tag: "v1")
            try await scenario.share("acme/app")
            let lines = try await scenario.told {
                await refusal(.shareTaken) { try await scenario.share("acme/app") }
                await refusal(.repositoryShared) {
                    try await scenario.registry.removeRepository(Self.app(), by: .dataOperator)
                }
                await refusal(.tagUnknown) {
                    try await scenario.registry.removeTag(TagName(parsing: "no"), in: Self.app(), by: .dataOperator)
                }
                let incomplete = try SampleManifest.image("its layer was never pushed")
                let pushed = try await scenario.send(
                    "PUT", "/v2/acme/app/manifests/v9", headers: [("Content-Type", incomplete.mediaType.rawValue)],
                    body: .bytes(incomplete.bytes))
                #expect(pushed.status == 400)
            }
            #expect(lines == [])
        }
    }

    @Test("a change that cannot be recorded is not made")
    func atomicity() async throws {
        try await withScenario { scenario in
            try await scenario.push(SampleManifest.image(), to: "acme/app", tag: "v1")
            try await scenario.execute(
                "CREATE TRIGGER no_audit BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'no room'); END")
            #expect(try await scenario.push(SampleManifest.image(), to: "acme/app", tag: "v2").status == 500)
            await #expect(throws: (any Error).self) { try await scenario.share("acme/app") }
            try await scenario.execute("DROP TRIGGER no_audit")
            #expect(try await scenario.tags(of: "acme/app") == ["v1"])
            #expect(try await scenario.registry.listShares(of: Self.app(), by: .dataOperator).isEmpty)
        }
    }
}

extension Scenario {
    fileprivate func accountID(_ name: String) async throws -> AccountID {
        let accounts = try await registry.listAccounts(by: .dataOperator)
        return try #require(accounts.first { $0.name.description == name }).id
    }
}
