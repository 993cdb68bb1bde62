import BerthAccess
import BerthRegistry

extension ManagementOperation {
    /// What the audit log calls an attempt at it.
    private var audited: AuditAction {
        switch name {
        case "create_repo_domains": .shareAdd
        case "update_repo_domains": .shareUpdate
        case "delete_repo_domains": .shareRemove
        case "create_namespace_auth", "update_namespace_auth", "create_user_repository_auth",
            "update_user_repository_auth":
            .permissionSet
        case "delete_namespace_auth", "delete_user_repository_auth": .permissionRemove
        case "create_namespace": .organizationAdd
        case "delete_namespaces": .organizationRemove
        case "create_repo": .repositoryAdd
        case "delete_repo": .repositoryRemove
        case "create_repo_tag": .push
        case "delete_repo_tag": .delete
        case "create_manual_image_sync_repo": .copy
        case "create_secret", "create_authorization_token": .loginAdd
        default: isChange ? .repositoryUpdate : .read
        }
    }

    /// What the audit log says of a request, as far as its path can be read.
    func auditedRequest(_ exchange: ManagementExchange) -> AuditedRequest {
        var request = AuditedRequest(audited)
        if exchange.parameters["repository"] != nil { request.repository = try? exchange.repositoryName() }
        if exchange.parameters["namespace"] != nil, request.repository == nil {
            request.organization = try? exchange.organizationName()
        }
        if exchange.parameters["tag"] != nil { request.tag = try? exchange.tagName() }
        return request
    }
}
