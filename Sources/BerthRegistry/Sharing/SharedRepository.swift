import BerthAccess
import BerthCatalog
import BerthOCI
import Foundation

/// Whether a share lets its receiver pull now.
package enum ShareStatus: String, Sendable {
    case effective
    /// Its end has come, or something else that it needs is no longer so.
    case expired
}

/// A share as its owner sees it.
package struct SharedRepository: Sendable, Equatable {
    package let repository: RepositoryName
    /// The account that shares.
    package let owner: AccountName
    /// The account that may pull.
    package let receiver: AccountName
    package let receiverID: AccountID
    package let permission: SharePermission
    package let deadline: Deadline
    package let description: String
    package let status: ShareStatus
    package let createdAt: Date
    package let updatedAt: Date
    package let creator: Creator

    init(_ share: ShareRecord, of repository: RepositoryRecord, region: Region, now: Date) {
        self.repository = share.repositoryName
        self.owner = repository.ownerName
        self.receiver = share.receiverName
        self.receiverID = share.receiver
        self.permission = .pull
        self.deadline = share.deadline
        self.description = share.description
        self.status = share.status(of: repository.access, region: region, now: now)
        self.createdAt = share.createdAt
        self.updatedAt = share.updatedAt
        self.creator = share.creator
    }
}

/// A repository of another account as the receiver of a share sees it, under "shared with me".
package struct ReceivedImage: Sendable, Equatable {
    package let repository: RepositoryName
    /// The account that shares it.
    package let owner: AccountName
    package let deadline: Deadline
    package let description: String
    package let status: ShareStatus
    /// In byte order. Empty once the share has expired, when what the repository holds is no longer the receiver's
    /// to know.
    package let tags: [TagName]
    /// Bytes of all that the repository holds; `nil` once the share has expired.
    package let size: Int64?
    /// The tag named `latest`, or else the newest; `nil` without tags and once the share has expired.
    package let pullTag: TagName?
    /// The command that pulls that tag.
    package let pullCommand: String?

    init(_ received: ReceivedShare, tags: [TagRecord], status: ShareStatus, registryHost: String) {
        let share = received.share
        repository = share.repositoryName
        owner = received.ownerName
        deadline = share.deadline
        description = share.description
        self.status = status
        self.tags = status == .effective ? tags.map(\.name) : []
        size = status == .effective ? received.size : nil
        pullTag = status == .effective ? PullCommand.tag(of: tags) : nil
        pullCommand = pullTag.map { PullCommand.text(for: share.repositoryName, $0, registryHost: registryHost) }
    }
}

/// The command that people paste to pull an image.
package enum PullCommand {
    /// Names the tag `latest` if there is one, else the newest; `nil` without tags.
    static func text(for repository: RepositoryName, tags: [TagRecord], registryHost: String) -> String? {
        tag(of: tags).map { text(for: repository, $0, registryHost: registryHost) }
    }

    package static func text(for repository: RepositoryName, _ tag: TagName, registryHost: String) -> String {
        "docker pull \(registryHost)/\(repository):\(tag)"
    }

    static func tag(of tags: [TagRecord]) -> TagName? {
        (tags.first { $0.name.description == "latest" } ?? tags.max { $0.updatedAt < $1.updatedAt })?.name
    }
}

extension ShareRecord {
    /// Asks `Access` whether a user of the receiver could pull now because of this share.
    func status(of repository: Access.Repository, region: Region, now: Date) -> ShareStatus {
        let user = Principal.User(
            id: UserID(rawValue: ""), account: receiver, homeRegion: receiverHomeRegion, isAdmin: false)
        let question = Access.Question(
            principal: .user(user), repository: repository, share: access, region: region, now: now,
            allowsAnonymousPull: false)
        let isEffective = !repository.isPublic && Access.decide(question).rights.contains(.pull)
        return isEffective ? .effective : .expired
    }
}
