/// Who made something: in words, which stay true when the user is gone, and by id where it was a user.
package struct Creator: Sendable, Hashable {
    /// `nil` for the operator and for what was made before ids were kept.
    package let id: UserID?
    /// `account/user`, or `operator`.
    package let name: String

    package init(id: UserID?, name: String) {
        self.id = id
        self.name = name
    }
}
