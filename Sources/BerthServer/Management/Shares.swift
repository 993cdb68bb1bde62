import BerthAccess
import BerthHTTP
import BerthOCI
import BerthRegistry
import HTTPTypes
import Hummingbird

extension ManagementOperation {
    /// Clients write both `repositories` and `repos` in these paths.
    static let shares =
        shares(
            "/v2/manage/namespaces/{namespace}/repositories/{repository}/access-domains",
            "/v2/manage/namespaces/{namespace}/repositories/{repository}/access-domains/{access_domain}")
        + shares(
            "/v2/manage/namespaces/{namespace}/repos/{repository}/access-domains",
            "/v2/manage/namespaces/{namespace}/repos/{repository}/access-domains/{access_domain}")

    private static func shares(_ all: StaticString, _ one: StaticString) -> [ManagementOperation] {
        [
            .init("create_repo_domains", .post, all) { try await $0.share() },
            .init("list_repo_domains", .get, all) { try await $0.listShares() },
            .init("show_access_domain", .get, one) { try await $0.showShare() },
            .init("update_repo_domains", .patch, one) { try await $0.updateShare() },
            .init("delete_repo_domains", .delete, one) { try await $0.removeShare() },
        ]
    }
}

extension ManagementExchange {
    fileprivate func share() async throws -> Response {
        let name = try repositoryName()
        let new: NewShare = try body()
        let receiver = try Self.account(new.accessDomain)
        let permission = try SharePermission(managementWord: new.permit)
        try await registry.shareImage(
            name, with: receiver, until: Self.deadline(new.deadline),
            description: new.description.map { try ShareDescription(parsing: $0) } ?? .empty, permission: permission,
            by: actor)
        return .management(.created)
    }

    /// The most shares that a list tells, which has no pages; each of the others can be asked for by its account.
    private static let maximumListed = 100

    /// The newest first.
    fileprivate func listShares() async throws -> Response {
        let shares = try await registry.listNewestShares(of: repositoryName(), limit: Self.maximumListed, by: actor)
        return try .management(shares.map { ShareBody($0) })
    }

    /// No share is an answer here and no refusal.
    fileprivate func showShare() async throws -> Response {
        let share = try await registry.findShare(of: repositoryName(), with: receiver(), by: actor)
        guard let share else { return try .management(["exist": false]) }
        return try .management(ShareBody(share, exist: true))
    }

    fileprivate func updateShare() async throws -> Response {
        let name = try repositoryName()
        let receiver = try receiver()
        let change: ShareChange = try body()
        _ = try SharePermission(managementWord: change.permit)
        try await registry.updateShare(
            of: name, with: receiver, until: Self.deadline(change.deadline),
            description: change.description.map { try ShareDescription(parsing: $0) }, by: actor)
        return .management(.created)
    }

    fileprivate func removeShare() async throws -> Response {
        try await registry.removeShare(of: repositoryName(), with: receiver(), by: actor)
        return .management(.noContent)
    }

    private func receiver() throws -> AccountReference { try Self.account(parameter("access_domain")) }

    private static func account(_ text: String) throws -> AccountReference {
        do {
            return try AccountReference(parsing: text)
        } catch {
            throw ManagementError(.badRequest, .invalidAccount, "\(error)")
        }
    }

    private static func deadline(_ text: String) throws -> Deadline {
        do {
            return try DeadlineText.parse(throughDayOf: text)
        } catch {
            throw ManagementError(.badRequest, .invalidBody, "\(error)")
        }
    }
}

extension SharePermission {
    private static let managementWord = "read"

    /// - Throws: ``ManagementError`` with 400 for anything but `read`.
    fileprivate init(managementWord word: String) throws {
        guard word == Self.managementWord else {
            let failure = ParseFailure(
                "permit", found: word, expected: "\(Self.managementWord), all that a share permits")
            throw ManagementError(.badRequest, .invalidSharePermission, "\(failure)")
        }
        self = .pull
    }

    /// What this API calls it.
    fileprivate var managementWord: String {
        switch self {
        case .pull: Self.managementWord
        }
    }
}

private struct NewShare: Decodable {
    let accessDomain: String
    let permit: String
    let deadline: String
    let description: String?
}

private struct ShareChange: Decodable {
    let permit: String
    let deadline: String
    /// Absent, the description stays.
    let description: String?
}

private struct ShareBody: Encodable {
    /// Only on the page of one share.
    let exist: Bool?
    let namespace: String
    let repository: String
    let accessDomain: String
    let permit: String
    let deadline: String
    let description: String
    let creatorId: String
    let creatorName: String
    let created: ManagementTime
    let updated: ManagementTime
    let status: Bool

    init(_ share: SharedRepository, exist: Bool? = nil) {
        self.exist = exist
        namespace = String(share.repository.organization)
        repository = String(share.repository.name)
        accessDomain = share.receiver.description
        permit = share.permission.managementWord
        deadline = DeadlineText.lastSecond(before: share.deadline)
        description = share.description
        creatorId = share.creator.id?.rawValue ?? ""
        creatorName = share.creator.userName(of: share.owner)
        created = ManagementTime(share.createdAt)
        updated = ManagementTime(share.updatedAt)
        status = share.status == .effective
    }
}
