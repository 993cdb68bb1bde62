import BerthAccess
import BerthCatalog
import BerthOCI
import Foundation

/// A repository in a list of what is shared, once, with however many accounts.
package struct SharedImage: Sendable, Equatable {
    /// On the receiving side a share that is not effective hides all that the repository holds and says of itself now:
    /// it then looks empty, and as old as the share.
    package let repository: Repository
    /// The tags that were set last, newest first; only where they were asked for.
    package let newestTags: [TagName]
    /// Whether the account that asks may pull now; `nil` on the owner's side.
    package let status: ShareStatus?

    fileprivate init(_ record: SharedImageRecord, shares: Int? = nil, newestTags: [TagName] = []) {
        repository = Repository(record.known, shares: shares)
        self.newestTags = newestTags
        status = record.received.map { $0.isEffective ? .effective : .expired }
    }
}

extension SharedImageRecord {
    /// Whether who asks may not know what the repository holds.
    fileprivate var isHidden: Bool { received?.isEffective == false }

    /// The repository as far as who asks may know it.
    fileprivate var known: RepositoryRecord {
        guard let received, !received.isEffective else { return repository }
        return RepositoryRecord(
            id: repository.id, name: repository.name, organization: repository.organization, owner: repository.owner,
            ownerName: repository.ownerName, ownerHomeRegion: repository.ownerHomeRegion,
            isPublic: repository.isPublic, isPublished: repository.isPublished, description: "", category: "",
            creator: repository.creator, tagCount: 0, size: 0, pullCount: 0, createdAt: received.createdAt,
            updatedAt: received.updatedAt)
    }
}

/// Whose list of shared repositories is asked for.
package enum SharingSide: Sendable {
    /// What the caller's account shares; of that, what the caller may manage.
    case given
    /// What was shared with the caller's account; every user of it sees the same.
    case received
}

/// Which shared repositories a list has, and in which order; the meaning is that of ``SharedImageSelection``.
package struct SharedImageList: Sendable {
    package let side: SharingSide
    package var organization: String?
    package var name: String?
    package var fullName: String?
    package var owner: String?
    package var isEffective: Bool?
    package var hasEffectiveShare = false
    package var column = SharedImageSelection.Column.id
    package var isDescending = false

    package init(of side: SharingSide) { self.side = side }

    fileprivate func selection(for user: Principal.User) -> SharedImageSelection {
        let side: SharedImageSelection.Side =
            switch side {
            case .given: .given(by: user.account, managedBy: user.isAdmin ? nil : user.id)
            case .received: .received(by: user.account)
            }
        var selection = SharedImageSelection(
            side, organization: organization, name: name, owner: owner, isEffective: isEffective, by: column,
            isDescending: isDescending)
        selection.fullName = fullName
        selection.hasEffectiveShare = hasEffectiveShare
        return selection
    }
}

extension Registry {
    /// Lists the repositories of one side of sharing with their newest tags, beginning at an offset.
    ///
    /// - Parameters:
    ///   - limit: `nil` for all that follow.
    ///   - countingShares: Whether to tell of each that the user may manage how many accounts it is effectively shared
    ///     with, which costs a question for each.
    /// - Throws: ``AccessRefusal``, or ``AdministrationError`` `denied` for the operator, who is of no account.
    package func listSharedImages(
        _ list: SharedImageList, offset: Int, limit: Int?, countingShares: Bool = false, by actor: Administrator
    ) async throws -> CountedPage<SharedImage> {
        let authority = authority(of: actor)
        return try await catalog.read { catalog in
            let selection = list.selection(for: try authority.requireUser(in: catalog))
            let records = try catalog.sharedImages(
                selection, region: authority.region, now: authority.decisionTime, offset: offset, limit: limit ?? .max)
            let images = try records.map { record in
                let counted = countingShares ? try authority.rights(on: record.repository.name, in: catalog) : nil
                return SharedImage(
                    record,
                    shares: try counted.flatMap { found in
                        try authority.summary(of: found.repository, rights: found.rights, in: catalog).shares
                    },
                    newestTags: record.isHidden
                        ? [] : try catalog.newestTags(in: record.repository.id, limit: RepositoryPage.maximumTags))
            }
            return CountedPage(
                elements: images,
                total: try catalog.sharedImageCount(selection, region: authority.region, now: authority.decisionTime))
        }
    }

    /// Lists the repositories of one side of sharing without their tags, in the order of their ids, strictly after one.
    ///
    /// - Throws: ``AccessRefusal``, or ``AdministrationError`` `denied` for the operator, who is of no account.
    package func listSharedImages(
        _ list: SharedImageList, after last: RepositoryID?, limit: Int, by actor: Administrator
    ) async throws -> Page<SharedImage> {
        let authority = authority(of: actor)
        return try await catalog.read { catalog in
            var selection = list.selection(for: try authority.requireUser(in: catalog))
            (selection.column, selection.isDescending) = (.id, false)
            let records = try catalog.sharedImages(
                selection, region: authority.region, now: authority.decisionTime, after: last, limit: limit + 1)
            return Page(records.map { SharedImage($0) }, limit: limit)
        }
    }
}
