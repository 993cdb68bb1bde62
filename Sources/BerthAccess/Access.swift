import Foundation

/// The one place that decides who may do what with a repository (docs/sharing.md has the table).
///
/// A pure function of what it is given: no I/O, no clock, no cache. Every door asks it, with live data, on every
/// request. What is not known grants nothing.
package enum Access {
    /// All that a decision rests on.
    package struct Question: Sendable {
        package var principal: Principal
        package var repository: Repository
        /// What the principal was given on the organization and on the repository.
        package var permissions: [Permission]
        /// The share of this repository with the principal's account, effective or not.
        package var share: Share?
        /// The region that the server serves; `nil` when that is not known.
        package var region: Region?
        /// The wall clock; `nil` when it cannot be trusted.
        package var now: Date?
        /// The setting `anonymous-pull`.
        package var allowsAnonymousPull: Bool

        package init(
            principal: Principal, repository: Repository, permissions: [Permission] = [], share: Share? = nil,
            region: Region?, now: Date?, allowsAnonymousPull: Bool
        ) {
            self.principal = principal
            self.repository = repository
            self.permissions = permissions
            self.share = share
            self.region = region
            self.now = now
            self.allowsAnonymousPull = allowsAnonymousPull
        }
    }

    /// A repository as the decision sees it. One that is yet to be made by a push is private, under its organization.
    package struct Repository: Hashable, Sendable {
        package let owner: AccountID
        package let ownerHomeRegion: Region?
        package let isPublic: Bool

        package init(owner: AccountID, ownerHomeRegion: Region?, isPublic: Bool) {
            self.owner = owner
            self.ownerHomeRegion = ownerHomeRegion
            self.isPublic = isPublic
        }
    }

    /// A share as the decision sees it.
    package struct Share: Hashable, Sendable {
        package let receiver: AccountID
        package let deadline: Deadline

        package init(receiver: AccountID, deadline: Deadline) {
            self.receiver = receiver
            self.deadline = deadline
        }
    }

    /// What a principal may do, and until when at the latest if that rests on a share.
    package struct Decision: Hashable, Sendable {
        package let rights: Rights
        /// The end of the share that the right to pull rests on; `nil` when it rests on something else or on a share
        /// without an end. A token must not outlive it.
        package let expires: Date?
        /// Whether the right to pull rests on a share.
        package let isUnderShare: Bool

        package static let nothing = Decision(rights: [], expires: nil)

        package init(rights: Rights, expires: Date?, isUnderShare: Bool = false) {
            self.rights = rights
            self.expires = expires
            self.isUnderShare = isUnderShare
        }

        /// What is left of it for credentials that are good for no more than `most`.
        package func limited(to most: Rights) -> Decision {
            Decision(rights: rights.intersection(most), expires: expires, isUnderShare: isUnderShare)
        }
    }

    /// Decides.
    package static func decide(_ question: Question) -> Decision {
        if case .user(let user) = question.principal, user.account == question.repository.owner {
            let permission = user.isAdmin ? .manage : question.permissions.max()
            if let permission { return Decision(rights: permission.rights, expires: nil) }
        }
        if question.repository.isPublic {
            let mayPull = question.allowsAnonymousPull || question.principal != .anonymous
            return Decision(rights: mayPull ? .pull : [], expires: nil)
        }
        guard case .user(let user) = question.principal, let share = question.share,
            isEffective(share, for: user, in: question)
        else { return .nothing }
        switch share.deadline {
        case .forever: return Decision(rights: .pull, expires: nil, isUnderShare: true)
        case .until(let end): return Decision(rights: .pull, expires: end, isUnderShare: true)
        }
    }

    /// Whether a share grants its receiver pull now: its account is the user's, the deadline is ahead, the repository
    /// is private, and the server, the owner and the receiver are all of one region.
    private static func isEffective(_ share: Share, for user: Principal.User, in question: Question) -> Bool {
        guard let now = question.now, let region = question.region else { return false }
        return share.receiver == user.account
            && share.receiver != question.repository.owner
            && share.deadline.isAhead(of: now)
            && question.repository.ownerHomeRegion == region
            && user.homeRegion == region
            && !question.repository.isPublic
    }
}
