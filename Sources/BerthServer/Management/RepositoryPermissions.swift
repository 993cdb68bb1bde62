import BerthOCI
import BerthRegistry
import Hummingbird

extension ManagementOperation {
    static let repositoryPermissions: [ManagementOperation] = [
        .init("create_user_repository_auth", .post, "/v2/manage/namespaces/{namespace}/repos/{repository}/access") {
            let name = try $0.repositoryName()
            try await $0.registry.addPermissions(
                $0.permissionEntries(.invalidRepositoryPermission), on: .repository(name), by: $0.actor)
            return .management(.created)
        },
        .init("update_user_repository_auth", .patch, "/v2/manage/namespaces/{namespace}/repos/{repository}/access") {
            let name = try $0.repositoryName()
            try await $0.registry.updatePermissions(
                $0.permissionEntries(.invalidRepositoryPermission), on: .repository(name), by: $0.actor)
            return .management(.created)
        },
        .init("delete_user_repository_auth", .delete, "/v2/manage/namespaces/{namespace}/repos/{repository}/access") {
            let name = try $0.repositoryName()
            try await $0.registry.removePermissions(of: $0.userIDs(), on: .repository(name), by: $0.actor)
            return .management(.noContent)
        },
        .init("show_user_repository_auth", .get, "/v2/manage/namespaces/{namespace}/repos/{repository}/access") {
            let name = try $0.repositoryName()
            let permissions = try await $0.registry.showPermissions(on: .repository(name), by: $0.actor)
            return try .management(PermissionsBody(permissions, name: String(name.name)))
        },
    ]
}
