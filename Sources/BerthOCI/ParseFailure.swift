/// Why a text is not the value it was meant to be.
///
/// Every value of this module is parsed once, where it enters; a failure names the value, what was found and what
/// was expected, in words that can be shown to the person who sent it.
package struct ParseFailure: Error, Equatable, CustomStringConvertible {
    /// The value that was expected, such as `digest` or `tag`.
    package let what: String
    /// The text that was found, cut to 100 characters and free of control characters.
    package let found: String
    /// The form that was expected, in words.
    package let expected: String

    package init(_ what: String, found: some StringProtocol, expected: String) {
        self.what = what
        self.found = Self.printable(found)
        self.expected = expected
    }

    package var description: String { "\(what) “\(found)” is not valid: expected \(expected)" }

    private static func printable(_ text: some StringProtocol) -> String {
        var shown = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            guard shown.count < 100 else {
                shown.append("…")
                break
            }
            shown.append(scalar.properties.generalCategory == .control ? "\u{FFFD}" : scalar)
        }
        return String(shown)
    }
}
