/// What a principal may do with one repository.
package struct Rights: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Read manifests, blobs, tags and referrers.
    package static let pull = Rights(rawValue: 1)
    /// Upload blobs, put manifests and tags.
    package static let push = Rights(rawValue: 2)
    /// Delete manifests, tags and blobs.
    package static let delete = Rights(rawValue: 4)
    /// Share, change visibility, remove, and set permissions.
    package static let manage = Rights(rawValue: 8)

    package static let all: Rights = [.pull, .push, .delete, .manage]
}

/// The permission of a user on an organization or a repository; the larger of the two counts.
///
/// The raw values are SWR's: 1 read, 3 write (edit), 7 manage.
package enum Permission: Int, Sendable, Comparable, CaseIterable, CustomStringConvertible {
    case read = 1
    case write = 3
    case manage = 7

    package static func < (left: Permission, right: Permission) -> Bool { left.rawValue < right.rawValue }

    /// What the permission lets its holder do.
    package var rights: Rights {
        switch self {
        case .read: .pull
        case .write: [.pull, .push]
        case .manage: .all
        }
    }

    /// The word that the command line and the documents use: `read`, `write`, `manage`.
    package var description: String {
        switch self {
        case .read: "read"
        case .write: "write"
        case .manage: "manage"
        }
    }

    /// Reads the word back, or `nil` for any other.
    package init?(word: String) {
        guard let match = Self.allCases.first(where: { $0.description == word }) else { return nil }
        self = match
    }
}
