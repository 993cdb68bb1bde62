import BerthCatalog
import BerthOCI
import BerthRegistry
import HTTPTypes
import Hummingbird

extension ManagementOperation {
    static let repositories: [ManagementOperation] = [
        .init("create_repo", .post, "/v2/manage/namespaces/{namespace}/repos") { try await $0.createRepository() },
        .init("update_repo", .patch, "/v2/manage/namespaces/{namespace}/repos/{repository}") {
            try await $0.updateRepository()
        },
        .init("show_repository", .get, "/v2/manage/namespaces/{namespace}/repos/{repository}") {
            try await $0.showRepository()
        },
        .init("delete_repo", .delete, "/v2/manage/namespaces/{namespace}/repos/{repository}") {
            try await $0.registry.removeRepository($0.repositoryName(), requiringEmpty: true, by: $0.actor)
            return .management(.noContent)
        },
        .init("list_repos_details", .get, "/v2/manage/repos") { try await $0.listRepositories() },
        .init("list_repo_details", .get, "/v3/manage/repos") { try await $0.listRepositoriesByMarker() },
    ]
}

extension ManagementExchange {
    private struct Attributes: Decodable {
        let isPublic: Visibility
        let category: String?
        let description: String?
    }

    fileprivate func createRepository() async throws -> Response {
        struct Name: Decodable {
            let repository: String
        }
        let organization = try organizationName()
        let name = try Self.repositoryName(try body(Name.self).repository, in: organization)
        let attributes = try body(Attributes.self)
        try await registry.createRepository(
            name, isPublic: attributes.isPublic.isPublic,
            description: try attributes.description.map { try RepositoryDescription(parsing: $0) },
            category: try attributes.category.map { try Self.category($0) } ?? .other, by: actor)
        return .management(.created)
    }

    fileprivate func updateRepository() async throws -> Response {
        let name = try repositoryName()
        let attributes = try body(Attributes.self)
        try await registry.updateRepository(
            name, isPublic: attributes.isPublic.isPublic,
            description: try attributes.description.map { try RepositoryDescription(parsing: $0) },
            category: try attributes.category.map { try Self.category($0) }, by: actor)
        return .management(.created)
    }

    fileprivate func showRepository() async throws -> Response {
        let repository = try await registry.describeRepository(repositoryName(), by: actor)
        return try .management(RepositoryBody(repository, to: account, registryHost: publicAddress.host))
    }

    fileprivate func listRepositories() async throws -> Response {
        let query = try ManagementQuery(
            try self.query(),
            keys: [
                "namespace", "name", "category", "is_public", "limit", "offset", "order_column", "order_type",
            ])
        let page = try query.page()
        let order = try query.order([
            "updated_time": RepositoryOrder.update, "updated_at": .update, "name": .name, "tag_count": .tags,
            "namespace": .organization, "is_public": .visibility,
        ])
        let found = try await registry.listRepositories(
            matching: try repositoryFilter(query), order: order?.column ?? .update,
            descending: order?.descending ?? true, offset: page.offset, limit: page.limit ?? .max, by: actor)
        let host = publicAddress.host
        return try .management(
            found.entries.map {
                ListedRepositoryBody($0.repository, tags: $0.tags, total: found.total, registryHost: host)
            },
            headers: [.contentRange: page.contentRange(count: found.entries.count, total: found.total)])
    }

    fileprivate func listRepositoriesByMarker() async throws -> Response {
        let query = try ManagementQuery(
            try self.query(), keys: ["namespace", "name", "category", "is_public", "limit", "marker"])
        let limit = try query.number("limit", in: 1...1000) ?? 100
        let marker = try query.number("marker", in: 0...Int.max).map { RepositoryID(rawValue: Int64($0)) }
        let (repositories, hasMore) = try await registry.listRepositories(
            matching: try repositoryFilter(query), after: marker, limit: limit, by: actor)
        return try .management(
            MarkedRepositoriesBody(
                repos: repositories.map { MarkedRepositoryBody($0, status: nil) },
                nextMarker: hasMore ? repositories.last?.id.rawValue : nil),
            keys: .asWritten)
    }

    private func repositoryFilter(_ query: ManagementQuery) throws -> RepositoryFilter {
        RepositoryFilter(
            organization: query["namespace"].map { query.isFilter ? .containing($0) : .exactly($0) },
            name: query["name"]?.replacing("$", with: "/"),
            category: try query["category"].map { try Self.category($0, code: .invalidQuery).rawValue },
            isPublic: try query.flag("is_public"))
    }

    private static func category(
        _ text: String, code: ManagementErrorCode = .invalidBody
    ) throws -> RepositoryCategory {
        guard let category = RepositoryCategory(rawValue: text) else {
            let all = RepositoryCategory.allCases.map(\.rawValue).joined(separator: ", ")
            throw ManagementError(
                .badRequest, code, "\(ParseFailure("category", found: text, expected: "one of \(all)"))")
        }
        return category
    }
}

/// `is_public`, whose errors have a code of their own.
private struct Visibility: Decodable {
    let isPublic: Bool

    init(from decoder: any Decoder) throws {
        guard let value = try? decoder.singleValueContainer().decode(Bool.self) else {
            throw ManagementError(
                .badRequest, .visibilityNotBoolean, "is_public is no boolean: expected true or false")
        }
        isPublic = value
    }
}
