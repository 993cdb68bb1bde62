import BerthAccess
import BerthCatalog
import BerthHTTP
import BerthOCI
import BerthRegistry
import HTTPTypes
import Hummingbird

extension ManagementOperation {
    static let triggers: [ManagementOperation] = [
        .init("create_trigger", .post, "/v2/manage/namespaces/{namespace}/repos/{repository}/triggers") {
            try await $0.createTrigger()
        },
        .init("list_triggers_details", .get, "/v2/manage/namespaces/{namespace}/repos/{repository}/triggers") {
            try await $0.listTriggers()
        },
        .init("show_trigger", .get, "/v2/manage/namespaces/{namespace}/repos/{repository}/triggers/{trigger}") {
            try await $0.showTrigger()
        },
        .init("update_trigger", .patch, "/v2/manage/namespaces/{namespace}/repos/{repository}/triggers/{trigger}") {
            try await $0.updateTrigger()
        },
        .init("delete_trigger", .delete, "/v2/manage/namespaces/{namespace}/repos/{repository}/triggers/{trigger}") {
            try await $0.deleteTrigger()
        },
    ]
}

extension ManagementExchange {
    fileprivate func createTrigger() async throws -> Response {
        let name = try repositoryName()
        let request = try body(TriggerRequest.self)
        let isEnabled = try Self.isEnabled(request.enable)
        do {
            let definition = try TriggerDefinition(request.fields)
            try await registry.addTrigger(definition, isEnabled: isEnabled, to: name, by: actor)
        } catch let failure as ParseFailure {
            throw ManagementError(.badRequest, .invalidBody, "\(failure)")
        }
        return .management(.created)
    }

    fileprivate func listTriggers() async throws -> Response {
        let triggers = try await registry.triggers(of: try repositoryName(), by: actor)
        return try .management(triggers.map { TriggerAnswer($0, of: account, withHistory: false) })
    }

    fileprivate func showTrigger() async throws -> Response {
        let trigger = try await registry.trigger(
            named: parameter("trigger"), of: try repositoryName(), by: actor)
        return try .management(TriggerAnswer(trigger, of: account, withHistory: true))
    }

    fileprivate func updateTrigger() async throws -> Response {
        struct Change: Decodable {
            let enable: String
        }
        let name = try repositoryName()
        let isEnabled = try Self.isEnabled(try body(Change.self).enable)
        try await registry.setTriggerEnabled(isEnabled, named: parameter("trigger"), of: name, by: actor)
        return .management(.created)
    }

    fileprivate func deleteTrigger() async throws -> Response {
        try await registry.removeTrigger(named: parameter("trigger"), of: try repositoryName(), by: actor)
        return .management(.noContent)
    }

    private static func isEnabled(_ text: String) throws -> Bool {
        switch text {
        case "true": return true
        case "false": return false
        default:
            let failure = ParseFailure("enable", found: text, expected: "the text true or false")
            throw ManagementError(.badRequest, .invalidBody, "\(failure)")
        }
    }
}

private struct TriggerRequest: Decodable {
    let name: String
    let action: String
    let appType: String
    let application: String
    let clusterId: String?
    let clusterName: String?
    let clusterNs: String
    let container: String?
    let triggerMode: String?
    let triggerType: String
    let condition: String
    let enable: String

    var fields: TriggerFields {
        TriggerFields(
            name: name, action: action, appType: appType, application: application, clusterID: clusterId ?? "",
            clusterName: clusterName ?? "", clusterNamespace: clusterNs, container: container ?? "",
            mode: triggerMode ?? "", type: triggerType, condition: condition)
    }
}

/// What a trigger and each of its calls tell: what is to be done, and who asked for it.
private struct WorkloadFields: Encodable {
    let action: String
    let appType: String
    let application: String
    let clusterId: String
    let clusterName: String
    let clusterNs: String
    let condition: String
    let container: String
    let creatorName: String

    init(_ trigger: Trigger, of account: AccountName) {
        let fields = trigger.fields
        action = fields.action
        appType = fields.appType
        application = fields.application
        clusterId = fields.clusterID
        clusterName = fields.clusterName
        clusterNs = fields.clusterNamespace
        condition = fields.condition
        container = fields.container
        creatorName = trigger.creator.userName(of: account)
    }
}

private struct OwnFields: Encodable {
    let name: String
    let createdAt: ManagementTime
    let enable: String
    let triggerMode: String
    let triggerType: String
    /// `null` in lists.
    let triggerHistory: ManagementJSON.Nullable<[ManagementJSON.Joined<WorkloadFields, CallFields>]>
}

private struct CallFields: Encodable {
    let createdAt: ManagementTime
    let detail: String
    let result: String
    let tag: String

    init(_ call: TriggerCallRecord) {
        createdAt = ManagementTime(call.createdAt)
        detail = call.detail
        result = call.result?.rawValue ?? ""
        tag = "\(call.tag)"
    }
}

private typealias TriggerAnswer = ManagementJSON.Joined<WorkloadFields, OwnFields>

extension TriggerAnswer {
    fileprivate init(_ trigger: Trigger, of account: AccountName, withHistory: Bool) {
        let workload = WorkloadFields(trigger, of: account)
        let history = trigger.history.map { ManagementJSON.Joined(workload, CallFields($0)) }
        self.init(
            workload,
            OwnFields(
                name: trigger.fields.name, createdAt: ManagementTime(trigger.createdAt),
                enable: trigger.isEnabled ? "true" : "false", triggerMode: trigger.fields.mode,
                triggerType: trigger.fields.type, triggerHistory: .init(value: withHistory ? history : nil)))
    }
}
