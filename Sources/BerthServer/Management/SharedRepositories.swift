import BerthAccess
import BerthCatalog
import BerthHTTP
import BerthOCI
import BerthRegistry
import HTTPTypes
import Hummingbird

extension ManagementOperation {
    static let sharedRepositories: [ManagementOperation] = [
        .init("list_shared_repos_details", .get, "/v2/manage/shared-repositories") {
            try await $0.listSharedRepositories()
        },
        .init("list_shared_repo_details", .get, "/v3/manage/shared-repositories") {
            try await $0.listSharedRepositoriesByMarker()
        },
    ]
}

extension ManagementExchange {
    fileprivate func listSharedRepositories() async throws -> Response {
        let query = try ManagementQuery(
            query(),
            keys: [
                "center", "namespace", "name", "domain_name", "status", "limit", "offset", "order_column",
                "order_type",
            ])
        var list = try query.sharedImages(side: "center")
        list.owner = query["domain_name"]
        let order = try query.order([
            "updated_at": SharedImageSelection.Column.updatedAt, "updated_time": .updatedAt, "name": .name,
            "tag_count": .tags, "namespace": .organization, "domain_name": .owner,
        ])
        (list.column, list.isDescending) = order ?? (.updatedAt, true)
        let page = try query.page()
        let found = try await registry.listSharedImages(list, offset: page.offset, limit: page.limit, by: actor)
        let host = publicAddress.host
        return try .management(
            found.elements.map {
                ListedRepositoryBody(
                    $0.repository, tags: $0.newestTags, status: $0.status == .effective, total: found.total,
                    registryHost: host)
            },
            headers: [.contentRange: page.contentRange(count: found.elements.count, total: found.total)])
    }

    fileprivate func listSharedRepositoriesByMarker() async throws -> Response {
        let query = try ManagementQuery(
            query(), keys: ["shared_by", "namespace", "name", "status", "limit", "marker"])
        let list = try query.sharedImages(side: "shared_by")
        let marker = try query.number("marker", in: 0...Int.max)
        let found = try await registry.listSharedImages(
            list, after: marker.map { RepositoryID(rawValue: Int64($0)) },
            limit: query.number("limit", in: 1...1000) ?? 100, by: actor)
        return try .management(
            MarkedRepositoriesBody(
                repos: found.elements.map { MarkedRepositoryBody($0.repository, status: $0.status == .effective) },
                nextMarker: found.hasMore ? found.elements.last?.repository.id.rawValue : nil),
            keys: .asWritten)
    }
}

extension ManagementQuery {
    /// The side of sharing under `key`, and what to look for.
    fileprivate func sharedImages(side key: String) throws -> SharedImageList {
        let side: SharingSide =
            switch self[key] {
            case "self": .given
            case "thirdparty": .received
            case let text: throw Self.invalid(key, text ?? "", expected: "self or thirdparty")
            }
        var list = SharedImageList(of: side)
        list.organization = self["namespace"]
        list.name = self["name"]?.replacing("$", with: "/")
        list.isEffective = try flag("status")
        return list
    }
}
