import BerthAccess
import BerthCatalog
import BerthHTTP
import BerthOCI
import BerthRegistry
import Foundation
import HTTPTypes
import Hummingbird

extension ManagementOperation {
    static let synchronization: [ManagementOperation] = [
        .init("create_image_sync_repo", .post, "/v2/manage/namespaces/{namespace}/repos/{repository}/sync_repo") {
            try await $0.createSynchronization()
        },
        .init(
            "list_image_auto_sync_repos_details", .get, "/v2/manage/namespaces/{namespace}/repos/{repository}/sync_repo"
        ) { try await $0.listSynchronizations() },
        .init("delete_image_sync_repo", .delete, "/v2/manage/namespaces/{namespace}/repos/{repository}/sync_repo") {
            try await $0.deleteSynchronization()
        },
        .init(
            "create_manual_image_sync_repo", .post, "/v2/manage/namespaces/{namespace}/repos/{repository}/sync_images"
        ) { try await $0.synchronizeImages() },
        .init("show_sync_job", .get, "/v2/manage/namespaces/{namespace}/repos/{repository}/sync_job") {
            try await $0.listSynchronizationJobs()
        },
        .init("list_sync_regions", .get, "/v2/manage/regions") { try await $0.listRegions() },
    ]
}

extension ManagementExchange {
    fileprivate func createSynchronization() async throws -> Response {
        struct Rule: Decodable {
            let remoteRegionId: String
            let remoteNamespace: String
            let syncAuto: Bool?
            let override: Bool?
        }
        struct Empty: Encodable {}
        let name = try repositoryName()
        let rule = try body(Rule.self, keys: .asWritten)
        try await registry.setSynchronization(
            to: try Self.target(rule.remoteRegionId, rule.remoteNamespace), isAutomatic: rule.syncAuto ?? false,
            overrides: rule.override ?? false, of: name, by: actor)
        return try .management(Empty(), keys: .asWritten)
    }

    fileprivate func listSynchronizations() async throws -> Response {
        let found = try await registry.synchronizations(of: try repositoryName(), by: actor)
        return try .management(
            found.entries.map { rule in
                ManagementJSON.Joined(CopyFields(rule, of: found), RuleFields(syncAuto: rule.isAutomatic))
            },
            keys: .asWritten)
    }

    fileprivate func deleteSynchronization() async throws -> Response {
        struct Rule: Decodable {
            let remoteRegionId: String
            let remoteNamespace: String
        }
        let name = try repositoryName()
        let rule = try body(Rule.self, keys: .asWritten)
        try await registry.removeSynchronization(
            to: try Self.target(rule.remoteRegionId, rule.remoteNamespace), of: name, by: actor)
        return .management(.ok)
    }

    /// Answers with the tags that are to be copied.
    fileprivate func synchronizeImages() async throws -> Response {
        struct Order: Decodable {
            let imageTag: [String]
            let remoteRegionId: String
            let remoteNamespace: String
            let override: Bool?
        }
        let name = try repositoryName()
        let order = try body(Order.self, keys: .asWritten)
        var seen: Set<TagName> = []
        let tags = try order.imageTag.map(Self.tagName).filter { seen.insert($0).inserted }
        try await registry.synchronize(
            tags, of: name, to: try Self.target(order.remoteRegionId, order.remoteNamespace),
            overriding: order.override ?? false, by: actor)
        return try .management(tags.map(\.description), keys: .asWritten)
    }

    fileprivate func listSynchronizationJobs() async throws -> Response {
        let name = try repositoryName()
        let query = try ManagementQuery(try query(), keys: ["limit", "offset", "order"])
        guard let limit = try query.number("limit", in: 0...1000),
            let offset = try query.number("offset", in: 0...Int.max)
        else { throw ManagementError(.badRequest, .invalidQuery, "limit and offset are missing: expected both") }
        let newestFirst: Bool
        switch query["order"] {
        case nil, "desc": newestFirst = true
        case "asc": newestFirst = false
        case .some(let text): throw ManagementQuery.invalid("order", text, expected: "asc or desc")
        }
        let found = try await registry.synchronizationJobs(
            of: name, newestFirst: newestFirst, offset: offset, limit: limit, by: actor)
        let page = OffsetPage(offset: offset, limit: limit)
        return try .management(
            found.entries.map { job in
                ManagementJSON.Joined(CopyFields(job, of: found), JobFields(job, owner: found.ownerName))
            },
            headers: [.contentRange: page.contentRange(count: found.entries.count, total: found.total)],
            keys: .asWritten)
    }

    fileprivate func listRegions() async throws -> Response {
        struct Answer: Encodable {
            let regionID: String
        }
        let regions = try await registry.remoteRegions(by: actor)
        return try .management(regions.map { Answer(regionID: $0.description) }, keys: .asWritten)
    }

    private static func target(_ region: String, _ organization: String) throws -> SynchronizationTarget {
        do {
            return SynchronizationTarget(
                region: try Region(parsing: region), organization: try organizationName(organization))
        } catch let failure as ParseFailure {
            throw ManagementError(.badRequest, .invalidBody, "\(failure)")
        }
    }
}

/// What rules and jobs both tell: what is copied where.
private struct CopyFields: Encodable {
    let createdAt: ManagementTime
    let domainID: String
    let domainName: String
    let id: Int64
    let namespace: String
    let override: Bool
    let remoteNamespace: String
    let remoteRegionId: String
    let repoName: String
    let updatedAt: ManagementTime

    init(_ rule: SynchronizationRule, of repository: SynchronizedRepository<SynchronizationRule>) {
        self.init(
            id: rule.id.rawValue, target: rule.target, overrides: rule.overrides, createdAt: rule.createdAt,
            updatedAt: rule.updatedAt, of: repository)
    }

    init(_ job: SynchronizationJob, of repository: SynchronizedRepository<SynchronizationJob>) {
        self.init(
            id: job.id.rawValue, target: job.order.target, overrides: job.order.overrides, createdAt: job.createdAt,
            updatedAt: job.updatedAt, of: repository)
    }

    private init<Entry>(
        id: Int64, target: SynchronizationTarget, overrides: Bool, createdAt: Date, updatedAt: Date,
        of repository: SynchronizedRepository<Entry>
    ) {
        self.id = id
        self.createdAt = ManagementTime(createdAt)
        self.updatedAt = ManagementTime(updatedAt)
        domainID = repository.owner.rawValue
        domainName = repository.ownerName.description
        namespace = String(repository.name.organization)
        repoName = String(repository.name.name)
        override = overrides
        remoteNamespace = target.organization.description
        remoteRegionId = target.region.description
    }
}

private struct RuleFields: Encodable {
    let syncAuto: Bool
}

private struct JobFields: Encodable {
    let status: String
    let syncOperatorId: String
    let syncOperatorName: String
    let tag: String

    init(_ job: SynchronizationJob, owner: AccountName) {
        status = job.status.rawValue
        syncOperatorId = job.order.orderer.id?.rawValue ?? ""
        syncOperatorName = job.order.orderer.userName(of: owner)
        tag = job.order.tag.description
    }
}
