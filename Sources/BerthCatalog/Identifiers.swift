import BerthAccess

/// The id of an organization, made by the database and never used twice.
package struct OrganizationID: Hashable, Sendable, RawRepresentable, Comparable, CustomStringConvertible {
    package let rawValue: Int64
    package init(rawValue: Int64) { self.rawValue = rawValue }
    package var description: String { String(rawValue) }
    package static func < (left: OrganizationID, right: OrganizationID) -> Bool { left.rawValue < right.rawValue }
}

/// The id of a repository, made by the database and never used twice, so that nothing that was given on a removed
/// repository holds for a new one of the same name.
package struct RepositoryID: Hashable, Sendable, RawRepresentable, Comparable, CustomStringConvertible {
    package let rawValue: Int64
    package init(rawValue: Int64) { self.rawValue = rawValue }
    package var description: String { String(rawValue) }
    package static func < (left: RepositoryID, right: RepositoryID) -> Bool { left.rawValue < right.rawValue }
}

/// The id of a project, an account's part of a region: 32 lower-case hex digits, never used twice.
package struct ProjectID: Hashable, Sendable, RawRepresentable, CustomStringConvertible {
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }
    package var description: String { rawValue }

    /// A new id: 128 random bits, so that none comes twice.
    package static func random() -> ProjectID { ProjectID(rawValue: randomHex()) }
}

extension AccountID {
    /// A new id: 128 random bits, so that none comes twice.
    package static func random() -> AccountID { AccountID(rawValue: randomHex()) }
}

extension UserID {
    /// A new id: 128 random bits, so that none comes twice.
    package static func random() -> UserID { UserID(rawValue: randomHex()) }
}

private func randomHex() -> String {
    (0..<4).map { _ in
        let digits = String(UInt32.random(in: .min ... .max), radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }.joined()
}
