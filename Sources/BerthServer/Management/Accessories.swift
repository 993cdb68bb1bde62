import BerthAccess
import BerthHTTP
import BerthOCI
import BerthRegistry
import Foundation
import HTTPTypes
import Hummingbird

extension ManagementOperation {
    static let accessories: [ManagementOperation] = [
        .init("list_references", .get, "/v2/manage/namespaces/{namespace}/repos/{repository}/{tag}/references") {
            try await $0.listReferences()
        },
        .init("list_repo_accessories", .get, "/v2/manage/namespaces/{namespace}/repos/{repository}/{tag}/accessories") {
            try await $0.listAccessories()
        },
    ]
}

extension ManagementExchange {
    fileprivate func listReferences() async throws -> Response {
        let name = try repositoryName()
        let tag = try tagName()
        let query = try ManagementQuery(query(), keys: ["limit", "marker"])
        let found = try await registry.listReferences(
            of: tag, in: name, after: query["marker"].map(Self.lastTag), limit: query.number("limit", in: 1...10) ?? 10,
            by: actor)
        let next = found.hasMore ? found.elements.last.map { Data("\($0)".utf8).base64EncodedString() } : nil
        return try .management(
            References(tags: found.elements.map(\.description), hasMore: found.hasMore, nextMarker: next))
    }

    fileprivate func listAccessories() async throws -> Response {
        let name = try repositoryName()
        let tag = try tagName()
        let query = try ManagementQuery(query(), keys: ["limit", "offset"])
        let found = try await registry.listAccessories(
            of: tag, in: name, offset: query.number("offset", in: 0...Int.max) ?? 0,
            limit: query.number("limit", in: 0...100) ?? 10, by: actor)
        let page = found.elements.map { AccessoryBody($0, in: name) }
        return try .management(Accessories(total: found.total, accessories: .init(value: page.isEmpty ? nil : page)))
    }

    /// Reads the marker of a list of references, which holds the last tag of the page before.
    private static func lastTag(_ marker: String) throws -> TagName {
        guard let data = Data(base64Encoded: marker), data.base64EncodedString() == marker,
            let tag = try? TagName(parsing: String(decoding: data, as: UTF8.self))
        else { throw ManagementQuery.invalid("marker", marker, expected: "what the page before gave") }
        return tag
    }
}

private struct References: Encodable {
    let tags: [String]
    let hasMore: Bool
    let nextMarker: String?
}

private struct Accessories: Encodable {
    let total: Int
    /// `null` where there are none.
    let accessories: ManagementJSON.Nullable<[AccessoryBody]>
}

private struct AccessoryBody: Encodable {
    let id: Int64
    let domainId: String
    let namespaceName: String
    let repoName: String
    let sigTag: String
    let sigDigest: Digest
    let targetDigest: Digest
    let size: Int64
    let type: String
    let createdAt: ManagementTime
    let updatedAt: ManagementTime

    init(_ accessory: Accessory, in repository: RepositoryName) {
        id = accessory.id
        domainId = accessory.owner.rawValue
        namespaceName = String(repository.organization)
        repoName = String(repository.name)
        sigTag = accessory.tag?.description ?? ""
        sigDigest = accessory.digest
        targetDigest = accessory.target
        size = accessory.size
        type = accessory.type
        createdAt = ManagementTime(accessory.createdAt)
        updatedAt = ManagementTime(accessory.updatedAt)
    }
}
