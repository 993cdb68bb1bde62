import BerthAccess
import BerthCatalog
import BerthOCI

/// An image of another account as a list of what is shared with an account shows it.
///
/// Once the share has expired, what the repository holds is no longer the receiver's to know.
package struct ReceivedImageSummary: Sendable {
    package let repository: RepositoryName
    /// The account that shares it.
    package let owner: AccountName
    package let deadline: Deadline
    package let description: String
    package let status: ShareStatus
    /// `nil` once the share has expired, as what follows.
    package let tagCount: Int?
    /// Bytes of all that the repository holds.
    package let size: Int64?
    /// Those that were set last, the newest first, at most ``maximumTags``.
    package let newestTags: [TagName]
    /// The tag named `latest`, or else the newest; `nil` without tags.
    package let pullTag: TagName?

    /// The most tags that are named.
    package static let maximumTags = 3

    fileprivate init(_ received: ReceivedShare, status: ShareStatus, newestTags: [TagName], pullTag: TagName?) {
        let isEffective = status == .effective
        repository = received.share.repositoryName
        owner = received.ownerName
        deadline = received.share.deadline
        description = received.share.description
        self.status = status
        tagCount = isEffective ? received.tags : nil
        size = isEffective ? received.size : nil
        self.newestTags = newestTags
        self.pullTag = pullTag
    }
}

extension Registry {
    /// Lists what other accounts share with the user's own, beginning at an offset: what can be pulled first, then by
    /// name. Every user of the account sees the same.
    ///
    /// - Parameter text: Only images with this text, whatever its case, in their name or their owner's.
    /// - Returns: The page with how many there are of this text, and how many there are in all.
    /// - Throws: ``AccessRefusal``, or ``AdministrationError`` `denied` for the operator, who is of no account.
    package func listReceivedImages(
        containing text: String, offset: Int, limit: Int, by actor: Administrator
    ) async throws -> (page: CountedPage<ReceivedImageSummary>, all: Int) {
        let authority = authority(of: actor)
        let wanted = text.lowercased()
        return try await catalog.read { catalog in
            let user = try authority.requireUser(in: catalog)
            let received = try catalog.sharesReceived(by: user.account).map { ($0, authority.status(of: $0)) }
            let found = received.filter { share, _ in
                wanted.isEmpty || share.share.repositoryName.description.contains(wanted)
                    || share.ownerName.description.lowercased().contains(wanted)
            }
            let ordered = found.filter { $0.1 == .effective } + found.filter { $0.1 != .effective }
            let page = Array(ordered.dropFirst(offset).prefix(limit))
            return (
                CountedPage(elements: try page.map { try catalog.summary(of: $0.0, $0.1) }, total: found.count),
                received.count
            )
        }
    }

    /// The share under which the user's own account may pull an image of another; `nil` for none, and for one that has
    /// expired.
    ///
    /// - Throws: As ``listReceivedImages(containing:offset:limit:by:)``.
    package func findReceivedImage(
        _ name: RepositoryName, by actor: Administrator
    ) async throws -> ReceivedImageSummary? {
        let authority = authority(of: actor)
        return try await catalog.read { catalog in
            let user = try authority.requireUser(in: catalog)
            let received = try catalog.sharesReceived(by: user.account).first { $0.share.repositoryName == name }
            guard let received, authority.status(of: received) == .effective else { return nil }
            return try catalog.summary(of: received, .effective)
        }
    }
}

extension Authority {
    /// Whether a share that an account was given lets it pull now.
    func status(of received: ReceivedShare) -> ShareStatus {
        let repository = Access.Repository(
            owner: received.owner, ownerHomeRegion: received.ownerHomeRegion, isPublic: received.isPublic)
        return received.share.status(of: repository, region: region, now: decisionTime)
    }
}

extension CatalogReader {
    fileprivate func summary(of received: ReceivedShare, _ status: ShareStatus) throws -> ReceivedImageSummary {
        guard status == .effective else {
            return ReceivedImageSummary(received, status: status, newestTags: [], pullTag: nil)
        }
        let repository = received.share.repository
        let newest = try newestTags(in: repository, limit: ReceivedImageSummary.maximumTags)
        let latest = try TagName(parsing: "latest")
        let pullTag = try taggedImage(latest, in: repository) == nil ? newest.first : latest
        return ReceivedImageSummary(received, status: status, newestTags: newest, pullTag: pullTag)
    }
}
