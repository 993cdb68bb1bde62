/// The text of a statement, made only of literals.
///
/// There is no way to make one from a `String`, so no value can become part of a statement: values are bound to its
/// `?` placeholders. Fragments are joined with `+`.
package struct SQL: Sendable, Hashable, ExpressibleByStringLiteral, CustomStringConvertible {
    package let description: String

    package init(stringLiteral literal: StaticString) { self.description = literal.description }

    private init(joined text: String) { self.description = text }

    /// The two fragments with a space between them.
    package static func + (left: SQL, right: SQL) -> SQL {
        SQL(joined: left.description + " " + right.description)
    }
}
