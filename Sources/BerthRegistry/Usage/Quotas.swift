import BerthAccess
import BerthCatalog
import BerthOCI

/// What an account may have at most.
package enum Quota: String, Sendable, CaseIterable {
    case organizations, repositories, tags
    /// Bytes of manifests and of the blobs that they refer to.
    case storage
}

/// The quotas of every account. They hold for what an account owns, whoever of it or for it adds more; what is shared
/// with an account is not its own. What is there already may always be pushed again, and always be removed.
package struct Quotas: Sendable, Equatable {
    /// `nil` is without limit, in all of them.
    package var organizations: Int64?
    /// Those that have been pushed to or created.
    package var repositories: Int64?
    package var tags: Int64?
    /// Bytes.
    package var storage: Int64?

    package init(
        organizations: Int64? = 100, repositories: Int64? = nil, tags: Int64? = nil, storage: Int64? = nil
    ) {
        self.organizations = organizations
        self.repositories = repositories
        self.tags = tags
        self.storage = storage
    }

    /// The most that there may be; `nil` for no limit.
    package subscript(quota: Quota) -> Int64? {
        switch quota {
        case .organizations: organizations
        case .repositories: repositories
        case .tags: tags
        case .storage: storage
        }
    }
}

/// How much of its quotas an account has used up at one moment.
struct QuotaUse: Sendable {
    let account: AccountID
    private let organizations: Int64
    private let usage: AccountUsage

    subscript(quota: Quota) -> Int64 {
        switch quota {
        case .organizations: organizations
        case .repositories: Int64(usage.repositories)
        case .tags: Int64(usage.tags)
        case .storage: usage.bytes
        }
    }

    fileprivate init(of account: AccountID, in catalog: CatalogReader) throws {
        self.account = account
        organizations = Int64(try catalog.organizationCount(of: account))
        usage = try catalog.usage(of: account) ?? .none
    }
}

extension CatalogReader {
    /// What an account uses now.
    func quotaUse(of account: AccountID) throws -> QuotaUse { try QuotaUse(of: account, in: self) }

    /// What an account uses now, to be kept for ``requireQuotas(_:since:)``; `nil` where there is no quota.
    func quotaUse(of account: AccountID, within quotas: Quotas) throws -> QuotaUse? {
        guard Quota.allCases.contains(where: { quotas[$0] != nil }) else { return nil }
        return try quotaUse(of: account)
    }

    /// Refuses a change that has been made in this transaction, which undoes it, when it takes more than a quota
    /// leaves.
    ///
    /// Only what has grown is looked at, so that an account above a lowered quota may still do what takes no more.
    ///
    /// - Parameter before: What the account used before the change; `nil` where there is no quota.
    /// - Throws: ``AdministrationError`` `organizationQuota`, `repositoryQuota`, `tagQuota` or `storageQuota`.
    func requireQuotas(_ quotas: Quotas, since before: QuotaUse?) throws {
        guard let before else { return }
        let now = try quotaUse(of: before.account)
        for quota in Quota.allCases {
            guard let limit = quotas[quota], now[quota] > limit, now[quota] > before[quota] else { continue }
            throw try exceeded(quota, limit: limit, by: before, adding: now[quota] - before[quota])
        }
    }

    /// Refuses to begin what would take more than a quota leaves.
    ///
    /// - Throws: As ``requireQuotas(_:since:)``.
    func requireRoom(for amount: Int64, of quota: Quota, in quotas: Quotas, account: AccountID) throws {
        guard let limit = quotas[quota] else { return }
        let use = try quotaUse(of: account)
        guard amount > limit || use[quota] > limit - amount else { return }
        throw try exceeded(quota, limit: limit, by: use, adding: amount)
    }

    private func exceeded(
        _ quota: Quota, limit: Int64, by use: QuotaUse, adding amount: Int64
    ) throws -> AdministrationError {
        let account = try account(id: use.account)?.name.description ?? use.account.description
        let things = quota == .storage ? "bytes of storage" : quota.rawValue
        let more = amount == 1 ? "one" : "\(amount)"
        return AdministrationError(
            quota.code,
            "the account \(account) uses \(use[quota]) of its \(limit) \(things): there is no room for \(more) more; "
                + "remove some, or have the operator raise quota.\(quota.rawValue)")
    }
}

extension Quota {
    fileprivate var code: AdministrationError.Code {
        switch self {
        case .organizations: .organizationQuota
        case .repositories: .repositoryQuota
        case .tags: .tagQuota
        case .storage: .storageQuota
        }
    }
}

/// Runs a change and says in the registry's words when a quota forbids it.
///
/// - Throws: DENIED, and what `work` throws.
func denyingOverQuota<Result>(_ work: () throws -> Result) throws -> Result {
    do {
        return try work()
    } catch let error as AdministrationError where Quota.allCases.contains(where: { $0.code == error.code }) {
        throw RegistryError(.denied, error.message, cause: error)
    }
}
