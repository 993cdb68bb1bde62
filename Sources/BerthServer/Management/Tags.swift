import BerthAccess
import BerthCatalog
import BerthHTTP
import BerthOCI
import BerthRegistry
import HTTPTypes
import Hummingbird

extension ManagementOperation {
    static let tags: [ManagementOperation] = [
        .init("list_repository_tags", .get, "/v2/manage/namespaces/{namespace}/repos/{repository}/tags") {
            try await $0.listTags()
        },
        .init("list_repository_tag", .get, "/v3/manage/namespaces/{namespace}/repos/{repository}/tags") {
            try await $0.listTagsByMarker()
        },
        .init("create_repo_tag", .post, "/v2/manage/namespaces/{namespace}/repos/{repository}/tags") {
            try await $0.copyTag()
        },
        .init("show_repo_tag", .get, "/v2/manage/namespaces/{namespace}/repos/{repository}/tags/{tag}") {
            try await $0.showTag()
        },
        .init("delete_repo_tag", .delete, "/v2/manage/namespaces/{namespace}/repos/{repository}/tags/{tag}") {
            try await $0.removeTag()
        },
    ]
}

extension ManagementExchange {
    fileprivate func listTags() async throws -> Response {
        let name = try repositoryName()
        let query = try ManagementQuery(
            query(), keys: ["offset", "limit", "order_column", "order_type", "tag"])
        let page = try query.page()
        let found = try await registry.listTaggedImages(
            of: name, query.tagSelection(otherwise: (.updatedAt, descending: true)), offset: page.offset,
            limit: page.limit, by: actor)
        return try .management(
            found.elements.map { TagBody($0, path: path(of: $0, in: name), form: .listed) },
            headers: [.contentRange: page.contentRange(count: found.elements.count, total: found.total)],
            keys: .asWritten)
    }

    /// In the order of names where no other is asked for, so that a tag that is moved meanwhile is neither left out
    /// nor listed twice.
    fileprivate func listTagsByMarker() async throws -> Response {
        let name = try repositoryName()
        let query = try ManagementQuery(
            query(), keys: ["limit", "marker", "tag", "order_column", "order_type", "with_manifest"])
        let selection = try query.tagSelection(otherwise: (.name, descending: false))
        let marker = try query["marker"].map { try TagMarker(parsing: $0, for: selection) }
        let found = try await registry.listTaggedImages(
            of: name, selection, after: marker?.position, limit: query.number("limit", in: 1...1000) ?? 100,
            includingManifests: query.flag("with_manifest") ?? false, by: actor)
        let next = found.hasMore ? found.elements.last.map { TagMarker($0.position, in: selection).text } : nil
        return try .management(
            TagPage(
                tags: found.elements.map { TagBody($0, path: path(of: $0, in: name), form: .single) },
                nextMarker: next),
            keys: .asWritten)
    }

    fileprivate func showTag() async throws -> Response {
        let name = try repositoryName()
        let image = try await registry.showTaggedImage(tagName(), in: name, by: actor)
        return try .management(TagBody(image, path: path(of: image, in: name), form: .single), keys: .asWritten)
    }

    fileprivate func copyTag() async throws -> Response {
        let name = try repositoryName()
        let copy: TagCopy = try body()
        try await registry.copyTag(
            Self.tagName(copy.sourceTag), to: Self.tagName(copy.destinationTag), in: name,
            replacing: copy.override ?? false, by: actor)
        return .management(.created)
    }

    fileprivate func removeTag() async throws -> Response {
        try await registry.removeTag(tagName(), in: repositoryName(), by: actor)
        return .management(.noContent)
    }

    /// What engines pull the image by.
    private func path(of image: TaggedImage, in repository: RepositoryName) -> String {
        "\(publicAddress.host)/\(repository):\(image.name)"
    }
}

extension ManagementQuery {
    /// `tag`, `order_column` and `order_type`.
    fileprivate func tagSelection(
        otherwise standard: (column: TagSelection.Column, descending: Bool)
    ) throws -> TagSelection {
        let order = try order(["tag": .name, "updated_at": .updatedAt, "updated_time": .updatedAt]) ?? standard
        return TagSelection(containing: self["tag"], by: order.column, isDescending: order.descending)
    }
}

private struct TagCopy: Decodable {
    let sourceTag: String
    let destinationTag: String
    let override: Bool?
}

/// A tag: lists of v2 write it with other keys than v3 and the page of a single tag.
private struct TagBody: Encodable {
    enum Form { case listed, single }

    let image: TaggedImage
    let path: String
    let form: Form

    init(_ image: TaggedImage, path: String, form: Form) {
        self.image = image
        self.path = path
        self.form = form
    }

    enum CodingKeys: String, CodingKey {
        case id, tag, manifest, digest, schema, path, size, created, updated, deleted, scanned
        case capitalizedTag = "Tag"
        case repository = "repo_id"
        case imageID = "image_id"
        case internalPath = "internal_path"
        case isTrusted = "is_trusted"
        case account = "domain_id"
        case type = "tag_type"
    }

    func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(image.id, forKey: .id)
        try fields.encode(image.repository.rawValue, forKey: .repository)
        try fields.encode(image.name, forKey: form == .listed ? .capitalizedTag : .tag)
        try fields.encode(image.config?.hex ?? "", forKey: .imageID)
        try fields.encode(image.manifest ?? "", forKey: .manifest)
        try fields.encode(image.digest, forKey: .digest)
        try fields.encode(2, forKey: .schema)
        try fields.encode(path, forKey: .path)
        try fields.encode(path, forKey: .internalPath)
        try fields.encode(image.size, forKey: .size)
        try fields.encode(false, forKey: .isTrusted)
        try fields.encode(ManagementTime(image.createdAt), forKey: .created)
        try fields.encode(ManagementTime(image.updatedAt), forKey: .updated)
        try fields.encode(image.owner.rawValue, forKey: .account)
        try fields.encode(image.kind.number, forKey: .type)
        guard form == .listed else { return }
        try fields.encodeNil(forKey: .deleted)
        try fields.encode(false, forKey: .scanned)
    }
}

extension TaggedImage.Kind {
    fileprivate var number: Int {
        switch self {
        case .image: 0
        case .index: 1
        case .signature: 2
        }
    }
}

/// The marker is written under the names that different clients read.
private struct TagPage: Encodable {
    let tags: [TagBody]
    let nextMarker: String?

    enum CodingKeys: String, CodingKey {
        case tags, nextMarker
        case nextMarkerInSnakeCase = "next_marker"
        case hasMore = "has_more"
    }

    func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(tags, forKey: .tags)
        try fields.encodeIfPresent(nextMarker, forKey: .nextMarker)
        try fields.encodeIfPresent(nextMarker, forKey: .nextMarkerInSnakeCase)
        try fields.encode(nextMarker != nil, forKey: .hasMore)
    }
}
