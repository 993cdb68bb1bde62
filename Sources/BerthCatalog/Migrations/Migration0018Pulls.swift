import BerthDatabase

extension Migration {
    /// When a manifest was last pulled, and how many pulls a day had. Unknown, and 0, for the time before.
    static let pulls = Migration(
        18, "when manifests were pulled, and pulls of a day",
        [
            "ALTER TABLE manifests ADD COLUMN pulled_at BIGINT",
            "ALTER TABLE daily_usage ADD COLUMN pulls BIGINT NOT NULL DEFAULT 0",
        ])
}
