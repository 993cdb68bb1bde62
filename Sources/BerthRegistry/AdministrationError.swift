/// A refusal of an administrative use case: a code for programs and one sentence for people, which says what was
/// wrong and what to do.
///
/// The command line prints the sentence; the management API and the console map the code. Nothing has changed when
/// it is thrown. Equality is equality of the code.
package struct AdministrationError: Error, Sendable, CustomStringConvertible {
    /// What went wrong, as doors tell it apart.
    package enum Code: String, Sendable, CaseIterable {
        case accountUnknown, userUnknown, accessKeyUnknown, organizationUnknown, repositoryUnknown, tagUnknown
        case shareUnknown, permissionUnknown, retentionUnknown, triggerUnknown, synchronizationUnknown, regionUnknown
        case nameTaken, organizationTaken, repositoryTaken, tagTaken, shareTaken, permissionTaken, retentionTaken
        case triggerTaken, agencyTaken, projectForeign, organizationPermissionTaken, organizationPermissionUnknown
        case nameInvalid, valueInvalid
        /// The account, organization or repository still has something that must be removed first.
        case inUse, organizationInUse, repositoryInUse
        /// What the account owns has reached a quota.
        case organizationQuota, repositoryQuota, tagQuota, storageQuota
        /// The caller has no right to do it.
        case denied
        case repositoryPublic, repositoryShared, regionMismatch, receiverIsOwner
        case deadlinePast, descriptionTooLong, tooManyShares
        /// The tag names something else than what was seen.
        case tagMoved
        /// The account would be left without an administrator who is enabled.
        case lastAdministrator
    }

    package let code: Code
    package let message: String
    /// Names in the message that a door which says it in its own words cannot know otherwise.
    package let names: [String: String]
    /// What is there although the caller is told that it is not, for the audit log alone.
    let hidden: Hidden?

    package init(_ code: Code, _ message: String) { self.init(code, message, hiding: nil) }

    init(_ code: Code, _ message: String, naming names: [String: String] = [:], hiding hidden: Hidden? = nil) {
        self.code = code
        self.message = message
        self.names = names
        self.hidden = hidden
    }

    package var description: String { message }
}

extension AdministrationError: Equatable {
    package static func == (left: AdministrationError, right: AdministrationError) -> Bool { left.code == right.code }
}
