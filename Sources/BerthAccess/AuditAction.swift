/// What the audit log tells of. Where there is a point, what is before it names a group of actions.
package enum AuditAction: String, Sendable, CaseIterable {
    case signIn = "sign-in"
    case pull
    /// Looking at what is kept about an image, without pulling it; told only where it was refused.
    case read
    case push
    case delete
    /// Sending an image to another region.
    case copy
    case shareAdd = "share.add"
    case shareUpdate = "share.update"
    case shareRemove = "share.remove"
    case permissionSet = "permission.set"
    case permissionRemove = "permission.remove"
    case repositoryAdd = "repository.add"
    case repositoryUpdate = "repository.update"
    case repositoryRemove = "repository.remove"
    case organizationAdd = "organization.add"
    case organizationRemove = "organization.remove"
    case accountAdd = "account.add"
    case accountRemove = "account.remove"
    case userAdd = "user.add"
    case userRemove = "user.remove"
    case userEnable = "user.enable"
    case userDisable = "user.disable"
    case userPassword = "user.password"
    case keyAdd = "key.add"
    case keyDisable = "key.disable"
    case keyRemove = "key.remove"
    /// A temporary login was made.
    case loginAdd = "login.add"
    /// Records were not kept, since there were more than fit into memory before they could be written.
    case auditLost = "audit.lost"

    /// `share` of `share.add`; the whole action where it has no group.
    package var group: String { String(rawValue.prefix { $0 != "." }) }
}

/// How what was tried ended.
package enum AuditResult: String, Sendable {
    case done
    case refused
}
