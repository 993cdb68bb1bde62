import BerthAccess
import BerthCatalog
import Foundation

/// What an account has in all, and what others have taken of it.
package struct Overview: Sendable, Equatable {
    package let account: AccountID
    package let name: AccountName
    package let organizations: Int
    package let repositories: Int
    package let tags: Int
    /// Bytes of manifests and of the blobs that they refer to, each digest once a repository.
    package let storedBytes: Int64
    /// Bytes of blobs that were sent to whoever pulled, on this and the days before that the report covers.
    package let pulledBytes: Int64
}

/// How much of a quota an account uses.
package struct QuotaStatus: Sendable, Equatable {
    package let quota: Quota
    /// `nil` is without limit.
    package let limit: Int64?
    package let used: Int64
}

extension Registry {
    /// The number of days that a report covers, today included.
    package static let reportedDays = 30

    /// Tells what an account has.
    ///
    /// For the operator and every user of the account, as they are numbers without names.
    ///
    /// - Throws: ``AccessRefusal``, or ``AdministrationError``: `accountUnknown`, `denied`.
    package func overview(of account: AccountReference, by actor: Administrator) async throws -> Overview {
        let authority = authority(of: actor)
        return try await catalog.read { catalog in
            let account = try authority.member(of: account, in: catalog)
            let usage = try catalog.usage(of: account.id) ?? .none
            let days = try catalog.dailyUsage(of: account.id, days: authority.reportedDays)
            return Overview(
                account: account.id, name: account.name,
                organizations: try catalog.organizationCount(of: account.id), repositories: usage.repositories,
                tags: usage.tags, storedBytes: usage.bytes, pulledBytes: days.reduce(0) { $0 + $1.pulledBytes })
        }
    }

    /// Tells what an account stored and sent on each of the last ``reportedDays``, oldest first.
    ///
    /// For the operator and every user of the account.
    ///
    /// - Throws: As ``overview(of:by:)``.
    package func dailyUsage(of account: AccountReference, by actor: Administrator) async throws -> [DailyUsage] {
        let authority = authority(of: actor)
        return try await catalog.read { catalog in
            let account = try authority.member(of: account, in: catalog)
            return try catalog.dailyUsage(of: account.id, days: authority.reportedDays)
        }
    }

    /// Lists the quotas of the account that a project is of.
    ///
    /// For the operator and every user of the account.
    ///
    /// - Throws: ``AccessRefusal``, or ``AdministrationError``: `projectForeign`, `denied`.
    package func listQuotas(of project: ProjectID, by actor: Administrator) async throws -> [QuotaStatus] {
        let authority = authority(of: actor)
        let quotas = settings.quotas
        return try await catalog.read { catalog in
            let use = try catalog.quotaUse(of: authority.account(ofProject: project, in: catalog))
            return Quota.allCases.map { QuotaStatus(quota: $0, limit: quotas[$0], used: use[$0]) }
        }
    }

    /// Checks that a project is one of the caller's account.
    ///
    /// - Throws: As ``listQuotas(of:by:)``.
    package func confirmProject(_ project: ProjectID, by actor: Administrator) async throws {
        let authority = authority(of: actor)
        try await catalog.read { _ = try authority.account(ofProject: project, in: $0) }
    }
}

extension Authority {
    /// The days of a report that is asked for now.
    fileprivate var reportedDays: ClosedRange<Int> { now.dayNumber - (Registry.reportedDays - 1)...now.dayNumber }

    /// The account of a project, for the operator and every user of it. Another's project and one that does not exist
    /// are one answer.
    ///
    /// - Throws: ``AccessRefusal``, or ``AdministrationError`` `projectForeign` or `denied`.
    fileprivate func account(ofProject project: ProjectID, in catalog: CatalogReader) throws -> AccountID {
        let user = try user(in: catalog)
        guard let account = try catalog.account(ofProject: project), user == nil || user?.account == account else {
            throw AdministrationError(.projectForeign, "this is no project of your account")
        }
        return account
    }
}
