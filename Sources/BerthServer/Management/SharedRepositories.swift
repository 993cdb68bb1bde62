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
        let host = registry.settings.registryHost
        return try .management(
            found.elements.map { SharedRepositoryBody($0, total: found.total, registryHost: host) },
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
            SharedRepositoryPage(
                repos: found.elements.map { SharedRepositoryRow($0) },
                nextMarker: found.hasMore ? found.elements.last?.id.rawValue : nil),
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

/// A record of the second version's list.
private struct SharedRepositoryBody: Encodable {
    let name: String
    let category: String
    let description: String
    let size: Int64
    let isPublic: Bool
    let numImages: Int
    let numDownload: Int64
    let createdAt: ManagementTime
    let updatedAt: ManagementTime
    let logo = ""
    let url = ""
    let path: String
    let internalPath: String
    let domainName: String
    let namespace: String
    let tags: [TagName]
    let status: Bool
    let totalRange: Int

    init(_ image: SharedImage, total: Int, registryHost: String) {
        name = String(image.name.name)
        category = image.shownCategory
        description = image.description
        size = image.size
        isPublic = image.isPublic
        numImages = image.tagCount
        numDownload = image.pullCount
        createdAt = ManagementTime(image.createdAt)
        updatedAt = ManagementTime(image.updatedAt)
        path = "\(registryHost)/\(image.name)"
        internalPath = path
        domainName = image.owner.description
        namespace = String(image.name.organization)
        tags = image.newestTags
        status = image.status == .effective
        totalRange = total
    }
}

private struct SharedRepositoryPage: Encodable {
    let repos: [SharedRepositoryRow]
    let nextMarker: Int64?
}

/// A record of the third version's list.
private struct SharedRepositoryRow: Encodable {
    let id: Int64
    let name: String
    let category: String
    let description: String
    let size: Int64
    let isPublic: Bool
    let imageCount: Int
    let pullCount: Int64
    let createdAt: ManagementTime
    let updatedAt: ManagementTime
    let owner: String
    let organization: String
    let status: Bool

    enum CodingKeys: String, CodingKey {
        case id, name, category, description, size, status
        case isPublic = "is_public"
        case imageCount = "num_images"
        case pullCount = "num_download"
        case createdAt = "created_at"
        case updatedAt = "updated_at"
        case owner = "domain_name"
        case organization = "namespace_name"
    }

    init(_ image: SharedImage) {
        id = image.id.rawValue
        name = String(image.name.name)
        category = image.shownCategory
        description = image.description
        size = image.size
        isPublic = image.isPublic
        imageCount = image.tagCount
        pullCount = image.pullCount
        createdAt = ManagementTime(image.createdAt)
        updatedAt = ManagementTime(image.updatedAt)
        owner = image.owner.description
        organization = String(image.name.organization)
        status = image.status == .effective
    }
}

extension SharedImage {
    fileprivate var shownCategory: String { category.isEmpty ? "other" : category }
}
