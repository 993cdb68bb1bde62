import BerthAccess
import BerthCatalog
import BerthOCI
import BerthRegistry
import BerthTestSupport
import Foundation
import Synchronization
import Testing

/// A receiver in the place of the network's: it keeps what it is sent and fails as a test says.
private final class ScriptedReceiver: WebhookSending {
    private struct State {
        var deliveries: [WebhookDelivery] = []
        var failures: [WebhookFailure] = []
    }

    private let state = Mutex(State())

    /// - Parameter failures: What the first attempts end with; those that follow succeed.
    init(failures: [WebhookFailure] = []) { state.withLock { $0.failures = failures } }

    var deliveries: [WebhookDelivery] { state.withLock { $0.deliveries } }

    func send(_ delivery: WebhookDelivery) async throws {
        let failure = state.withLock { state -> WebhookFailure? in
            state.deliveries.append(delivery)
            return state.failures.isEmpty ? nil : state.failures.removeFirst()
        }
        if let failure { throw failure }
    }
}

/// A receiver during whose every call the server stops.
private final class InterruptedReceiver: WebhookSending {
    private let calls = Mutex(0)

    var count: Int { calls.withLock(\.self) }

    func send(_ delivery: WebhookDelivery) async throws {
        calls.withLock { $0 += 1 }
        throw CancellationError()
    }
}

extension TriggerFields {
    /// A trigger of every tag, unless told otherwise.
    fileprivate static func sample(
        _ name: String = "deploy", type: String = "all", condition: String = ".*"
    ) -> TriggerFields {
        TriggerFields(
            name: name, action: "update", appType: "deployments", application: "web", clusterID: "cluster-1",
            clusterName: "prod", clusterNamespace: "default", container: "main", mode: "cce", type: type,
            condition: condition)
    }
}

extension Office {
    /// Pushes a manifest under tags.
    fileprivate func pushed(
        _ tags: String..., to name: String = "ships/ferry", by pusher: String = "acme/writer"
    ) async throws {
        try await pushed(tags, to: name, by: pusher)
    }

    fileprivate func pushed(
        _ tags: [String], to name: String = "ships/ferry", by pusher: String = "acme/writer"
    ) async throws {
        guard case .caller(let caller) = try await user(pusher) else { return }
        let index = try SampleManifest.index(of: [])
        _ = try await registry.pushManifest(
            IncomingManifest(
                bytes: index.bytes, contentType: index.mediaType, reference: .digest(index.digest),
                tags: try tags.map { try TagName(parsing: $0) }),
            to: RepositoryName(parsing: name), for: caller)
    }

    fileprivate func add(_ fields: TriggerFields = .sample(), isEnabled: Bool = true) async throws {
        try await registry.addTrigger(
            try TriggerDefinition(fields), isEnabled: isEnabled, to: ferry, by: .dataOperator)
    }

    fileprivate func history(_ name: String = "deploy") async throws -> [TriggerCallRecord] {
        try await registry.trigger(named: name, of: ferry, by: .dataOperator).history
    }
}

@Suite("Triggers")
struct TriggerTests {
    @Test("a push of a matching tag is told once, with all that the receiver needs")
    func delivers() async throws {
        let office = try await Office()
        let receiver = ScriptedReceiver()
        try await office.add()
        try await office.pushed("v1")
        try await office.registry.makeDueTriggerCalls(through: receiver)
        try await office.registry.makeDueTriggerCalls(through: receiver)
        let delivery = try #require(receiver.deliveries.first)
        #expect(receiver.deliveries.count == 1)
        let body = try JSONDecoder().decode([String: String].self, from: Data(delivery.body))
        #expect(body["trigger"] == "deploy")
        #expect(body["action"] == "update")
        #expect(body["app_type"] == "deployments")
        #expect(body["application"] == "web")
        #expect(body["cluster_id"] == "cluster-1")
        #expect(body["cluster_name"] == "prod")
        #expect(body["cluster_ns"] == "default")
        #expect(body["container"] == "main")
        #expect(body["repository"] == "ships/ferry")
        #expect(body["tag"] == "v1")
        #expect(body["digest"]?.hasPrefix("sha256:") == true)
        #expect(body["pusher"] == "acme/writer")
        #expect(body["region"] == "region-1")
        #expect(body["pushed_at"] == "2026-11-21T12:00:01Z")
        #expect(body["delivery_id"] == delivery.id)
        let call = try #require(try await office.history().first)
        #expect(call.result == .success)
        #expect(call.tag.description == "v1")
        #expect(call.attempts == 1)
    }

