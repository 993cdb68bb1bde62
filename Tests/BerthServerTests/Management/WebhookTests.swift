import BerthCatalog
import BerthIdentity
import BerthOCI
import BerthOutbound
import BerthRegistry
import BerthServer
import BerthTestBasics
import BerthTestSupport
import Foundation
import Testing

/// Triggers from the push to the receiver, over the network.
@Suite("Webhooks")
struct WebhookTests {
    private static let secret = "a secret of the receiver"

    private static func configuration(_ url: String, allowing blocks: String...) throws -> Server.Configuration {
        var configuration = Server.Configuration()
        configuration.outbound.allowed = try blocks.map { try #require(AddressBlock($0)) }
        configuration.triggerReceiver = TriggerReceiver(
            endpoint: try OutboundURL(parsing: url), secret: secret)
        return configuration
    }

    private static func addTrigger(in scenario: Scenario) async throws {
        let fields = TriggerFields(
            name: "deploy", action: "update", appType: "deployments", application: "web", clusterID: "c1",
            clusterName: "", clusterNamespace: "default", container: "", mode: "cce", type: "regular",
            condition: "^v")
        try await scenario.registry.addTrigger(
            try TriggerDefinition(fields), isEnabled: true, to: RepositoryName(parsing: "acme/app"), by: .dataOperator)
    }

    private static func history(in scenario: Scenario) async throws -> [TriggerCallRecord] {
        try await scenario.registry.trigger(
            named: "deploy", of: RepositoryName(parsing: "acme/app"), by: .dataOperator
        ).history
    }

    @Test("a push reaches the receiver, signed so that it can be verified")
    func signed() async throws {
        try await withReceiver { receiver in
            try await withServer(configuration: Self.configuration("\(receiver.url)/hook", allowing: "127.0.0.1")) {
                server in
                let scenario = try await Scenario(on: server)
                try await scenario.push(try SampleManifest.image("first"), to: "acme/app", tag: "dev")
                try await Self.addTrigger(in: scenario)
                let image = try SampleManifest.image("second")
                try await scenario.push(image, to: "acme/app", tag: "v1", as: .writer)
                let request = try #require(await receiver.requests(count: 1).first)
                #expect(request.method == "POST")
                #expect(request.path == "/hook")
                #expect(request["Content-Type"] == "application/json")
                #expect(
                    request["X-Berth-Signature"]
                        == "sha256=" + MessageSignature.hex(of: request.body, secret: Self.secret))
                #expect(request["X-Berth-Timestamp"] == "\(Int64(server.clock.now.timeIntervalSince1970))")
                let body = try JSONDecoder().decode([String: String].self, from: Data(request.body))
                #expect(body["tag"] == "v1")
                #expect(body["digest"] == image.digest.description)
                #expect(body["pusher"] == "acme/writer")
                #expect(body["delivery_id"] == request["X-Berth-Delivery"])
            }
        }
    }

    @Test("what the receiver refuses is sent again when its time has come")
    func retried() async throws {
        try await withReceiver(respond: { _ in .init(503) }) { receiver in
            try await withServer(configuration: Self.configuration(receiver.url, allowing: "127.0.0.0/8")) { server in
                let scenario = try await Scenario(on: server)
                try await scenario.push(try SampleManifest.image(), to: "acme/app", tag: "dev")
                try await Self.addTrigger(in: scenario)
                try await scenario.push(try SampleManifest.image(), to: "acme/app", tag: "v1")
                _ = await receiver.requests(count: 1)
                try await Self.untilAnswered(in: scenario)
                server.clock.advance(by: 10)
                server.registry.work.triggers.send()
                let requests = await receiver.requests(count: 2)
                #expect(Set(requests.compactMap { $0["X-Berth-Delivery"] }).count == 1)
            }
        }
    }

    /// Waits until the answer to the first attempt is noted.
    private static func untilAnswered(in scenario: Scenario) async throws {
        let later = scenario.server.clock.now.addingTimeInterval(60 * 60)
        while let waiting = try await scenario.registry.catalog.read({ try $0.dueTriggerCalls(now: later, limit: 1) })
            .first, waiting.call.attempts == 0 || waiting.call.detail == "no answer is known yet"
        { await Task.yield() }
    }

