/// Who asks.
package enum Principal: Hashable, Sendable {
    /// Nobody: the holder of a token that was issued without credentials.
    case anonymous
    /// A user of an account, as it is now: enabled, with credentials that are still good.
    case user(User)

    /// A user as the decision sees it.
    package struct User: Hashable, Sendable {
        package let id: UserID
        package let account: AccountID
        /// Where the account is at home. `nil` when it is not known, which grants nothing of a share.
        package let homeRegion: Region?
        /// Whether the user holds manage on all that its account owns.
        package let isAdmin: Bool

        package init(id: UserID, account: AccountID, homeRegion: Region?, isAdmin: Bool) {
            self.id = id
            self.account = account
            self.homeRegion = homeRegion
            self.isAdmin = isAdmin
        }
    }
}
