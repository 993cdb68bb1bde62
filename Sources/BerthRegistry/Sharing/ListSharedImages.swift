import BerthAccess
import BerthCatalog
import BerthOCI
import Foundation

/// A repository in a list of what is shared, once, with however many accounts.
///
/// On the receiving side a share that is not effective hides all that the repository holds and says of itself now: it
/// then looks empty, and as old as the share.
package struct SharedImage: Sendable, Equatable {
    package let id: RepositoryID
    package let name: RepositoryName
    package let owner: AccountName
    package let isPublic: Bool
    package let category: String
    package let description: String
    package let tagCount: Int
    /// The tags that were set last, newest first; only where they were asked for.
    package let newestTags: [TagName]
    /// Bytes of all that it holds, each blob counted once.
    package let size: Int64
    package let pullCount: Int64
    package let createdAt: Date
    package let updatedAt: Date
    /// Whether the account that asks may pull now; `nil` on the owner's side.
    package let status: ShareStatus?

    fileprivate init(_ record: SharedImageRecord, newestTags: [TagName]) {
        let repository = record.repository
        id = repository.id
        name = repository.name
        owner = repository.ownerName
        isPublic = repository.isPublic
        status = record.received.map { $0.isEffective ? .effective : .expired }
        if let received = record.received, !received.isEffective {
            (category, description) = ("", "")
            (tagCount, size, pullCount) = (0, 0, 0)
            self.newestTags = []
            (createdAt, updatedAt) = (received.createdAt, received.updatedAt)
        } else {
            (category, description) = (repository.category, repository.description)
            (tagCount, size, pullCount) = (repository.tagCount, repository.size, repository.pullCount)
            self.newestTags = newestTags
            (createdAt, updatedAt) = (repository.createdAt, repository.updatedAt)
        }
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
    package var owner: String?
    package var isEffective: Bool?
    package var column = SharedImageSelection.Column.id
    package var isDescending = false

    package init(of side: SharingSide) { self.side = side }

    fileprivate func selection(for user: Principal.User) -> SharedImageSelection {
        let side: SharedImageSelection.Side =
            switch side {
            case .given: .given(by: user.account, managedBy: user.isAdmin ? nil : user.id)
            case .received: .received(by: user.account)
            }
        return SharedImageSelection(
            side, organization: organization, name: name, owner: owner, isEffective: isEffective, by: column,
            isDescending: isDescending)
    }
}

extension Registry {
    /// The most tags that a list names of one repository.
    private static let maximumTags = 100

    /// Lists the repositories of one side of sharing with their newest tags, beginning at an offset.
    ///
    /// - Parameter limit: `nil` for all that follow.
    /// - Throws: ``AccessRefusal``, or ``AdministrationError`` `denied` for the operator, who is of no account.
    package func listSharedImages(
        _ list: SharedImageList, offset: Int, limit: Int?, by actor: Administrator
    ) async throws -> CountedPage<SharedImage> {
        let authority = authority(of: actor)
        return try await catalog.read { catalog in
            let selection = list.selection(for: try authority.requireUser(in: catalog))
            let records = try catalog.sharedImages(
                selection, region: authority.region, now: authority.now, offset: offset, limit: limit ?? .max)
            let images = try records.map { record in
                let isHidden = record.received?.isEffective == false
                return SharedImage(
                    record,
                    newestTags: isHidden
                        ? [] : try catalog.newestTags(in: record.repository.id, limit: Self.maximumTags))
            }
            return CountedPage(
                elements: images,
                total: try catalog.sharedImageCount(selection, region: authority.region, now: authority.now))
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
                selection, region: authority.region, now: authority.now, after: last, limit: limit + 1)
            return Page(records.map { SharedImage($0, newestTags: []) }, limit: limit)
        }
    }
}

extension Authority {
    /// - Throws: ``AccessRefusal``, or ``AdministrationError`` `denied` for the operator.
    fileprivate func requireUser(in catalog: CatalogReader) throws -> Principal.User {
        guard let user = try user(in: catalog) else {
            throw AdministrationError(.denied, "name an account: the operator is of none")
        }
        return user
    }
}
