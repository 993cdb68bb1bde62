import BerthAccess
import BerthOCI
import BerthOutbound
import BerthRegistry
import BerthServer
import BerthTestSupport
import Foundation
import Testing

/// Whether a secret that was set can be read back by anybody.
@Suite struct SecretReadingTests {
    private static let webhookSecret = "the secret of the webhooks"
    private static let regionPassword = "password-of-the-other-region"

    private static func configuration() throws -> Server.Configuration {
        var configuration = Server.Configuration()
        configuration.triggerReceiver = TriggerReceiver(
            endpoint: try OutboundURL(parsing: "https://hooks.example.com/berth"), secret: webhookSecret)
        configuration.regions = [
            try #require(RemoteRegion("region-2=https://copier:\(regionPassword)@region-2.example.com"))
        ]
        return configuration
    }

    @Test("S-46 no operation of the management API gives back a secret that was set")
    func management() async throws {
        var settings = RegistrySettings()
        settings.remoteRegions = [try Region(parsing: "region-2")]
        try await withServer(settings: settings, configuration: Self.configuration()) { server in
            let scenario = try await Scenario(on: server)
            try await scenario.push(try SampleManifest.image(), to: "acme/app", tag: "v1")
            let key = try await scenario.registry.addAccessKey(
                to: Scenario.Persona.owner.qualifiedName(), by: .dataOperator)
            let repository = "/v2/manage/namespaces/acme/repos/app"
            let trigger =
                #"{"name":"deploy","action":"update","app_type":"deployments","application":"web","#
                + #""cluster_id":"c1","cluster_ns":"default","trigger_type":"all","condition":".*","enable":"true"}"#
            let created = try await scenario.manage("POST", "\(repository)/triggers", json: trigger)
            #expect(created.status == 201, "\(created.text)")
            let rule = try await scenario.manage(
                "POST", "\(repository)/sync_repo",
                json: #"{"remoteRegionId":"region-2","remoteNamespace":"acme","syncAuto":true,"override":false}"#)
            #expect(rule.status == 200, "\(rule.text)")

            let secrets = [
                Self.webhookSecret, Self.regionPassword, "copier", "hooks.example.com", key.secretKey,
                key.loginPassword, Scenario.Persona.owner.password, "$scrypt$",
            ]
            for path in [
                "\(repository)/triggers", "\(repository)/triggers/deploy", "\(repository)/sync_repo",
                "\(repository)/sync_job?limit=10&offset=0", "/v2/manage/regions", repository, "/v2/manage/namespaces",
                "/v2/manage/namespaces/acme/access", "\(repository)/access", "/v2/manage/agency",
                "/v2/manage/overview", "/v3/projects", "/v3/auth/domains",
            ] {
                let answer = try await scenario.manage("GET", path)
                #expect(answer.status == 200, "\(path): \(answer.text)")
                for secret in secrets { #expect(!answer.text.contains(secret), "\(path): \(secret)") }
            }
        }
    }

    @Test("S-46 a secret key is shown once, and settings show none of their secrets")
    func shownOnce() async throws {
        try await withScenario { scenario in
            let name = try Scenario.Persona.owner.qualifiedName()
            let key = try await scenario.registry.addAccessKey(to: name, by: .dataOperator)
            let listed = try await scenario.registry.listAccessKeys(of: name, by: .dataOperator)
            let users = try await scenario.registry.listUsers(of: .name(name.account), by: .dataOperator)
            for value in [listed as Any, users] {
                var dumped = ""
                dump(value, to: &dumped)
                #expect(!dumped.contains(key.secretKey) && !dumped.contains(key.loginPassword))
                #expect(!dumped.contains("$scrypt$"))
            }
        }
        let configuration = try Self.configuration()
        let shown = "\(configuration.regions) \(String(describing: configuration.triggerReceiver))"
        #expect(!shown.contains(Self.regionPassword) && !shown.contains(Self.webhookSecret), "\(shown)")
    }
}
