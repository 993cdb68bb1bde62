import BerthAccess
import BerthCatalog
import BerthHTTP
import BerthIdentity
import BerthOCI
import BerthRegistry
import Foundation
import HTTPTypes
import Hummingbird

extension ManagementOperation {
    static let overview: [ManagementOperation] = [
        .init("list_quotas", .get, "/v2/manage/projects/{project_id}/quotas") { try await $0.listQuotas() },
        .init("show_share_feature_gates", .get, "/v2/manage/projects/{project_id}/feature-gates") {
            try await $0.showFeatureGates()
        },
        .init("show_domain_overview", .get, "/v2/manage/overview") { try await $0.showOverview() },
        .init("show_domain_resource_reports", .get, "/v2/manage/reports/{resource_type}/{frequency}") {
            try await $0.showReport()
        },
    ]
}

extension ManagementExchange {
    fileprivate func listQuotas() async throws -> Response {
        struct Body: Encodable {
            struct Entry: Encodable {
                let quotaKey: String
                let quotaLimit: Int64
                let used: Int64
                let unit: String
            }
            let quotas: [Entry]
        }
        let quotas = try await registry.listQuotas(of: projectID(), by: actor)
        return try .management(
            Body(
                quotas: quotas.map {
                    Body.Entry(
                        quotaKey: Self.key(of: $0.quota), quotaLimit: $0.limit ?? -1, used: $0.used,
                        unit: $0.quota == .storage ? "byte" : "")
                }))
    }

    fileprivate func showOverview() async throws -> Response {
        struct Body: Encodable {
            let domainId: String
            let domainName: String
            let namspaceNum: Int
            let repoNum: Int
            let imageNum: Int
            let storeSpace: Double
            let downflowSize: Double
        }
        let overview = try await registry.overview(of: .name(account), by: actor)
        return try .management(
            Body(
                domainId: overview.account.description, domainName: overview.name.description,
                namspaceNum: overview.organizations, repoNum: overview.repositories, imageNum: overview.tags,
                storeSpace: Self.megabytes(overview.storedBytes), downflowSize: Self.megabytes(overview.pulledBytes)))
    }

    fileprivate func showReport() async throws -> Response {
        struct Entry: Encodable {
            let date: String
            let value: Double
        }
        let bytes: @Sendable (DailyUsage) -> Int64 =
            switch parameter("resource_type") {
            case "store": { $0.storedBytes }
            case "downflow": { $0.pulledBytes }
            case let other: throw ManagementQuery.invalid("resource_type", other, expected: "store or downflow")
            }
        guard parameter("frequency") == "daily" else {
            throw ManagementQuery.invalid("frequency", parameter("frequency"), expected: "daily")
        }
        let days = try await registry.dailyUsage(of: .name(account), by: actor)
        return try .management(
            days.map { day in
                Entry(
                    date: Date(timeIntervalSince1970: Double(day.day) * 86_400)
                        .formatted(.iso8601.year().month().day()),
                    value: Self.megabytes(bytes(day)))
            })
    }

    /// What of the service there is here.
    fileprivate func showFeatureGates() async throws -> Response {
        struct Body: Encodable {
            let enableAuthorizationToken = true
            let enableCciService = false
            let enableCosignSignature = true
            let enableCustomizeValidityPeriod = true
            let enableEnterpriseEditionLink = false
            let enableExperience = false
            let enableHssService = false
            let enableImageLabel = false
            let enableImageQuota = true
            let enableImageScan = false
            let enableImageSync = true
            let enableListV3 = true
            let enablePipeline = false
            let enableResource = true
            let enableSm3 = false
            let swrUtilDownloadUrl = ""
        }
        try await registry.confirmProject(projectID(), by: actor)
        return try .management(Body())
    }

    /// The project that the path names.
    ///
    /// - Throws: ``ManagementError`` with 400 for the placeholder that clients send who know of no project.
    private func projectID() throws -> ProjectID {
        let text = parameter("project_id")
        guard text.utf8.count <= 64, text.utf8.allSatisfy({ isNameByte($0) }) else {
            let failure = ParseFailure("project_id", found: text, expected: "the id of a project of your account")
            throw ManagementError(.badRequest, .invalidBody, "\(failure)")
        }
        return ProjectID(rawValue: text)
    }

    private func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    private static func key(of quota: Quota) -> String {
        switch quota {
        case .organizations: "namespace"
        case .repositories: "repo"
        case .tags: "tag"
        case .storage: "storage"
        }
    }

    /// Millions of bytes.
    private static func megabytes(_ bytes: Int64) -> Double { Double(bytes) / 1_000_000 }
}