    @Test("R-53 a receiver that never answers holds up no push, and what it missed is delivered after a restart")
    func silentReceiver() async throws {
        let (directory, clock) = (try TemporaryDirectory(), ManualClock())
        let firstID = try await withReceiver(respond: { _ in .silence }) { receiver in
            try await withServer(
                configuration: Self.configuration(receiver.url, allowing: "127.0.0.1"), clock: clock,
                directory: directory
            ) { server in
                let scenario = try await Scenario(on: server)
                try await scenario.push(try SampleManifest.image(), to: "acme/app", tag: "dev")
                try await Self.addTrigger(in: scenario)
                for number in 0..<5 {
                    #expect(
                        try await scenario.push(try .image("\(number)"), to: "acme/app", tag: "v\(number)").status
                            == 201)
                }
                // The first call waits for its answer; none is over.
                let id = try #require(await receiver.requests(count: 1).first?["X-Berth-Delivery"])
                #expect(try await Self.history(in: scenario).isEmpty)
                #expect(try await scenario.push(try .image("last"), to: "acme/app", tag: "v5").status == 201)
                return id
            }
        }
        clock.advance(by: 60)
        try await withReceiver { receiver in
            try await withServer(
                configuration: Self.configuration(receiver.url, allowing: "127.0.0.1"), clock: clock,
                directory: directory
            ) { _ in
                let requests = await receiver.requests(count: 6)
                let tags = try requests.map {
                    try JSONDecoder().decode([String: String].self, from: Data($0.body))["tag"]
                }
                #expect(tags == (0..<6).map { "v\($0)" })
                #expect(requests.first?["X-Berth-Delivery"] == firstID)
                #expect(Set(requests.compactMap { $0["X-Berth-Delivery"] }).count == 6)
            }
        }
    }

    @Test("what the receiver says beside its status does not matter: a large answer is success")
    func largeAnswer() async throws {
        let large = [UInt8](repeating: 0x78, count: 1 << 20)
        try await withReceiver(respond: { _ in .init(200, body: large) }) { receiver in
            try await withServer(configuration: Self.configuration(receiver.url, allowing: "127.0.0.1")) { server in
                let scenario = try await Scenario(on: server)
                try await scenario.push(try SampleManifest.image(), to: "acme/app", tag: "dev")
                try await Self.addTrigger(in: scenario)
                try await scenario.push(try SampleManifest.image(), to: "acme/app", tag: "v1")
                _ = await receiver.requests(count: 1)
                try await Self.untilAnswered(in: scenario)
                let call = try #require(try await Self.history(in: scenario).first)
                #expect(call.result == .success, "\(call.detail)")
            }
        }
    }

    @Test("an internal receiver that is not allowed is never called, and its owner learns no address")
    func internalReceiver() async throws {
        try await withReceiver { receiver in
            try await withServer(configuration: Self.configuration(receiver.url)) { server in
                let scenario = try await Scenario(on: server)
                try await scenario.push(try SampleManifest.image(), to: "acme/app", tag: "dev")
                try await Self.addTrigger(in: scenario)
                try await scenario.push(try SampleManifest.image(), to: "acme/app", tag: "v1")
                try await Self.untilAnswered(in: scenario)
                let call = try #require(try await Self.history(in: scenario).first)
                #expect(call.result == .failed)
                #expect(call.detail == "the receiver has an address that this registry may not call")
                #expect(receiver.requests.isEmpty)
                #expect(server.log.lines.contains { $0.contains("outbound.allow") })
                #expect(!server.log.lines.contains { $0.contains(Self.secret) })
            }
        }
    }

    @Test("the signature is the one that everybody computes")
    func vector() {
        // RFC 4231, test case 2.
        #expect(
            MessageSignature.hex(of: Array("what do ya want for nothing?".utf8), secret: "Jefe")
                == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
    }

    @Test("an endpoint without a secret stops the start; a secret is never shown")
    func settings() throws {
        var settings = Settings()
        settings.triggerEndpoint = try OutboundURL(parsing: "https://hooks.example.com/")
        #expect(throws: SettingsError.self) { try settings.server() }
        settings.triggerSecret = Self.secret
        let receiver = try #require(try settings.server().triggerReceiver)
        #expect(!"\(receiver)".contains(Self.secret))
        let definition = try #require(SettingDefinition.all.first { $0.key == "triggers.secret" })
        let failure = #expect(throws: ParseFailure.self) { try definition.apply("too-short", to: &settings) }
        #expect(failure?.description.contains("too-short") == false)
    }
}
