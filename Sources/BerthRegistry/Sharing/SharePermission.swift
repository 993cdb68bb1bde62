/// What a share lets its receiver do. There is one kind: pull.
package enum SharePermission: String, Hashable, Sendable, CaseIterable {
    case pull

    /// - Throws: ``AdministrationError`` `permissionUnsupported` for any other word.
    package init(parsing text: String) throws(AdministrationError) {
        guard let permission = Self(rawValue: text) else {
            throw AdministrationError(
                .permissionUnsupported, "a share permits pull and nothing else, so “\(text.prefix(40))” cannot be given"
            )
        }
        self = permission
    }
}
