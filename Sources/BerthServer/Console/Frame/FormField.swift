/// A field of a form as it is shown again: what was typed, and what is wrong with it.
struct FormField: Sendable {
    let value: String
    /// A sentence that says what to do.
    let error: String?

    init(_ value: String = "", error: String? = nil) {
        self.value = value
        self.error = error
    }
}

extension String {
    /// The beginning of a name that was typed, as far as pages show it again: longer than any name may be.
    var shownAgain: String { String(String.UnicodeScalarView(unicodeScalars.prefix(255))) }
}
