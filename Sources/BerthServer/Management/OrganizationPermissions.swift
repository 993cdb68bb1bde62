import BerthAccess
import BerthOCI
import BerthRegistry
import Hummingbird

extension ManagementOperation {
    static let organizationPermissions: [ManagementOperation] = [
        .init("create_namespace_auth", .post, "/v2/manage/namespaces/{namespace}/access") {
            let name = try $0.organizationName()
            try await $0.registry.addPermissions(
                $0.permissionEntries(.invalidOrganizationPermission), on: .organization(name), by: $0.actor)
            return .management(.created)
        },
        .init("update_namespace_auth", .patch, "/v2/manage/namespaces/{namespace}/access") {
            let name = try $0.organizationName()
            try await $0.registry.updatePermissions(
                $0.permissionEntries(.invalidOrganizationPermission), on: .organization(name), by: $0.actor)
            return .management(.created)
        },
        .init("delete_namespace_auth", .delete, "/v2/manage/namespaces/{namespace}/access") {
            let name = try $0.organizationName()
            try await $0.registry.removePermissions(of: $0.userIDs(), on: .organization(name), by: $0.actor)
            return .management(.noContent)
        },
        .init("show_namespace_auth", .get, "/v2/manage/namespaces/{namespace}/access") {
            let name = try $0.organizationName()
            let permissions = try await $0.registry.showPermissions(on: .organization(name), by: $0.actor)
            let creator = permissions.creator.userName(of: $0.account)
            return try .management(PermissionsBody(permissions, name: name.description, creatorName: creator))
        },
    ]
}

extension ManagementExchange {
    /// The body of a change of permissions: who gets what.
    ///
    /// - Parameter code: What a value that is none of 7, 3 and 1 is answered with.
    /// - Throws: ``ManagementError`` with 400.
    func permissionEntries(_ code: ManagementErrorCode) throws -> [PermissionEntry] {
        struct Entry: Decodable {
            let userId: String
            let userName: String
            let auth: Int
        }
        return try body([Entry].self).map { entry in
            guard let permission = Permission(rawValue: entry.auth) else {
                throw ManagementError(
                    .badRequest, code, "auth is \(entry.auth): expected 7 for manage, 3 for write or 1 for read")
            }
            guard let name = try? UserName(parsing: entry.userName) else {
                throw ManagementError(
                    .badRequest, .invalidUserName,
                    "\(ParseFailure("user_name", found: entry.userName, expected: "the name of a user"))")
            }
            return PermissionEntry(
                userID: UserID(rawValue: entry.userId), userName: name, permission: permission)
        }
    }

    /// The body of a removal of permissions: whose.
    ///
    /// - Throws: ``ManagementError`` with 400.
    func userIDs() throws -> [UserID] { try body([String].self).map(UserID.init(rawValue:)) }
}

/// Who holds what, as both permission resources tell it.
struct PermissionsBody: Encodable {
    struct Entry: Encodable {
        let userId: String
        let userName: String
        let auth: Int

        init(_ holder: PermissionOverview.Holder) {
            userId = holder.id.rawValue
            userName = holder.name.description
            auth = holder.permission?.rawValue ?? 0
        }
    }

    let id: Int64
    let name: String
    /// Of organizations only.
    let creatorName: String?
    let selfAuth: Entry
    let othersAuths: [Entry]

    init(_ permissions: PermissionOverview, name: String, creatorName: String? = nil) {
        id = permissions.id
        self.name = name
        self.creatorName = creatorName
        selfAuth = Entry(permissions.own)
        othersAuths = permissions.others.map(Entry.init)
    }
}