    @Test("only matching tags are told")
    func conditions() async throws {
        let office = try await Office()
        let receiver = ScriptedReceiver()
        try await office.add(.sample("all"))
        try await office.add(.sample("tags", type: "tag", condition: "v1;stable"))
        try await office.add(.sample("pattern", type: "regular", condition: "^v\\d+$"))
        try await office.add(.sample("off"), isEnabled: false)
        try await office.pushed("v1", "v2", "stable", "dev")
        try await office.registry.makeDueTriggerCalls(through: receiver)
        #expect(try await office.history("all").map(\.tag.description) == ["dev", "stable", "v2", "v1"])
        #expect(try await office.history("tags").map(\.tag.description) == ["stable", "v1"])
        #expect(try await office.history("pattern").map(\.tag.description) == ["v2", "v1"])
        #expect(try await office.history("off").isEmpty)
    }

    @Test("R-53 a call that fails is tried five times more, later each time, with the same id, and then has failed")
    func retries() async throws {
        let office = try await Office()
        let failure = WebhookFailure("the receiver answered with status 500", cause: "a test")
        let receiver = ScriptedReceiver(failures: Array(repeating: failure, count: 10))
        try await office.add()
        try await office.pushed("v1")
        for (attempt, wait) in [10.0, 60, 300, 1800, 7200].enumerated() {
            try await office.registry.makeDueTriggerCalls(through: receiver)
            #expect(receiver.deliveries.count == attempt + 1)
            office.clock.advance(by: wait - 1)
            try await office.registry.makeDueTriggerCalls(through: receiver)
            #expect(receiver.deliveries.count == attempt + 1)
            #expect(try await office.history().isEmpty)
            office.clock.advance(by: 1)
        }
        try await office.registry.makeDueTriggerCalls(through: receiver)
        office.clock.advance(by: 100_000)
        try await office.registry.makeDueTriggerCalls(through: receiver)
        #expect(receiver.deliveries.count == 6)
        #expect(Set(receiver.deliveries.map(\.id)).count == 1)
        let call = try #require(try await office.history().first)
        #expect(call.result == .failed)
        #expect(call.detail == failure.reason)
        #expect(call.attempts == 6)
    }

    @Test("a receiver that may not be called is not tried again, and without one the history says so")
    func noReceiver() async throws {
        let office = try await Office()
        try await office.add()
        try await office.pushed("v1")
        try await office.registry.makeDueTriggerCalls(
            through: ScriptedReceiver(failures: [WebhookFailure("refused", cause: "a test", isFinal: true)]))
        try await office.pushed("v2")
        try await office.registry.makeDueTriggerCalls(through: nil)
        let calls = try await office.history()
        #expect(calls.map(\.result) == [.failed, .failed])
        #expect(calls.map(\.detail).contains("refused"))
        #expect(calls.first?.detail == "nothing is called: the setting triggers.endpoint is not set")
    }

    @Test("what waits is kept over a restart")
    func restart() async throws {
        let office = try await Office()
        try await office.add()
        try await office.pushed("v1")
        let again = try await openTestRegistry(in: office.directory, clock: office.clock)
        let receiver = ScriptedReceiver()
        try await again.makeDueTriggerCalls(through: receiver)
        #expect(receiver.deliveries.count == 1)
        try await office.registry.makeDueTriggerCalls(through: receiver)
        #expect(receiver.deliveries.count == 1)
    }

    @Test("a call whose end is never written down is made six times, not for ever")
    func interrupted() async throws {
        let office = try await Office()
        let receiver = InterruptedReceiver()
        try await office.add()
        try await office.pushed("v1")
        for _ in 0..<10 {
            try? await office.registry.makeDueTriggerCalls(through: receiver)
            try? await office.registry.makeDueTriggerCalls(through: receiver)
            office.clock.advance(by: 2 * 60 * 60)
        }
        #expect(receiver.count == 6)
        #expect(try await office.history().map(\.result) == [.failed])
    }

    @Test("turning a trigger off ends what waits; removing it or its repository removes all of it")
    func turnedOff() async throws {
        let office = try await Office()
        let receiver = ScriptedReceiver()
        try await office.add()
        try await office.pushed("v1")
        try await office.registry.setTriggerEnabled(false, named: "deploy", of: office.ferry, by: .dataOperator)
        try await office.pushed("v2")
        try await office.registry.makeDueTriggerCalls(through: receiver)
        #expect(receiver.deliveries.isEmpty)
        #expect(try await office.history().map(\.result) == [.failed])
        try await office.registry.setTriggerEnabled(true, named: "deploy", of: office.ferry, by: .dataOperator)
        try await office.pushed("v3")
        try await office.registry.removeTrigger(named: "deploy", of: office.ferry, by: .dataOperator)
        try await office.registry.makeDueTriggerCalls(through: receiver)
        #expect(receiver.deliveries.isEmpty)
        await refusal(.triggerUnknown) { _ = try await office.history() }
    }

