/// Which repositories a list is asked for.
package struct RepositoryFilter: Sendable, Equatable {
    /// How the name of the organization is matched.
    package enum Organization: Sendable, Equatable {
        case exactly(String)
        /// A text with anything in it that no name has is contained in none.
        case containing(String)
    }

    package var organization: Organization?
    /// A part of the name after the organization.
    package var name: String?
    /// A part of `organization/name`, in capital letters or small ones.
    package var fullName: String?
    package var category: String?
    package var isPublic: Bool?

    package init(
        organization: Organization? = nil, name: String? = nil, fullName: String? = nil, category: String? = nil,
        isPublic: Bool? = nil
    ) {
        self.organization = organization
        self.name = name
        self.fullName = fullName
        self.category = category
        self.isPublic = isPublic
    }
}

/// What a list of repositories is in the order of.
package enum RepositoryOrder: Sendable, CaseIterable {
    case update
    /// The name after the organization.
    case name
    case organization
    case tags
    case visibility
    case size
    /// How many times it was pulled.
    case pulls
    /// In which they were made.
    case id
}
