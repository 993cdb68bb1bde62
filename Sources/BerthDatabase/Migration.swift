/// One step of the schema, from the version before it to its own.
///
/// Migrations are append-only: what has been released is never changed. Each runs in one transaction, so a crash
/// leaves the version before it or its own.
package struct Migration: Sendable {
    /// The version that the schema has afterwards: 1, 2, 3 …
    package let number: Int
    /// What it brings, in a few words.
    package let name: String
    /// The statements, in order. `{identity}` stands for a 64-bit primary key that the database counts up and never
    /// gives out twice, `{bytes}` for a type of raw bytes, `{text}` for a text that is compared by its bytes.
    package let statements: [SQL]

    package init(_ number: Int, _ name: String, _ statements: [SQL]) {
        self.number = number
        self.name = name
        self.statements = statements
    }
}
