import BerthAccess

/// All that a decision about one name and one user rests on, read together.
package struct AccessFacts: Sendable, Hashable {
    package let organization: OrganizationID
    /// Also one that is not published; `nil` when there is none of that name.
    package let repository: RepositoryRecord?
    /// What ``Access`` is to be asked about: the repository, or the private one that a push would make.
    package let access: Access.Repository
    /// What the user was given on the organization and on the repository.
    package let permissions: [Permission]
    /// The share of the repository with the user's account, effective or not.
    package let share: Access.Share?

    package init(
        organization: OrganizationID, repository: RepositoryRecord?, access: Access.Repository,
        permissions: [Permission], share: Access.Share?
    ) {
        self.organization = organization
        self.repository = repository
        self.access = access
        self.permissions = permissions
        self.share = share
    }
}
