import BerthAccess

/// What a user was given on an organization or a repository.
package struct PermissionRecord: Sendable, Hashable {
    package let userID: UserID
    package let user: QualifiedUserName
    package let permission: Permission

    package init(userID: UserID, user: QualifiedUserName, permission: Permission) {
        self.userID = userID
        self.user = user
        self.permission = permission
    }
}
