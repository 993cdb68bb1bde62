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

private struct TriggerAnswer: Encodable {
    struct Call: Encodable {
        let action: String
        let appType: String
        let application: String
        let clusterId: String
        let clusterName: String
        let clusterNs: String
        let condition: String
        let container: String
        let createdAt: ManagementTime
        let creatorName: String
        let detail: String
        let result: String
        let tag: String
    }

    let name: String
    let action: String
    let appType: String
    let application: String
    let clusterId: String
    let clusterName: String
    let clusterNs: String
    let condition: String
    let container: String
    let createdAt: ManagementTime
    let creatorName: String
    let enable: String
    let triggerMode: String
    let triggerType: String
    /// `null` in lists.
    let triggerHistory: ManagementJSON.Nullable<[Call]>

    init(_ trigger: Trigger, of account: AccountName, withHistory: Bool) {
        let fields = trigger.fields
        name = fields.name
        action = fields.action
        appType = fields.appType
        application = fields.application
        clusterId = fields.clusterID
        clusterName = fields.clusterName
        clusterNs = fields.clusterNamespace
        condition = fields.condition
        container = fields.container
        createdAt = ManagementTime(trigger.createdAt)
        creatorName = Creator(id: nil, name: trigger.createdBy).userName(of: account)
        enable = trigger.isEnabled ? "true" : "false"
        triggerMode = fields.mode
        triggerType = fields.type
        triggerHistory = .init(
            value: withHistory ? trigger.history.map { Call($0, of: trigger, account: account) } : nil)
    }
}

extension TriggerAnswer.Call {
    fileprivate init(_ call: TriggerCallRecord, of trigger: Trigger, account: AccountName) {
        let fields = trigger.fields
        self.init(
            action: fields.action, appType: fields.appType, application: fields.application,
            clusterId: fields.clusterID, clusterName: fields.clusterName, clusterNs: fields.clusterNamespace,
            condition: fields.condition, container: fields.container, createdAt: ManagementTime(call.createdAt),
            creatorName: Creator(id: nil, name: trigger.createdBy).userName(of: account), detail: call.detail,
            result: call.result?.rawValue ?? "", tag: "\(call.tag)")
    }
}
