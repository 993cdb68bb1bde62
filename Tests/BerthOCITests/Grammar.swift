import Foundation

/// A regular expression of a specification, as the judge of a hand-written parser.
struct Grammar {
    private let expression: NSRegularExpression

    init(_ pattern: String) throws {
        expression = try NSRegularExpression(pattern: "\\A(?:\(pattern))\\z")
    }

    func matches(_ text: String) -> Bool {
        let whole = NSRange(location: 0, length: text.utf16.count)
        return expression.firstMatch(in: text, range: whole) != nil
    }
}
