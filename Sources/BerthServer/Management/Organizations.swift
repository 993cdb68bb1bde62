import BerthAccess
import BerthCatalog
import BerthOCI
import BerthRegistry
import Hummingbird

extension ManagementOperation {
    static let organizations: [ManagementOperation] = [
        .init("create_namespace", .post, "/v2/manage/namespaces") { try await $0.createOrganization() },
        .init("list_namespaces", .get, "/v2/manage/namespaces") { try await $0.listOrganizations() },
        .init("show_namespace", .get, "/v2/manage/namespaces/{namespace}") { try await $0.showOrganization() },
        .init("delete_namespaces", .delete, "/v2/manage/namespaces/{namespace}") { try await $0.removeOrganization() },
    ]
}

extension ManagementExchange {
    fileprivate func createOrganization() async throws -> Response {
        struct Body: Decodable {
            let namespace: String
        }
        let name = try Self.organizationName(try body(Body.self).namespace)
        try await registry.addOrganization(name, account: .name(account), by: actor)
        return .management(.created)
    }

    fileprivate func listOrganizations() async throws -> Response {
        struct Body: Encodable {
            let namespaces: [OrganizationBody]
        }
        let query = try ManagementQuery(try self.query(), keys: ["namespace", "mode"])
        let isVisible: Bool
        switch query["mode"] {
        case nil: isVisible = false
        case "visible": isVisible = true
        case .some(let text):
            throw ManagementError(
                .badRequest, query.isFilter ? .invalidFilter : .invalidQuery,
                "\(ParseFailure("mode", found: text, expected: "visible, or nothing"))")
        }
        let text = query["namespace"]
        let name = text.flatMap { try? OrganizationName(parsing: $0) }
        // What cannot be the name of an organization is the name of none.
        let found =
            text != nil && name == nil
            ? [] : try await registry.listOrganizations(named: name, includesVisible: isVisible, by: actor)
        return try .management(Body(namespaces: found.map { OrganizationBody($0, isCounted: true) }))
    }

    fileprivate func showOrganization() async throws -> Response {
        let found = try await registry.showOrganization(organizationName(), by: actor)
        return try .management(OrganizationBody(found, isCounted: false))
    }

    fileprivate func removeOrganization() async throws -> Response {
        try await registry.removeOrganization(organizationName(), by: actor)
        return .management(.noContent)
    }
}

private struct OrganizationBody: Encodable {
    let id: Int64
    let name: String
    let creatorName: String
    /// 0 for one that is seen only because of a repository in it.
    let auth: Int
    /// Of lists only, like the next one.
    let accessUserCount: Int?
    let repoCount: Int?

    init(_ summary: OrganizationSummary, isCounted: Bool) {
        id = summary.organization.id.rawValue
        name = summary.organization.name.description
        creatorName = summary.organization.creator.userName(of: summary.organization.account)
        auth = summary.permission?.rawValue ?? 0
        accessUserCount = isCounted ? summary.userCount : nil
        repoCount = isCounted ? summary.repositoryCount : nil
    }
}