    @Test("R-53 the history and the queue of a trigger are bounded")
    func bounds() async throws {
        let office = try await Office()
        let receiver = ScriptedReceiver()
        try await office.add()
        try await office.pushed((0..<1005).map { "n\($0)" })
        #expect(try await office.history().map(\.tag.description) == ["n1004", "n1003", "n1002", "n1001", "n1000"])
        try await office.registry.makeDueTriggerCalls(through: receiver)
        #expect(receiver.deliveries.count == 1000)
        #expect(try await office.history().count == 100)
    }

    @Test("names are unique in a repository, which has a bounded number of triggers")
    func names() async throws {
        let office = try await Office()
        try await office.add()
        await refusal(.triggerTaken) { try await office.add() }
        for number in 1..<20 { try await office.add(.sample("t\(number)")) }
        await refusal(.valueInvalid) { try await office.add(.sample("t20")) }
        #expect(try await office.registry.triggers(of: office.ferry, by: .dataOperator).count == 20)
        await refusal(.triggerUnknown) {
            try await office.registry.setTriggerEnabled(true, named: "none", of: office.ferry, by: .dataOperator)
        }
    }

    @Test("the patterns of a repository are bounded together, since every push matches all of them")
    func patterns() async throws {
        let office = try await Office()
        let large = "(.?.?.?.?.?.?.?.?){37}"
        try await office.add(.sample("t1", type: "regular", condition: large))
        await refusal(.valueInvalid) { try await office.add(.sample("t2", type: "regular", condition: large)) }
        try await office.add(.sample("t3", type: "tag", condition: "v1;v2"))
        try await office.add(.sample("t4", type: "regular", condition: "^v[0-9]+$"))
    }

    @Test("who may manage sets triggers, who may pull in the account sees them, and nobody else")
    func rights() async throws {
        let office = try await Office()
        try await office.share()
        let definition = try TriggerDefinition(.sample())
        for name in ["acme/writer", "acme/reader", "globex/user", "acme/nobody"] {
            let user = try await office.user(name)
            await #expect(throws: AdministrationError.self, "\(name)") {
                try await office.registry.addTrigger(definition, isEnabled: true, to: office.ferry, by: user)
            }
        }
        try await office.registry.addTrigger(
            definition, isEnabled: true, to: office.ferry, by: try await office.user("acme/manager"))
        for name in ["acme/writer", "acme/reader"] {
            #expect(try await office.registry.triggers(of: office.ferry, by: try await office.user(name)).count == 1)
        }
        for name in ["globex/user", "acme/nobody"] {
            let user = try await office.user(name)
            await #expect(throws: AdministrationError.self, "\(name)") {
                _ = try await office.registry.triggers(of: office.ferry, by: user)
            }
        }
    }

    @Test("fields that are not allowed are refused")
    func fields() throws {
        let changes: [(inout TriggerFields) -> Void] = [
            { $0.name = "" }, { $0.name = "a/b" }, { $0.name = String(repeating: "n", count: 65) },
            { $0.action = "delete" }, { $0.appType = "jobs" }, { $0.application = "" },
            { $0.application = "a\u{0}b" }, { $0.clusterNamespace = "" }, { $0.clusterID = "" }, { $0.mode = "k8s" },
            { $0.mode = "cci" }, { $0.type = "some" }, { $0.condition = "v1" }, { $0.condition = "" },
            { $0.container = String(repeating: "c", count: 257) },
        ]
        for (index, change) in changes.enumerated() {
            var fields = TriggerFields.sample()
            change(&fields)
            #expect(throws: ParseFailure.self, "\(index)") { try TriggerDefinition(fields) }
        }
        for (type, condition) in [("tag", ""), ("tag", "v1;;v2"), ("tag", "a b"), ("regular", "("), ("regular", "")] {
            #expect(throws: ParseFailure.self) {
                try TriggerDefinition(.sample(type: type, condition: condition))
            }
        }
    }

    @Test("one repository's calls do not wait for another's")
    func fairness() async throws {
        let office = try await Office()
        try await office.push("ships/tug")
        let tug = try RepositoryName(parsing: "ships/tug")
        try await office.add()
        try await office.registry.addTrigger(
            try TriggerDefinition(.sample()), isEnabled: true, to: tug, by: .dataOperator)
        try await office.pushed("a", "b", "c")
        try await office.pushed("z", to: "ships/tug", by: "acme/acme")
        let now = office.clock.now
        let due = try await office.registry.catalog.read { try $0.dueTriggerCalls(now: now, limit: 8) }
        #expect(due.map(\.repository.description) == ["ships/ferry", "ships/tug"])
        #expect(due.map(\.call.tag.description) == ["a", "z"])
    }
}
