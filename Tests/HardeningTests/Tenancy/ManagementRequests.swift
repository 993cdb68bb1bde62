import BerthTestSupport

@testable import BerthServer

/// Requests of the management API for every operation that it has.
enum ManagementRequests {
    /// What stands for the named segments of a path.
    struct Place {
        var organization: String
        var repository = "app"
        var tag = "v1"
        var trigger = "deploy"
        var retention = "1"
        var receiver = "bravo"

        fileprivate func path(of operation: ManagementOperation) -> String {
            [
                "{namespace}": organization, "{repository}": repository, "{tag}": tag, "{trigger}": trigger,
                "{retention_id}": retention, "{access_domain}": receiver,
            ].reduce("\(operation.path)") { $0.replacing($1.key, with: $1.value) }
        }
    }

    static let retentionRules =
        #"{"algorithm":"or","rules":[{"template":"tag_rule","params":{"num":9},"tag_selectors":[]}]}"#
    static let trigger = """
        {"name":"deploy","action":"update","app_type":"deployments","application":"web","cluster_id":"c-1",\
        "cluster_ns":"default","trigger_type":"all","condition":".*","enable":"true"}
        """
    static let synchronization = #"{"remoteRegionId":"region-2","remoteNamespace":"acme"}"#

    /// Every operation on an organization or on what is in one, with a body that is in order.
    static var all: [ManagementOperation] {
        ManagementOperation.all.filter { "\($0.path)".contains("{namespace}") }
    }

    /// The body of an operation that has one.
    ///
    /// - Parameter user: A user as the body of a permission names it, without braces.
    static func body(of operation: ManagementOperation, user: String) -> String? {
        switch operation.name {
        case "create_repo": #"{"repository":"app","is_public":false}"#
        case "update_repo": #"{"is_public":false,"description":"changed"}"#
        case "create_namespace_auth", "update_namespace_auth", "create_user_repository_auth",
            "update_user_repository_auth":
            "[{\(user),\"auth\":7}]"
        case "delete_namespace_auth", "delete_user_repository_auth":
            "[" + user.split(separator: ",")[0].replacing("\"user_id\":", with: "") + "]"
        case "create_repo_tag": #"{"source_tag":"v1","destination_tag":"v2"}"#
        case "create_repo_domains": #"{"access_domain":"bravo","permit":"read","deadline":"forever"}"#
        case "update_repo_domains": #"{"permit":"read","deadline":"forever","description":"changed"}"#
        case "create_retention", "update_retention": retentionRules
        case "create_trigger": trigger
        case "update_trigger": #"{"enable":"false"}"#
        case "create_image_sync_repo", "delete_image_sync_repo": synchronization
        case "create_manual_image_sync_repo":
            #"{"imageTag":["v1"],"remoteRegionId":"region-2","remoteNamespace":"acme"}"#
        default: nil
        }
    }

    /// The path and query of an operation.
    static func target(of operation: ManagementOperation, at place: Place) -> String {
        place.path(of: operation) + (operation.name == "show_sync_job" ? "?limit=10&offset=0" : "")
    }
}

extension Scenario {
    /// Sends a request of the management API with a token.
    func manage(_ operation: ManagementOperation, _ target: String, token: String, json: String?) async throws
        -> TestResponse
    {
        try await client.send(
            "\(operation.method)", target,
            headers: [("X-Auth-Token", token), ("Content-Type", "application/json")],
            body: json.map { .bytes(Array($0.utf8)) } ?? .none)
    }
}
