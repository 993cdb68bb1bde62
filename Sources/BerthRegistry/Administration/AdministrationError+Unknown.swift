import BerthOCI

extension AdministrationError {
    static func accountUnknown(_ reference: AccountReference) -> AdministrationError {
        AdministrationError(.accountUnknown, "there is no account with the name or id \(reference)")
    }

    static func organizationUnknown(
        _ name: OrganizationName, hiding hidden: Hidden? = nil
    ) -> AdministrationError {
        AdministrationError(.organizationUnknown, "there is no organization \(name)", hiding: hidden)
    }

    static func repositoryUnknown(_ name: RepositoryName) -> AdministrationError {
        AdministrationError(.repositoryUnknown, "there is no repository \(name)")
    }
}
