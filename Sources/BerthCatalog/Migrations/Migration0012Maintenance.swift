import BerthDatabase

extension Migration {
    /// Work on the whole store, which goes on where it was after a restart: one row a kind of it.
    static let maintenance = Migration(
        12, "how far maintenance is",
        [
            """
            CREATE TABLE maintenance (
                task {text} PRIMARY KEY,
                position {text} NOT NULL,
                updated_at BIGINT NOT NULL
            )
            """
        ])
}
