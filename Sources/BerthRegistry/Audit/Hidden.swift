import BerthAccess
import BerthCatalog

/// What a refusal says nothing of: whose it is that somebody tried to reach.
///
/// It travels beside the error for the audit log alone, so that the owner learns of what was tried, and was decided in
/// the transaction that refused.
struct Hidden: Error {
    let owner: AccountID
    /// Whether what was named is there; otherwise only its organization is.
    let isThere: Bool

    init(owner: AccountID, isThere: Bool) {
        self.owner = owner
        self.isThere = isThere
    }

    /// For a read; `nil` where there is nothing to be read.
    init?(seen standing: Standing) {
        guard standing.repository != nil else { return nil }
        self.init(owner: standing.owner, isThere: true)
    }

    /// For a write, which might have made the repository.
    init(tried standing: Standing) {
        self.init(owner: standing.owner, isThere: standing.repository != nil)
    }
}
