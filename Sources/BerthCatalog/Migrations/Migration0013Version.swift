import BerthDatabase

extension Migration {
    /// A number that changes with everything that a decision or a pull may rest on.
    static let catalogVersion = Migration(
        13, "the version of the catalog",
        [
            "CREATE TABLE catalog_version (number BIGINT NOT NULL)",
            "INSERT INTO catalog_version (number) VALUES (1)",
        ])
}
