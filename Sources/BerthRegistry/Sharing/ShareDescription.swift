/// What the owner says about a share: at most 1,000 characters, counted in Unicode scalars.
package struct ShareDescription: Hashable, Sendable, CustomStringConvertible {
    /// The most characters, counted in Unicode scalars.
    package static let maximumLength = 1000

    /// No description.
    package static let empty = ShareDescription(text: "")

    private let text: String

    /// - Throws: ``AdministrationError`` `descriptionTooLong`, or `valueInvalid` for a text with a NUL.
    package init(parsing text: String) throws(AdministrationError) {
        let count = text.unicodeScalars.count
        guard count <= Self.maximumLength else {
            throw AdministrationError(
                .descriptionTooLong,
                "the description of a share has at most \(Self.maximumLength) characters, and this one has \(count)")
        }
        guard !text.utf8.contains(0) else {
            throw AdministrationError(.valueInvalid, "the description of a share cannot hold a NUL character")
        }
        self.text = text
    }

    private init(text: String) { self.text = text }

    package var description: String { text }
}
